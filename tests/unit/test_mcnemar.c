/*
 * Paired answers: exact tests against sums over all outcomes, an interval against its
 * paper.
 */
#include "tap.h"

#include "stats/mcnemar.h"

static void test_exact(void)
{
	static const struct {
		int64_t a, b;
		double p;
	} cases[] = {
		{ 0, 0, 1 },
		{ 3, 3, 1 },
		{ 0, 1, 1 },
		{ 0, 5, 2 / 32. },
		{ 6, 0, 2 / 64. },
		{ 1, 7, 2 * 9 / 256. },
		{ 8, 2, 2 * 56 / 1024. },
		{ 3, 4, 1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mcnemar m = { 100, cases[i].a, cases[i].b, 7 };

		is_near(mcnemar_p(&m), cases[i].p, 1e-13, "McNemar's test, by hand");
	}
}

/* 30,000 fair coins: the normal distribution, with half a case of continuity. */
static void test_large(void)
{
	struct mcnemar m = { .only_a = 15200, .only_b = 14800 };
	double z = (400 - 1) / sqrt(30000), want = erfc(z / sqrt(2));

	is_near(mcnemar_p(&m) / want, 1, 1e-4, "many cases");
	m.only_a = 30000;
	m.only_b = 0;
	is_near(mcnemar_p(&m), 0, 0, "a chance too small for a double");
}

/* By running through all signs. */
static double all_signs(const int64_t *more, int n)
{
	int64_t seen = 0;
	int as_far = 0;

	for (int k = 0; k < n; k++)
		seen += more[k];
	for (int signs = 0; signs < 1 << n; signs++) {
		int64_t sum = 0;

		for (int k = 0; k < n; k++)
			sum += signs >> k & 1 ? more[k] : -more[k];
		as_far += llabs(sum) >= llabs(seen);
	}
	return as_far / (double)(1 << n);
}

static void test_clustered(void)
{
	static const int64_t more[][8] = {
		{ 1, 1, 1, 1, 1, -1, 0, 0 },
		{ 5, -2, 3, 0, 1, 1, -1, 2 },
		{ 9, -1, 1, -1, 1, 1, 1, 0 },
		{ -4, -4, -4, 3, -7, 0, 0, -1 },
		{ 2, 2, -2, -2, 1, -1, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 20, 0, 0, 0, 0, 0, 0, 0 },
	};
	int64_t ones[40];

	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		is_near(mcnemar_clustered_p(more[i], 8), all_signs(more[i], 8), 1e-13,
		        "signs of clusters, against all of them");
	for (int k = 0; k < 40; k++)
		ones[k] = k < 12 ? -1 : k < 37 ? 1 : 0;
	is_near(mcnemar_clustered_p(ones, 40), mcnemar_p(&(struct mcnemar){ 0, 12, 25, 3 }), 1e-13,
	        "one case a cluster: McNemar's test");
	is_near(mcnemar_clustered_p(NULL, 0), 1, 0, "no clusters");
}

static void is_interval(struct mcnemar m, double low, double high, const char *what)
{
	struct interval i = mcnemar_difference(&m);

	/* the paper has A less B */
	is_near(-i.high, low, 5.1e-5, what);
	is_near(-i.low, high, 5.1e-5, "and its upper end");
}

/* R. G. Newcombe 1998, table III, method 10. */
static void test_interval(void)
{
	struct mcnemar none = {0};
	struct interval i = mcnemar_difference(&none);

	ok(interval_is_none(&i), "none without cases");
	is_interval((struct mcnemar){ 36, 12, 2, 0 }, .0569, .3404, "Newcombe's example (a)");
	is_interval((struct mcnemar){ 36, 14, 0, 0 }, .1528, .4167, "Newcombe's example (b)");
	is_interval((struct mcnemar){ 20, 12, 2, 16 }, .0562, .3292, "Newcombe's example (c)");
}

int main(void)
{
	test_exact();
	test_large();
	test_clustered();
	test_interval();
	return tap_end();
}
