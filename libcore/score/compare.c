/* Two classifiers on the same images; see compare.h. */
#include "score/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "score/confusion.h"
#include "score/metrics.h"
#include "stats/delong.h"
#include "stats/holm.h"
#include "stats/paired.h"

/* Of the two variances: below it their difference varies by rounding alone. */
#define VARIANCE_LEAST 1e-12

/* ---- which images ---- */

static int check_truth(const struct cases *a, size_t i, const struct cases *b, size_t k,
                       const char *name_a, const char *name_b, struct err *e)
{
	if (a->actual[i] == b->actual[k])
		return 0;
	return err_set(e, "%s: image '%s' is of class %s, in %s of class %s", name_b,
	               cases_id(b, k), b->classes.entry[b->actual[k]].code, name_a,
	               a->classes.entry[a->actual[i]].code);
}

/* ORDER_A and ORDER_B: by id. */
static int match(const struct cases *a, const size_t *order_a, const struct cases *b,
                 const size_t *order_b, const char *name_a, const char *name_b,
                 size_t *in_b, struct err *e)
{
	for (size_t i = 0; i < a->count || i < b->count; i++) {
		const char *ia = i < a->count ? cases_id(a, order_a[i]) : NULL;
		const char *ib = i < b->count ? cases_id(b, order_b[i]) : NULL;
		int order = !ia ? 1 : !ib ? -1 : strcmp(ia, ib);

		if (order)
			return err_set(e, "%s: no image '%s', which %s has",
			               order < 0 ? name_b : name_a, order < 0 ? ia : ib,
			               order < 0 ? name_a : name_b);
		if (check_truth(a, order_a[i], b, order_b[i], name_a, name_b, e) < 0)
			return -1;
		in_b[order_a[i]] = order_b[i];
	}
	return 0;
}

size_t *compare_match(const struct cases *a, const struct cases *b, const char *name_a,
                      const char *name_b, struct err *e)
{
	size_t *order_a, *order_b, *in_b;

	if (classes_expect(&a->classes, &b->classes, e) < 0) {
		err_in(e, name_b);
		return NULL;
	}
	order_a = cases_by_id(a);
	order_b = cases_by_id(b);
	in_b = xmalloc(a->count, sizeof *in_b);
	if (match(a, order_a, b, order_b, name_a, name_b, in_b, e) < 0) {
		free(in_b);
		in_b = NULL;
	}
	free(order_a);
	free(order_b);
	return in_b;
}

/* ---- answers ---- */

struct pair {
	const struct cases *a, *b;
	const size_t *in_b;
	const struct compare_options *o;
};

int64_t compare_right_a(const struct mcnemar *m)
{
	return m->both + m->only_a;
}

int64_t compare_right_b(const struct mcnemar *m)
{
	return m->both + m->only_b;
}

static void count_answer(struct mcnemar *m, bool a, bool b)
{
	++*(a ? b ? &m->both : &m->only_a : b ? &m->only_b : &m->neither);
}

/*
 * On the cases whose true class has MEMBER; an answer with MEMBER is right, or, EXACT,
 * only the true class. Returns the p value.
 */
static double compare_answers(const struct pair *p, const bool *member, bool exact,
                              struct mcnemar *m)
{
	const struct id_groups *patients = p->o->patients;
	int64_t *more = patients ? xcalloc(patients->count, sizeof *more) : NULL;
	double result;

	*m = (struct mcnemar){0};
	for (size_t i = 0; i < p->a->count; i++) {
		int actual = p->a->actual[i], got_a = p->a->predicted[i],
		    got_b = p->b->predicted[p->in_b[i]];
		bool right_a = exact ? got_a == actual : member[got_a];
		bool right_b = exact ? got_b == actual : member[got_b];

		if (!member[actual])
			continue;
		count_answer(m, right_a, right_b);
		if (more)
			more[patients->of[i]] += right_b - right_a;
	}
	result = more ? mcnemar_clustered_p(more, patients->count) : mcnemar_p(m);
	free(more);
	return m->both + m->only_a + m->only_b + m->neither ? result : NAN;
}

