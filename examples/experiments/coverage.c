/*
 * coverage: do 95 % intervals hold in 95 of 100 samples? Draws samples of SIZE images from
 * populations of known figures and counts how often the interval of each figure contains the truth.
 * A row a figure: the share of samples, how many there were, and how many had no such figure.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/rng.h"
#include "base/tool.h"
#include "score/scorecard.h"

enum { POPULATION = 100000, POPULATIONS = 8, STREAM_POPULATION = 101, STREAM_SAMPLE = 102 };

enum balance { EQUAL, ONE_RARE, GEOMETRIC };

struct args {
	int classes, size, samples, balance, threads;
	double signal;
	uint64_t seed;
};

/* ---- populations ---- */

/* Frequencies: equal; the last 1 in 100, the others equal; falling to a hundredth of the first. */
static void set_prior(double *prior, int classes, enum balance balance)
{
	double sum = 0;

	for (int k = 0; k < classes; k++) {
		prior[k] = balance == GEOMETRIC ? pow(100, -(double)k / (classes - 1)) : 1;
		if (balance == ONE_RARE)
			prior[k] = k + 1 < classes ? .99 / (classes - 1) : .01;
		sum += prior[k];
	}
	for (int k = 0; k < classes; k++)
		prior[k] /= sum;
}

static int draw_class(struct rng *r, const double *prior, int classes)
{
	double u = rng_unit(r);
	int k = 0;

	while (k + 1 < classes && u >= prior[k])
		u -= prior[k++];
	return k;
}

/* Logits: normal around half the log frequency, SIGNAL higher at the true class. */
static void draw_row(struct rng *r, const double *prior, int classes, double signal, int actual,
                     double *p)
{
	double most = -INFINITY, sum = 0;

	for (int k = 0; k < classes; k++) {
		p[k] = rng_normal(r) + log(prior[k] * classes) / 2 + (k == actual ? signal : 0);
		most = fmax(most, p[k]);
	}
	for (int k = 0; k < classes; k++)
		sum += p[k] = exp(1.5 * (p[k] - most));
	for (int k = 0; k < classes; k++)
		p[k] /= sum;
}

static uint16_t likeliest(const double *p, int classes)
{
	int best = 0;

	for (int k = 1; k < classes; k++)
		if (p[k] > p[best])
			best = k;
	return (uint16_t)best;
}

static void cases_room(struct cases *c, const struct classes *classes, size_t count)
{
	*c = (struct cases){ .count = count };
	classes_copy(&c->classes, classes);
	c->actual = xmalloc(count, sizeof *c->actual);
	c->predicted = xmalloc(count, sizeof *c->predicted);
	c->p = xmalloc(count * (size_t)classes->count, sizeof *c->p);
}

static void populate(struct cases *c, const struct classes *classes, const struct args *a,
                     int number)
{
	double prior[CLASSES_MAX], signal;
	struct rng r;

	rng_init(&r, a->seed, STREAM_POPULATION, (uint32_t)number);
	signal = a->signal * (.85 + .3 * number / (POPULATIONS - 1));
	set_prior(prior, a->classes, (enum balance)a->balance);
	cases_room(c, classes, POPULATION);
	for (size_t i = 0; i < c->count; i++) {
		double *p = c->p + i * (size_t)a->classes;
		int actual = draw_class(&r, prior, a->classes);

		draw_row(&r, prior, a->classes, signal, actual, p);
		c->actual[i] = (uint16_t)actual;
		c->predicted[i] = likeliest(p, a->classes);
	}
}

static void score(struct scorecard *s, const struct cases *c, struct threads *pool)
{
	static const struct class_groups none;
	struct tally t;

	tally_init(&t, &c->classes, &none);
	tally_count(&t, c);
	scorecard_init(s, &t, c, pool);
	tally_release(&t);
}

/* ---- counting ---- */

