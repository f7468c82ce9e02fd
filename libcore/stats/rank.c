/* Ranking by a score; see rank.h. */
#include "stats/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare_down(const void *a, const void *b)
{
	const struct rank_step *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

/* Joins the steps of one score. STEPS are in order. Returns how many are left. */
static size_t join_ties(struct rank_step *steps, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (count && steps[count - 1].score == steps[i].score) {
			steps[count - 1].positives += steps[i].positives;
			steps[count - 1].negatives += steps[i].negatives;
		} else {
			steps[count++] = steps[i];
		}
	}
	return count;
}

void rank_take(struct rank *r, struct rank_step *steps, size_t count)
{
	*r = (struct rank){ .steps = steps, .count = count };
	for (size_t i = 0; i < count; i++) {
		r->positives += steps[i].positives;
		r->negatives += steps[i].negatives;
	}
}

void rank_init(struct rank *r, const double *score, const uint8_t *positive, size_t n)
{
	struct rank_step *steps = xmalloc(n, sizeof *steps);

	for (size_t i = 0; i < n; i++)
		steps[i] = (struct rank_step){ score[i], positive[i] != 0, positive[i] == 0 };
	qsort(steps, n, sizeof *steps, compare_down);
	rank_take(r, steps, join_ties(steps, n));
}

void rank_release(struct rank *r)
{
	free(r->steps);
	*r = (struct rank){0};
}

double rank_auc(const struct rank *r)
{
	int64_t before = 0;             /* positives of higher scores */
	double pairs = 0;               /* exact below 2^53 half pairs */

	for (size_t i = 0; i < r->count; i++) {
		const struct rank_step *s = &r->steps[i];

		pairs += (double)s->negatives * ((double)before + (double)s->positives / 2);
		before += s->positives;
	}
	return r->positives && r->negatives
	               ? pairs / (double)r->positives / (double)r->negatives
	               : NAN;
}

double rank_average_precision(const struct rank *r)
{
	int64_t positives = 0, all = 0;
	double sum = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct rank_step *s = &r->steps[i];

		positives += s->positives;
		all += s->positives + s->negatives;
		if (s->positives)
			sum += (double)s->positives * ((double)positives / (double)all);
	}
	return r->positives ? sum / (double)r->positives : NAN;
}

/* The logarithmic derivative of the gamma function, X > 0 (Abramowitz and Stegun 6.3.5, 6.3.18). */
static double digamma(double x)
{
	double below = 0, y;

	while (x < 10) {
		below += 1 / x;
		x++;
	}
	y = 1 / (x * x);
	return log(x) - .5 / x - y * (1 / 12. - y * (1 / 120. - y * (1 / 252. - y / 240))) - below;
}

/*
 * Sum over k = 1 to N of (A + k) / (B + k C): precisions down to each of N positives. Of many it is
 * N / C + (A C - B) / C^2 times the sum of 1 / (k + B / C), which is a difference of digammas: a
 * table says how many there are, and need not be believed with one turn of a loop each.
 */
static double sum_of_precisions(double a, double b, double c, int64_t n)
{
	enum { MANY = 10000 };
	double sum = 0;

	if (n > MANY)
		return (double)n / c
		       + (a * c - b) / c / c
		         * (digamma((double)n + 1 + b / c) - digamma(1 + b / c));
	for (int64_t k = 1; k <= n; k++)
		sum += (a + (double)k) / (b + (double)k * c);
	return sum;
}

/* Behind K of a step's positives, a share of K / (positives + 1) of its negatives is expected. */
double rank_mixed_precision(const struct rank *r)
{
	int64_t positives = 0, all = 0;
	double sum = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct rank_step *s = &r->steps[i];
		double share = (double)s->negatives / (double)(s->positives + 1);

		sum += sum_of_precisions((double)positives, (double)all, 1 + share, s->positives);
		positives += s->positives;
		all += s->positives + s->negatives;
	}
	return r->positives ? sum / (double)r->positives : NAN;
}