/* ---- what is drawn again ---- */

enum { DRAWN_ACCURACY, DRAWN_MACRO_F1, DRAWN_FIGURES };

/* B's accuracy and macro F1 less A's. */
static void figures_of_drawn(const void *arg, const uint32_t *drawn, double *figure)
{
	const struct pair *p = arg;
	struct confusion a, b;
	struct metrics ma, mb;

	confusion_init(&a, &p->a->classes);
	confusion_init(&b, &p->a->classes);
	for (size_t i = 0; i < p->a->count; i++) {
		uint32_t w = drawn[p->o->patients ? p->o->patients->of[i] : i];

		*confusion_at(&a, p->a->actual[i], p->a->predicted[i]) += w;
		*confusion_at(&b, p->a->actual[i], p->b->predicted[p->in_b[i]]) += w;
	}
	metrics_init(&ma, &a);
	metrics_init(&mb, &b);
	figure[DRAWN_ACCURACY] = mb.accuracy - ma.accuracy;
	figure[DRAWN_MACRO_F1] = mb.macro.f1 - ma.macro.f1;
	metrics_release(&ma);
	metrics_release(&mb);
	confusion_release(&a);
	confusion_release(&b);
}

static struct interval around(double value, double half)
{
	return (struct interval){ value, fmax(-1, value - half), fmin(1, value + half) };
}

/*
 * Standard errors are those of the bootstrap; over few patients it makes them too small.
 */
static void compare_overall(struct compare *c, const struct pair *p)
{
	const struct id_groups *patients = p->o->patients;
	uint32_t units = (uint32_t)(patients ? patients->count : p->a->count);
	double error[DRAWN_FIGURES], n = units;
	double times = patients ? bootstrap_times(n) : INTERVAL_Z;

	bootstrap_errors(&p->o->bootstrap, units, figures_of_drawn, p, error,
	                 DRAWN_FIGURES);
	c->accuracy = mcnemar_difference(&c->answers);
	if (patients && error[DRAWN_ACCURACY] > 0)
		c->accuracy = around(c->accuracy.value, times * error[DRAWN_ACCURACY]);
	c->macro_f1 = around(c->macro_f1_b - c->macro_f1_a, times * error[DRAWN_MACRO_F1]);
}

static double macro_f1(const struct cases *c)
{
	struct confusion counts;
	struct metrics m;
	double f1;

	confusion_init(&counts, &c->classes);
	for (size_t i = 0; i < c->count; i++)
		++*confusion_at(&counts, c->actual[i], c->predicted[i]);
	metrics_init(&m, &counts);
	f1 = m.macro.f1;
	metrics_release(&m);
	confusion_release(&counts);
	return f1;
}

/* ---- ranking ---- */

/* Scores of one class or group, both in the order of A's cases. */
struct scores {
	double *a, *b;
	uint8_t *positive;
	size_t n;
};

static void scores_init(struct scores *s, const struct pair *p, size_t row)
{
	double *b = xmalloc(p->b->count, sizeof *b);

	s->n = p->a->count;
	s->a = xmalloc(s->n, sizeof *s->a);
	s->b = xmalloc(s->n, sizeof *s->b);
	s->positive = xmalloc(s->n, sizeof *s->positive);
	cases_scores(p->b, p->o->groups, row, b, s->positive);
	for (size_t i = 0; i < s->n; i++)
		s->b[i] = b[p->in_b[i]];
	cases_scores(p->a, p->o->groups, row, s->a, s->positive);
	free(b);
}

static void scores_release(struct scores *s)
{
	free(s->a);
	free(s->b);
	free(s->positive);
}

static struct interval area_of(const double *score, const struct scores *s)
{
	struct rank r;
	struct interval i;

	rank_init(&r, score, s->positive, s->n);
	i = delong_interval(&r);
	rank_release(&r);
	return i;
}

