/* Holm's correction; see holm.h. */
#include "stats/holm.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct test {
	double p;
	size_t index;
};

static int compare_up(const void *a, const void *b)
{
	const struct test *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

void holm_adjust(double *adjusted, const double *p, size_t n)
{
	struct test *sorted = xmalloc(n, sizeof *sorted);
	size_t tests = 0;
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isnan(p[i]))
			sorted[tests++] = (struct test){ p[i], i };
		else
			adjusted[i] = NAN;
	}
	qsort(sorted, tests, sizeof *sorted, compare_up);
	for (size_t i = 0; i < tests; i++) {
		most = fmax(most, fmin(1, (double)(tests - i) * sorted[i].p));
		adjusted[sorted[i].index] = most;
	}
	free(sorted);
}