enum figure {
	ACCURACY, SENSITIVITY_MANY, SENSITIVITY_FEW, PRECISION_MANY, F1_MANY, MACRO_F1_MANY,
	MACRO_F1_FEW, BALANCED_ACCURACY, WEIGHTED_F1, KAPPA, MCC, TOP2, AUC_MANY, AUC_FEW,
	AP_MANY, AP_FEW,
	LOG_LOSS, BRIER, ECE,
	FIGURES
};

static const char *const figure_name[FIGURES] = {
	"accuracy", "sensitivity, n >= 10", "sensitivity, n < 10", "precision, n >= 10",
	"F1, n >= 10", "macro F1, every n >= 10", "macro F1, some n < 10", "balanced accuracy",
	"weighted F1", "kappa", "MCC", "top-2 accuracy", "AUC, n >= 10", "AUC, n < 10",
	"average precision, n >= 10", "average precision, n < 10", "log loss", "Brier score",
	"calibration error",
};

struct tallies {
	int64_t held, all, none;
};

static void judge(struct tallies *t, const struct interval *i, double truth)
{
	if (interval_is_none(i)) {
		t->none++;
		return;
	}
	t->all++;
	t->held += i->low <= truth + 1e-12 && truth <= i->high + 1e-12;
}

static bool is_many(const struct scorecard_row *row)
{
	return row->n >= SCORECARD_FEW;
}

static void judge_classes(struct tallies *t, const struct scorecard *s,
                          const struct scorecard *truth)
{
	for (size_t k = 0; k < s->classes; k++) {
		const struct scorecard_row *row = &s->rows[k], *true_row = &truth->rows[k];
		const struct interval *f = row->figure, *is = true_row->figure;
		bool many = is_many(row);

		judge(&t[many ? SENSITIVITY_MANY : SENSITIVITY_FEW], &f[SCORECARD_SENSITIVITY],
		      is[SCORECARD_SENSITIVITY].value);
		judge(&t[many ? AUC_MANY : AUC_FEW], &f[SCORECARD_AUC], is[SCORECARD_AUC].value);
		judge(&t[many ? AP_MANY : AP_FEW], &f[SCORECARD_AVERAGE_PRECISION],
		      is[SCORECARD_AVERAGE_PRECISION].value);
		if (!many)
			continue;
		judge(&t[PRECISION_MANY], &f[SCORECARD_PRECISION], is[SCORECARD_PRECISION].value);
		judge(&t[F1_MANY], &f[SCORECARD_F1], is[SCORECARD_F1].value);
	}
}

/* Of the classes that occur in the sample: it knows nothing of others. */
static double true_mean(const struct scorecard *s, const struct scorecard *truth,
                        enum scorecard_each k, bool labelled)
{
	double sum = 0;
	int n = 0;

	for (size_t i = 0; i < s->classes; i++) {
		if (labelled ? s->rows[i].n == 0 : !s->rows[i].occurs)
			continue;
		sum += truth->rows[i].figure[k].value;
		n++;
	}
	return sum / n;
}

static void judge_sample(struct tallies *t, const struct scorecard *s,
                         const struct scorecard *truth)
{
	static const enum scorecard_overall place[FIGURES] = {
		[ACCURACY] = SCORECARD_ACCURACY, [WEIGHTED_F1] = SCORECARD_WEIGHTED_F1,
		[KAPPA] = SCORECARD_KAPPA, [MCC] = SCORECARD_MCC, [TOP2] = SCORECARD_TOP2_ACCURACY,
		[LOG_LOSS] = SCORECARD_LOG_LOSS, [BRIER] = SCORECARD_BRIER,
	};
	bool many = true;

	for (int k = 0; k < FIGURES; k++)
		if (k == ACCURACY || place[k])
			judge(&t[k], &s->overall[place[k]], truth->overall[place[k]].value);
	judge(&t[ECE], &s->overall[SCORECARD_ECE], truth->overall[SCORECARD_ECE].value);
	for (size_t i = 0; i < s->classes; i++)
		many &= is_many(&s->rows[i]);
	judge(&t[many ? MACRO_F1_MANY : MACRO_F1_FEW], &s->overall[SCORECARD_MACRO_F1],
	      true_mean(s, truth, SCORECARD_F1, false));
	judge(&t[BALANCED_ACCURACY], &s->overall[SCORECARD_BALANCED_ACCURACY],
	      true_mean(s, truth, SCORECARD_SENSITIVITY, true));
	judge_classes(t, s, truth);
}

