/* Patients drawn again; see by_patient.h. */
#include "score/by_patient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "score/calibration.h"
#include "score/fourfold.h"
#include "score/metrics.h"

/* The cases in the order of one class's or group's score, from the highest down. */
struct order {
	uint32_t *index;
	bool *positive;                 /* of those at INDEX */
	bool *last;                     /* of its score */
};

struct by_patient {
	const struct scorecard *s;
	const struct class_groups *groups;
	const struct cases *c;
	const struct id_groups *patients;
	bool *top2;
	double *log_loss, *brier, *confidence;
	struct order *orders;           /* one a row of S */
};

/* ---- one draw ---- */

static void add_counts(const struct by_patient *p, const uint32_t *drawn, struct confusion *counts,
                       double *figure)
{
	struct calibration calibration = {0};
	double log_loss = 0, brier = 0;
	int64_t n = 0, top2 = 0;

	for (size_t i = 0; i < p->c->count; i++) {
		int64_t w = drawn[p->patients->of[i]];
		bool right = p->c->actual[i] == p->c->predicted[i];

		n += w;
		*confusion_at(counts, p->c->actual[i], p->c->predicted[i]) += w;
		top2 += p->top2[i] ? w : 0;
		log_loss += (double)w * p->log_loss[i];
		brier += (double)w * p->brier[i];
		calibration_count(&calibration, p->confidence[i], right, w);
	}
	figure[SCORECARD_TOP2_ACCURACY] = interval_share(top2, n);
	figure[SCORECARD_LOG_LOSS] = log_loss / (double)n;
	figure[SCORECARD_BRIER] = brier / (double)n;
	figure[SCORECARD_ECE] = calibration_ece(&calibration);
}

static void add_overall(const struct metrics *m, double *figure)
{
	figure[SCORECARD_ACCURACY] = m->accuracy;
	figure[SCORECARD_BALANCED_ACCURACY] = m->balanced_accuracy;
	figure[SCORECARD_MACRO_F1] = m->macro.f1;
	figure[SCORECARD_WEIGHTED_F1] = m->weighted.f1;
	figure[SCORECARD_KAPPA] = m->kappa;
	figure[SCORECARD_MCC] = m->occurring < 2 ? NAN : m->mcc;
}

static double share(const struct fourfold *f, enum fourfold_figure k)
{
	struct fourfold_share s = fourfold_share(f, k);

	return interval_share(s.hits, s.n);
}

static void add_row_counts(const struct fourfold *f, double *figure)
{
	figure[SCORECARD_SENSITIVITY] = share(f, FOURFOLD_SENSITIVITY);
	figure[SCORECARD_SPECIFICITY] = share(f, FOURFOLD_SPECIFICITY);
	figure[SCORECARD_PRECISION] = share(f, FOURFOLD_PRECISION);
	figure[SCORECARD_NPV] = share(f, FOURFOLD_NPV);
	figure[SCORECARD_F1] = fourfold_f1(share(f, FOURFOLD_JACCARD));
}

/* AUC and average precision with each case as often as its patient was drawn. */
static void add_row_ranks(const struct by_patient *p, const struct order *order,
                          const uint32_t *drawn, double *figure)
{
	int64_t positives = 0, negatives = 0, step[2] = { 0, 0 };
	double pairs = 0, precision = 0;

	for (size_t i = 0; i < p->c->count; i++) {
		step[order->positive[i]] += drawn[p->patients->of[order->index[i]]];
		if (!order->last[i])
			continue;
		pairs += (double)step[0] * ((double)positives + (double)step[1] / 2);
		positives += step[1];
		negatives += step[0];
		if (step[1])
			precision += (double)step[1] * (double)positives
			             / (double)(positives + negatives);
		step[0] = step[1] = 0;
	}
	figure[SCORECARD_AUC] = pairs / (double)positives / (double)negatives;
	figure[SCORECARD_AVERAGE_PRECISION] = precision / (double)positives;
}

