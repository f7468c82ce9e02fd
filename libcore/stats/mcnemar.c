/* Tests of paired answers; see mcnemar.h. */
#include "stats/mcnemar.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/paired.h"

/* Chance of K heads in N fair coins. */
static double binomial(int64_t n, int64_t k)
{
	return exp(lgamma((double)n + 1) - lgamma((double)k + 1)
	           - lgamma((double)(n - k) + 1) - (double)n * M_LN2);
}

double mcnemar_p(const struct mcnemar *m)
{
	int64_t n = m->only_a + m->only_b;
	int64_t fewer = m->only_a < m->only_b ? m->only_a : m->only_b;
	double term = binomial(n, fewer), sum = 0;

	if (m->only_a == m->only_b)
		return 1;
	for (int64_t k = fewer; k >= 0; k--) {
		sum += term;
		term *= (double)k / (double)(n - k + 1);
	}
	return fmin(1, 2 * sum);
}

/*
 * P[k], k from 0 to SUM: the chance that those of the clusters whose coin shows heads
 * have |MORE| that add up to k. In new memory.
 */
static double *sums_of_heads(const int64_t *more, size_t n, int64_t sum)
{
	double *p = xcalloc((size_t)sum + 1, sizeof *p);
	int64_t ones = 0, used;

	for (size_t i = 0; i < n; i++)
		ones += llabs(more[i]) == 1;
	for (int64_t k = 0; k <= ones; k++)
		p[k] = binomial(ones, k);
	used = ones;
	for (size_t i = 0; i < n; i++) {
		int64_t step = llabs(more[i]);

		if (step < 2)
			continue;
		used += step;
		for (int64_t k = used; k >= 0; k--)
			p[k] = (p[k] + (k >= step ? p[k - step] : 0)) / 2;
	}
	return p;
}

double mcnemar_clustered_p(const int64_t *more, size_t n)
{
	int64_t sum = 0, seen = 0;
	double *p, tails = 0;

	for (size_t i = 0; i < n; i++) {
		sum += llabs(more[i]);
		seen += more[i];
	}
	if (seen == 0)
		return 1;
	p = sums_of_heads(more, n, sum);
	for (int64_t k = 0; 2 * k <= sum - llabs(seen); k++)
		tails += p[k];
	free(p);
	return fmin(1, 2 * tails);
}

/*
 * The correlation of two answers; one above 0 is taken for less, half a case of each
 * kind.
 */
static double correlation(const struct mcnemar *m)
{
	double both = (double)m->both, a = (double)m->only_a, b = (double)m->only_b,
	       neither = (double)m->neither;
	double product = (both + a) * (b + neither) * (both + b) * (a + neither);
	double together = both * neither - a * b;

	if (together > 0)
		together = fmax(0, together - (both + a + b + neither) / 2);
	return product > 0 ? together / sqrt(product) : 0;
}

struct interval mcnemar_difference(const struct mcnemar *m)
{
	int64_t n = m->both + m->only_a + m->only_b + m->neither;
	struct interval a = interval_wilson(m->both + m->only_a, n);
	struct interval b = interval_wilson(m->both + m->only_b, n);
	struct interval difference;

	if (n == 0)
		return interval_none();
	difference = paired_difference(&a, &b, correlation(m));
	difference.value = (double)(m->only_b - m->only_a) / (double)n;
	return difference;
}