/* ---- samples ---- */

struct experiment {
	const struct args *a;
	struct cases population[POPULATIONS];
	struct scorecard truth[POPULATIONS];
	struct tallies (*of)[FIGURES];          /* [samples] */
};

static void draw_sample(struct cases *c, const struct cases *from, struct rng *r)
{
	size_t n = (size_t)from->classes.count;

	for (size_t i = 0; i < c->count; i++) {
		uint32_t k = rng_below(r, POPULATION);

		c->actual[i] = from->actual[k];
		c->predicted[i] = from->predicted[k];
		memcpy(c->p + i * n, from->p + k * n, n * sizeof *c->p);
	}
}

static void run_sample(void *arg, size_t i, int worker)
{
	const struct experiment *x = arg;
	const struct cases *from = &x->population[i % POPULATIONS];
	struct threads *alone = threads_new(1);
	struct scorecard s;
	struct cases c;
	struct rng r;

	(void)worker;
	rng_init(&r, x->a->seed, STREAM_SAMPLE, (uint32_t)i);
	cases_room(&c, &from->classes, (size_t)x->a->size);
	draw_sample(&c, from, &r);
	score(&s, &c, alone);
	judge_sample(x->of[i], &s, &x->truth[i % POPULATIONS]);
	scorecard_release(&s);
	cases_release(&c);
	threads_free(alone);
}

static void print_figures(const struct experiment *x)
{
	for (int k = 0; k < FIGURES; k++) {
		struct tallies sum = {0};

		for (int i = 0; i < x->a->samples; i++) {
			sum.held += x->of[i][k].held;
			sum.all += x->of[i][k].all;
			sum.none += x->of[i][k].none;
		}
		if (sum.all)
			printf("%d\t%d\t%d\t%s\t%.4f\t%lld\t%lld\n", x->a->classes, x->a->balance,
			       x->a->size, figure_name[k], (double)sum.held / (double)sum.all,
			       (long long)sum.all, (long long)sum.none);
	}
}

static void run(const struct args *a)
{
	struct threads *pool = threads_new(a->threads);
	struct experiment x = { .a = a, .of = xcalloc((size_t)a->samples, sizeof *x.of) };
	struct classes classes;

	classes_numbered(&classes, a->classes);
	for (int k = 0; k < POPULATIONS; k++) {
		populate(&x.population[k], &classes, a, k);
		score(&x.truth[k], &x.population[k], pool);
	}
	threads_run(pool, (size_t)a->samples, run_sample, &x);
	print_figures(&x);
	for (int k = 0; k < POPULATIONS; k++) {
		cases_release(&x.population[k]);
		scorecard_release(&x.truth[k]);
	}
	classes_release(&classes);
	threads_free(pool);
	free(x.of);
}

int main(int argc, char **argv)
{
	struct args a = { .classes = 5, .size = 300, .samples = 2000, .signal = 2 };
	const struct opt table[] = {
		OPT_INT('c', "classes", &a.classes, 2, CLASSES_MAX, "N", "classes"),
		OPT_INT('n', "size", &a.size, 2, 100000, "N", "images of a sample"),
		OPT_INT('m', "samples", &a.samples, 1, 1000000, "N", "samples"),
		OPT_CHOICE('b', "balance", &a.balance, "balanced|rare|geometric", "of the classes"),
		OPT_FLOAT(0, "signal", &a.signal, 0, 20, "S", "how well classes are told apart"),
		OPT_SEED('s', "seed", &a.seed, "random seed"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N", "threads; 0: all processors"),
		OPT_END
	};
	const struct opt_tool tool = { .operands = "",
		                       .summary = "count how often 95 % intervals hold" };

	opt_parse(table, &tool, argc, argv);
	run(&a);
	return tool_end(0);
}