static void figures_of_drawn(const void *arg, const uint32_t *drawn, double *figure)
{
	const struct by_patient *p = arg;
	struct confusion counts;
	struct metrics m;

	confusion_init(&counts, &p->c->classes);
	add_counts(p, drawn, &counts, figure);
	metrics_init(&m, &counts);
	add_overall(&m, figure);
	for (size_t i = 0; i < p->s->classes + p->s->groups; i++) {
		double *row = figure + SCORECARD_OVERALL + i * SCORECARD_EACH;
		struct fourfold f;

		if (i < p->s->classes)
			f = fourfold_of_class(&m, (int)i);
		else
			f = fourfold_count(&counts, p->groups->each[i - p->s->classes].member);
		add_row_counts(&f, row);
		add_row_ranks(p, &p->orders[i], drawn, row);
	}
	metrics_release(&m);
	confusion_release(&counts);
}

/* ---- what all draws need ---- */

struct scored {
	double score;
	uint32_t index;
};

static int compare_down(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

static void order_init(struct order *o, const struct by_patient *p, size_t row)
{
	size_t n = p->c->count;
	struct scored *scored = xmalloc(n, sizeof *scored);
	double *score = xmalloc(n, sizeof *score);
	uint8_t *positive = xmalloc(n, sizeof *positive);

	cases_scores(p->c, p->groups, row, score, positive);
	for (size_t i = 0; i < n; i++)
		scored[i] = (struct scored){ score[i], (uint32_t)i };
	qsort(scored, n, sizeof *scored, compare_down);
	*o = (struct order){ xmalloc(n, sizeof *o->index), xmalloc(n, sizeof *o->positive),
		             xmalloc(n, sizeof *o->last) };
	for (size_t i = 0; i < n; i++) {
		o->index[i] = scored[i].index;
		o->positive[i] = positive[scored[i].index];
		o->last[i] = i + 1 == n || scored[i + 1].score != scored[i].score;
	}
	free(scored);
	free(score);
	free(positive);
}

static void order_release(struct order *o)
{
	free(o->index);
	free(o->positive);
	free(o->last);
}

static void prepare(struct by_patient *p)
{
	size_t n = p->c->count, rows = p->s->classes + p->s->groups;
	int classes = p->c->classes.count;

	p->top2 = xmalloc(n, sizeof *p->top2);
	p->log_loss = xmalloc(n, sizeof *p->log_loss);
	p->brier = xmalloc(n, sizeof *p->brier);
	p->confidence = xmalloc(n, sizeof *p->confidence);
	for (size_t i = 0; i < n; i++) {
		p->top2[i] = cases_is_among(p->c, i, 2);
		p->log_loss[i] = calibration_log_loss(cases_row(p->c, i), p->c->actual[i]);
		p->brier[i] = calibration_brier(cases_row(p->c, i), classes, p->c->actual[i]);
		p->confidence[i] = cases_confidence(p->c, i);
	}
	p->orders = xmalloc(rows, sizeof *p->orders);
	for (size_t i = 0; i < rows; i++)
		order_init(&p->orders[i], p, i);
}

static void clean_up(struct by_patient *p)
{
	for (size_t i = 0; i < p->s->classes + p->s->groups; i++)
		order_release(&p->orders[i]);
	free(p->orders);
	free(p->top2);
	free(p->log_loss);
	free(p->brier);
	free(p->confidence);
}

/* ---- the intervals ---- */

/* What figures are symmetric on. */
enum scale { SCALE_SHARE, SCALE_BOTH_SIGNS, SCALE_LOG_LOSS, SCALE_BRIER };

struct spread {
	double t;                       /* Student's, times what a resample of few patients lacks */
	double edge;                    /* nearest that a share comes to 0 and 1 */
};

/* VALUE, a share, normal on the logit scale. */
static struct interval around_share(double value, double error, const struct spread *s)
{
	double p = fmin(1 - s->edge, fmax(s->edge, value)), middle = log(p / (1 - p));
	double half = s->t * error / (p * (1 - p));

	return (struct interval){ value, fmin(value, 1 / (1 + exp(half - middle))),
		                  fmax(value, 1 / (1 + exp(-half - middle))) };
}

/* VALUE, from 0 to MOST, normal on the logarithmic scale. */
static struct interval around_loss(double value, double error, double most,
                                   const struct spread *s)
{
	double by = exp(s->t * error / value);

	return (struct interval){ value, value / by, fmin(most, value * by) };
}

/* A figure that varies with no patient keeps the interval that it has over images. */
static void set(struct interval *figure, double error, enum scale scale, const struct spread *s)
{
	double value = figure->value;

	if (interval_is_none(figure) || !(error > 0))
		return;
	switch (scale) {
	case SCALE_SHARE:
		*figure = around_share(value, error, s);
		break;
	case SCALE_BOTH_SIGNS:
		*figure = around_share((1 + value) / 2, error / 2, s);
		*figure = (struct interval){ value, 2 * figure->low - 1, 2 * figure->high - 1 };
		break;
	case SCALE_LOG_LOSS:
		*figure = around_loss(value, error, CALIBRATION_LOG_LOSS_MOST, s);
		break;
	case SCALE_BRIER:
		*figure = around_loss(value, error, CALIBRATION_BRIER_MOST, s);
		break;
	}
}

static enum scale scale_of(enum scorecard_overall k)
{
	if (k == SCORECARD_KAPPA || k == SCORECARD_MCC)
		return SCALE_BOTH_SIGNS;
	if (k == SCORECARD_LOG_LOSS)
		return SCALE_LOG_LOSS;
	return k == SCORECARD_BRIER ? SCALE_BRIER : SCALE_SHARE;
}

static void set_all(struct scorecard *s, const double *error, const struct spread *spread)
{
	for (int k = 0; k < SCORECARD_OVERALL; k++)
		set(&s->overall[k], error[k], scale_of((enum scorecard_overall)k), spread);
	error += SCORECARD_OVERALL;
	for (size_t i = 0; i < s->classes + s->groups; i++)
		for (int k = 0; k < SCORECARD_EACH; k++)
			set(&s->rows[i].figure[k], *error++, SCALE_SHARE, spread);
}

/* How many patients have an image of each row. */
static void count_patients(struct scorecard *s, const struct by_patient *p)
{
	bool *seen = xmalloc(p->patients->count, sizeof *seen);

	s->patients = p->patients->count;
	for (size_t row = 0; row < s->classes + s->groups; row++) {
		const struct order *o = &p->orders[row];

		memset(seen, 0, p->patients->count * sizeof *seen);
		s->rows[row].patients = 0;
		for (size_t i = 0; i < p->c->count; i++) {
			bool *patient = &seen[p->patients->of[o->index[i]]];

			s->rows[row].patients += o->positive[i] && !*patient;
			*patient |= o->positive[i];
		}
	}
	free(seen);
}

void by_patient_intervals(struct scorecard *s, const struct class_groups *groups,
                          const struct cases *c, const struct id_groups *patients,
                          const struct bootstrap *b)
{
	struct by_patient p = { .s = s, .groups = groups, .c = c, .patients = patients };
	size_t figures = SCORECARD_OVERALL + (s->classes + s->groups) * SCORECARD_EACH;
	double *error = xmalloc(figures, sizeof *error), n = (double)patients->count;
	struct spread spread = { bootstrap_times(n), .5 / (double)c->count };

	prepare(&p);
	bootstrap_errors(b, (uint32_t)patients->count, figures_of_drawn, &p, error, figures);
	set_all(s, error, &spread);
	count_patients(s, &p);
	clean_up(&p);
	free(error);
}
