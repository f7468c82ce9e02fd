/* Sums without rounding error: known values, signs, and random terms in any order. */
#include "fed/exact.h"
#include "base/rng.h"
#include "tap.h"

static void test_known(void)
{
	struct exact s = {0};

	is_int(exact_sign(&s), 0, "nothing is 0");
	is_near(exact_value(&s), 0, 0, "and its value too");
	exact_add(&s, 1);
	exact_add(&s, 0x1p-200);
	exact_add(&s, -1);
	is_near(exact_value(&s), 0x1p-200, 0, "1 + 2^-200 - 1 is 2^-200");
	is_int(exact_sign(&s), 1, "its sign is plus");
	exact_add(&s, -0x1p-200);
	is_int(exact_sign(&s), 0, "less 2^-200 it is 0");
	exact_add(&s, -0x1p-201);
	is_int(exact_sign(&s), -1, "and then negative");
	is_near(exact_value(&s), -0x1p-201, 0, "-2^-201");
}

static void test_product(void)
{
	const double a = 1 + 0x1p-52, b = 1 + 0x1p-51;  /* a b = 1 + 2^-51 + 2^-52 + 2^-103 */
	struct exact s = {0};

	exact_add_product(&s, a, b);
	exact_add(&s, -1);
	exact_add(&s, -(0x1p-51 + 0x1p-52));
	is_near(exact_value(&s), 0x1p-103, 0, "the last bit of a product is there");
}

static void test_ends(void)
{
	struct exact s = {0};

	for (int i = 0; i < 1000; i++)
		exact_add(&s, -0x1p467);
	is_near(exact_value(&s), -1000 * 0x1p467, 0, "a thousand of the largest terms");
	for (int i = 0; i < 1000; i++)
		exact_add(&s, 0x1p467);
	exact_add(&s, 0x1.8p-384);
	is_near(exact_value(&s), 0x1p-384, 0, "the lowest bit stays, what is below goes");
	exact_add(&s, 0x1p-1074);
	is_near(exact_value(&s), 0x1p-384, 0, "the least double is nothing");
}

/* Terms over 400 powers of two, and their opposites in another order, sum to 0. */
static void test_order(void)
{
	enum { N = 5000 };
	static double x[N];
	struct exact forward = {0}, backward = {0};
	struct rng r;

	rng_init(&r, 1, RNG_INIT, 0);
	for (int i = 0; i < N; i++)
		x[i] = ldexp(rng_unit(&r) - .5, (int)rng_below(&r, 400) - 200);
	for (int i = 0; i < N; i++) {
		exact_add(&forward, x[i]);
		exact_add(&backward, x[N - 1 - i]);
	}
	ok(exact_value(&forward) == exact_value(&backward), "the order does not matter");
	for (int i = 0; i < N; i++)
		exact_add(&forward, -x[i * 7 % N]);
	is_int(exact_sign(&forward), 0, "terms and their opposites leave nothing");
}

static void test_value(void)
{
	bool good = true;
	struct rng r;

	rng_init(&r, 2, RNG_INIT, 0);
	for (int i = 0; i < 10000; i++) {
		double x = ldexp(rng_unit(&r) - .5, (int)rng_below(&r, 500) - 250);
		struct exact s = {0};

		exact_add(&s, x);
		good = good && exact_value(&s) == x;
	}
	ok(good, "one term is its own sum");
}

/* Two doubles of unlike size, which no other double is nearer to than the first term. */
static void test_terms(void)
{
	double term[EXACT_TERMS];
	bool good = true;
	struct rng r;

	rng_init(&r, 3, RNG_INIT, 0);
	for (int i = 0; i < 10000; i++) {
		double x = ldexp(rng_unit(&r) - .5, (int)rng_below(&r, 200));
		double y = ldexp(rng_unit(&r) - .5, (int)rng_below(&r, 200));
		struct exact s = {0};
		int n;

		exact_add(&s, x);
		exact_add(&s, y);
		n = exact_terms(&s, term);
		good = good && n >= 1 && n <= 2 && term[0] == x + y;
		for (int j = 0; j < n; j++)
			exact_add(&s, -term[j]);
		good = good && exact_sign(&s) == 0;
	}
	ok(good, "terms are what is nearest, and together the sum");
}

static void test_ties(void)
{
	struct exact s = {0};
	double term[EXACT_TERMS];

	is_int(exact_terms(&s, term), 0, "nothing has no terms");
	exact_add(&s, 1 + 0x1p-52);
	exact_add(&s, 0x1p-53);
	ok(exact_value(&s) == 1 + 0x1p-51, "a tie, to even");
	exact_add(&s, -0x1p-384);
	ok(exact_value(&s) == 1 + 0x1p-52, "a little less");
	is_int(exact_terms(&s, term), 3, "three terms");
	ok(term[0] == 1 + 0x1p-52 && term[1] == 0x1p-53 && term[2] == -0x1p-384, "in order");
}

int main(void)
{
	test_terms();
	test_ties();
	test_known();
	test_product();
	test_ends();
	test_order();
	test_value();
	return tap_end();
}
