/* Figures of the whole confusion matrix; see agreement.h. */
#include "score/agreement.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

/* The matrix as probabilities, half a case added on the diagonal and beside it, over the classes
 * that occur. */
struct smooth {
	int count;                      /* classes that occur */
	double *p;                      /* [count][count] */
	double *hit, *row, *column;     /* p[i][i], sums */
	double images;                  /* without those added */
};

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static void add_half_cases(struct smooth *s, double total)
{
	for (int i = 0; i < s->count; i++)
		for (int j = 0; j < s->count; j++) {
			double *p = &s->p[i * s->count + j];

			*p = (*p + (i == j ? .5 : .5 / (s->count - 1))) / total;
			s->row[i] += *p;
			s->column[j] += *p;
			if (i == j)
				s->hit[i] = *p;
		}
}

static void smooth_init(struct smooth *s, const struct confusion *c, const struct metrics *m)
{
	size_t n = (size_t)m->occurring;
	int at[CLASSES_MAX];

	*s = (struct smooth){
		.p = xcalloc(n * n, sizeof *s->p), .hit = xcalloc(n, sizeof *s->hit),
		.row = xcalloc(n, sizeof *s->row), .column = xcalloc(n, sizeof *s->column),
		.images = (double)m->total,
	};
	for (int i = 0; i < m->count; i++)
		if (m->each[i].occurs)
			at[s->count++] = i;
	for (int i = 0; i < s->count; i++)
		for (int j = 0; j < s->count; j++)
			s->p[i * s->count + j] = (double)*confusion_at(c, at[i], at[j]);
	add_half_cases(s, s->images + s->count * (s->count > 1 ? 1 : .5));
}

static void smooth_release(struct smooth *s)
{
	free(s->p);
	free(s->hit);
	free(s->row);
	free(s->column);
}

/* ---- influence functions ---- */

/* What a case of true class I, predicted J, adds to a figure; AGREED: the figure, or sums of it. */
typedef double influence(const struct smooth *s, int i, int j, const void *agreed);

/* Variance of one case's influence. */
static double variance_of(const struct smooth *s, influence *psi, const void *agreed)
{
	double mean = 0, squares = 0;

	for (int i = 0; i < s->count; i++)
		for (int j = 0; j < s->count; j++) {
			double p = s->p[i * s->count + j], x = psi(s, i, j, agreed);

			mean += p * x;
			squares += p * x * x;
		}
	return fmax(0, squares - mean * mean);
}

struct chance {
	double observed, expected;      /* agreement */
	double row, column;             /* 1 - sum of squares of the rows' and columns' sums */
	double kappa, mcc;
};

static struct chance chance_of(const struct smooth *s)
{
	struct chance c = { .row = 1, .column = 1 };

	for (int i = 0; i < s->count; i++) {
		c.observed += s->hit[i];
		c.expected += s->row[i] * s->column[i];
		c.row -= s->row[i] * s->row[i];
		c.column -= s->column[i] * s->column[i];
	}
	c.kappa = ratio(c.observed - c.expected, 1 - c.expected);
	c.mcc = ratio(c.observed - c.expected, sqrt(c.row * c.column));
	return c;
}

static double of_kappa(const struct smooth *s, int i, int j, const void *agreed)
{
	const struct chance *c = agreed;

	return ((i == j) - (1 - c->kappa) * (s->column[i] + s->row[j])) / (1 - c->expected);
}

static double of_mcc(const struct smooth *s, int i, int j, const void *agreed)
{
	const struct chance *c = agreed;

	return ((i == j) - s->column[i] - s->row[j]) / sqrt(c->row * c->column)
	       + c->mcc * (s->row[i] / c->row + s->column[j] / c->column);
}

static double f1_of(const struct smooth *s, int k)
{
	return 2 * s->hit[k] / (s->row[k] + s->column[k]);
}

static double of_weighted_f1(const struct smooth *s, int i, int j, const void *agreed)
{
	double of_i = s->row[i] / (s->row[i] + s->column[i]);
	double of_j = s->row[j] / (s->row[j] + s->column[j]);

	(void)agreed;
	return f1_of(s, i) + (i == j ? 2 * of_i : 0) - of_i * f1_of(s, i) - of_j * f1_of(s, j);
}

static double of_macro_f1(const struct smooth *s, int i, int j, const void *agreed)
{
	double both_i = s->row[i] + s->column[i], both_j = s->row[j] + s->column[j];

	(void)agreed;
	return ((i == j ? 2 / both_i : 0) - f1_of(s, i) / both_i - f1_of(s, j) / both_j) / s->count;
}

/* ---- intervals ---- */

/* VALUE as a share of cases whose VARIANCE is that of SMOOTH, the same figure of S. */
static struct interval effective(const struct smooth *s, double value, double smooth,
                                 double variance)
{
	double n = smooth * (1 - smooth) * s->images / variance;

	return interval_effective(value, isfinite(n) && n > 0 ? n : s->images);
}

/* The same for what runs from -1 to 1. */
static struct interval effective_both(const struct smooth *s, double value, double smooth,
                                      double variance)
{
	struct interval i = effective(s, (1 + value) / 2, (1 + smooth) / 2, variance / 4);

	return (struct interval){ value, 2 * i.low - 1, 2 * i.high - 1 };
}

static double spread_of(const struct smooth *s)
{
	double alone = 0, spread;

	for (int k = 0; k < s->count; k++) {
		double both = s->row[k] + s->column[k], f = f1_of(s, k);

		alone += ((2 - 2 * f) * (2 - 2 * f) * s->hit[k] + f * f * (both - 2 * s->hit[k]))
		         / (both * both);
	}
	spread = variance_of(s, of_macro_f1, NULL) * s->count * s->count / alone;
	return s->count > 1 && isfinite(spread) ? spread : 1;
}

/* One class throughout: kappa is nothing, mcc 0 by convention, and could be anything. */
static void agree_in_one_class(struct agreement *a, const struct metrics *m)
{
	a->kappa = interval_none();
	a->mcc = m->total ? (struct interval){ m->mcc, -1, 1 } : interval_none();
	a->weighted_f1 = interval_wilson(m->total, m->total);
	a->f1_spread = 1;
}

void agreement_init(struct agreement *a, const struct confusion *c, const struct metrics *m)
{
	struct chance chance;
	struct smooth s;
	double weighted = 0;

	if (m->occurring < 2) {
		agree_in_one_class(a, m);
		return;
	}
	smooth_init(&s, c, m);
	chance = chance_of(&s);
	for (int k = 0; k < s.count; k++)
		weighted += s.row[k] * f1_of(&s, k);
	a->kappa = effective_both(&s, m->kappa, chance.kappa, variance_of(&s, of_kappa, &chance));
	a->mcc = effective_both(&s, m->mcc, chance.mcc, variance_of(&s, of_mcc, &chance));
	a->weighted_f1 = effective(&s, m->weighted.f1, weighted,
	                           variance_of(&s, of_weighted_f1, NULL));
	a->f1_spread = spread_of(&s);
	smooth_release(&s);
}
