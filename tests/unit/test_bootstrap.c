/* Units drawn again: the same draws as a Philox in Python, whatever the threads. */
#include "tap.h"

#include "base/rng.h"
#include "stats/bootstrap.h"

enum { UNITS = 10, FIGURES = 3, RESAMPLES = 150 };

static const double value[UNITS] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3 };

/* The mean of what is drawn, how often unit 0 is, and the mean again where unit 0 is missing. */
static void figures(const void *arg, const uint32_t *drawn, double *figure)
{
	const double *x = arg;
	double sum = 0;

	for (int i = 0; i < UNITS; i++)
		sum += drawn[i] * x[i];
	figure[0] = sum / UNITS;
	figure[1] = drawn[0];
	figure[2] = drawn[0] ? NAN : sum / UNITS;
}

static void errors(int threads, uint64_t seed, double *error)
{
	struct bootstrap b = { RESAMPLES, seed, threads_new(threads) };

	bootstrap_errors(&b, UNITS, figures, value, error, FIGURES);
	threads_free(b.pool);
}

static void test_golden(void)
{
	/* numpy's std(ddof=1) over the draws of tests/data/score/make_score.py, seed 2^40 + 3 */
	static const double want[FIGURES] = { 0.7412429853367666, 0.935719225942621,
		                              0.7657289678014838 };
	double got[FIGURES];

	errors(1, (UINT64_C(1) << 40) + 3, got);
	for (int k = 0; k < FIGURES; k++)
		is_near(got[k], want[k], 1e-13, "the standard deviation of a figure");
}

static void test_threads(void)
{
	double one[FIGURES], other[FIGURES];

	errors(1, 5, one);
	for (int threads = 2; threads <= 7; threads += 5) {
		errors(threads, 5, other);
		ok(!memcmp(one, other, sizeof one), "%d threads", threads);
	}
	errors(1, 6, other);
	ok(one[0] != other[0], "another seed");
}

static void never(const void *arg, const uint32_t *drawn, double *figure)
{
	(void)arg;
	(void)drawn;
	*figure = NAN;
}

/* The first call gives 1, the second NaN. */
static void once(const void *arg, const uint32_t *drawn, double *figure)
{
	(void)drawn;
	*figure = ++*(int *)(uintptr_t)arg == 1 ? 1 : NAN;
}

static void test_nothing(void)
{
	struct bootstrap b = { 2, 0, threads_new(1) };
	double error = 0;
	int calls = 0;

	bootstrap_errors(&b, 3, never, NULL, &error, 1);
	ok(isnan(error), "a figure that is never a number has no error");
	bootstrap_errors(&b, 3, once, &calls, &error, 1);
	ok(calls == 2 && isnan(error), "nor has one that is a number once");
	threads_free(b.pool);
}

int main(void)
{
	test_golden();
	test_threads();
	test_nothing();
	return tap_end();
}