/* Where the difference does not vary, or it is not known how. */
static struct interval from_single_areas(const struct scores *s,
                                         const struct delong_pair *d)
{
	struct interval a = area_of(s->a, s), b = area_of(s->b, s);
	double product = d->variance_a * d->variance_b;

	return paired_difference(&a, &b, product > 0 ? d->covariance / sqrt(product) : 0);
}

static void compare_areas(struct compare_row *row, const struct pair *p,
                          const struct scores *s)
{
	const struct id_groups *patients = p->o->patients;
	struct delong_pair d;
	double variance, value, freedom = INFINITY, error, times;

	if (patients)
		freedom = (double)delong_clustered(&d, s->a, s->b, s->positive, s->n, patients->of,
		                                   patients->count) - 1;
	else
		delong_pair(&d, s->a, s->b, s->positive, s->n);
	row->auc_a = d.auc_a;
	row->auc_b = d.auc_b;
	value = d.auc_b - d.auc_a;
	variance = d.variance_a + d.variance_b - 2 * d.covariance;
	row->auc = (struct interval){ value, NAN, NAN };
	row->auc_p = NAN;
	if (isnan(value))
		return;
	if (variance > VARIANCE_LEAST * (d.variance_a + d.variance_b)) {
		error = sqrt(variance);
		times = patients ? interval_t(freedom) : INTERVAL_Z;
		row->auc = around(value, times * error);
		row->auc_p = patients ? interval_t_tails(value / error, freedom)
		                      : erfc(fabs(value) / error / M_SQRT2);
		return;
	}
	if (!patients)
		row->auc = from_single_areas(s, &d);
	if (value == 0 && !isnan(variance))
		row->auc_p = 1;
}

/* ---- rows ---- */

static void compare_row_init(struct compare_row *row, const struct pair *p, size_t i)
{
	size_t classes = (size_t)p->a->classes.count;
	const char *name = i < classes ? p->a->classes.entry[i].code
	                               : p->o->groups->each[i - classes].name;
	bool member[CLASSES_MAX];
	struct scores s;

	*row = (struct compare_row){ .name = xstrdup(name) };
	class_groups_members(p->o->groups, (int)classes, i, member);
	row->answers_p = compare_answers(p, member, false, &row->answers);
	row->n = compare_right_a(&row->answers) + row->answers.only_b +
	         row->answers.neither;
	scores_init(&s, p, i);
	compare_areas(row, p, &s);
	scores_release(&s);
}

static void correct(struct compare_row *rows, size_t n)
{
	double *answers = xmalloc(n, sizeof *answers), *areas = xmalloc(n, sizeof *areas);

	for (size_t i = 0; i < n; i++) {
		answers[i] = rows[i].answers_p;
		areas[i] = rows[i].auc_p;
	}
	holm_adjust(answers, answers, n);
	holm_adjust(areas, areas, n);
	for (size_t i = 0; i < n; i++) {
		rows[i].answers_holm = answers[i];
		rows[i].auc_holm = areas[i];
	}
	free(answers);
	free(areas);
}

void compare_init(struct compare *c, const struct cases *a, const struct cases *b,
                  const size_t *in_b, const struct compare_options *o)
{
	struct pair p = { a, b, in_b, o };
	bool all[CLASSES_MAX];

	memset(all, true, sizeof all);
	*c = (struct compare){
		.images = (int64_t)a->count,
		.patients = o->patients ? o->patients->count : 0,
		.classes = (size_t)a->classes.count,
		.groups = o->groups->count,
		.macro_f1_a = macro_f1(a),
		.macro_f1_b = macro_f1(b),
	};
	c->p = compare_answers(&p, all, true, &c->answers);
	compare_overall(c, &p);
	c->rows = xmalloc(c->classes + c->groups, sizeof *c->rows);
	for (size_t i = 0; i < c->classes + c->groups; i++)
		compare_row_init(&c->rows[i], &p, i);
	correct(c->rows, c->classes);
	correct(c->rows + c->classes, c->groups);
}

void compare_release(struct compare *c)
{
	for (size_t i = 0; c->rows && i < c->classes + c->groups; i++)
		free(c->rows[i].name);
	free(c->rows);
	*c = (struct compare){0};
}
