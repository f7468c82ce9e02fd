/*
 * Pooled variances against the quotient in whole numbers: ties, cancelling squares, any grouping,
 * and the ends of float32.
 */
#include "fed/pooled.h"

#include <math.h>

#include "base/rng.h"
#include "quotient.h"
#include "tap.h"

enum { CLIENTS = 9, UNIT = 10 };        /* means and variances are multiples of 2^-UNIT */

/* (N Q - S^2) / N^2 with S in units of 2^-UNIT, so Q in those of 2^-2UNIT. */
static float whole(const int *n, const int *m, const int *v, int count)
{
	__int128 total = 0, sum = 0, square = 0, top;

	for (int k = 0; k < count; k++) {
		total += n[k];
		sum += (__int128)n[k] * m[k];
		square += (__int128)n[k] * (((__int128)v[k] << UNIT) + (__int128)m[k] * m[k]);
	}
	top = total * square - sum * sum;
	return (float)ldexp(round_quotient((unsigned __int128)top,
	                                   (unsigned __int128)(total * total)), -2 * UNIT);
}

static double unit(int x)
{
	return ldexp(x, -UNIT);
}

static void add_sum(struct exact *to, const struct exact *from)
{
	double term[EXACT_TERMS];
	int terms = exact_terms(from, term);

	for (int i = 0; i < terms; i++)
		exact_add(to, term[i]);
}

/* The clients in two groups, each added up by itself, backwards. */
static float grouped(const int *n, const int *m, const int *v, int count)
{
	struct pooled part[2] = {0}, all = {0};

	for (int k = count - 1; k >= 0; k--)
		pooled_add(&part[k % 3 == 0], n[k], unit(m[k]), unit(v[k]));
	for (int i = 0; i < 2; i++) {
		add_sum(&all.n, &part[i].n);
		add_sum(&all.mean, &part[i].mean);
		add_sum(&all.square, &part[i].square);
	}
	return pooled_variance(&all);
}

static void test_whole(int most, int far, const char *what)
{
	struct rng r;
	int wrong = 0, moved = 0;

	rng_init(&r, (uint64_t)(most + far), RNG_INIT, 0);
	for (int round = 0; round < 5000; round++) {
		struct pooled p = {0};
		int n[CLIENTS], m[CLIENTS], v[CLIENTS], count = 1 + round % CLIENTS;
		float want;

		for (int k = 0; k < count; k++) {
			n[k] = 1 + (int)rng_below(&r, (uint32_t)most);
			m[k] = far + (int)rng_below(&r, 4000);
			v[k] = (int)rng_below(&r, 1000);
			pooled_add(&p, n[k], unit(m[k]), unit(v[k]));
		}
		want = whole(n, m, v, count);
		wrong += pooled_variance(&p) != want;
		moved += grouped(n, m, v, count) != want;
	}
	is_int(wrong, 0, what);
	is_int(moved, 0, "the same in groups");
}

static float two(double n0, double m0, double v0, double n1, double m1, double v1)
{
	struct pooled p = {0};

	pooled_add(&p, n0, m0, v0);
	pooled_add(&p, n1, m1, v1);
	return pooled_variance(&p);
}

static void test_special(void)
{
	const double most = 0x1.fffffep127;

	ok(two(1, 1, 0, 1, 1, 0) == 0, "nothing spread");
	ok(two(3, 0, 0, 3, 0, 0) == 0, "zeros");
	ok(two(1, 0, 1, 1, 0, 1 + 0x1p-23) == 1, "a tie, to even");
	ok(two(1, 0, 1 + 0x1p-23, 1, 0, 1 + 0x1p-22) == 1 + 0x1p-22, "another");
	ok(two(1, 0x1p-60, 1, 1, 0, 1 + 0x1p-23) == 1 + 0x1p-23, "a little more than a tie");
	ok(two(1, 0, -5e-4, 1, 0, 0) == -2.5e-4f, "a negative one");
	ok(two(1, 0, most, 1, 0, most) == (float)most, "the largest");
	ok(isinf(two(1, most, 0, 1, -most, 0)), "beyond float32");
	ok(isinf(two(1e9, most, most, 1e-6, -most, most)), "with weights far apart");
	ok(two(.1, 4096, 0x1p-30, .1, 4096.0009765625, 0x1p-30) == 0x1p-30f + 0x1p-22f,
	   "far from 0, with weights of .1");
	ok(two(1, 0, 0x1p-149, 1, 0, 0) == 0, "half the least number, to even");
	ok(two(2, 0, 0x1p-149, 1, 0, 0) == 0x1p-149f, "two thirds of it");
}

int main(void)
{
	test_whole(1, 0, "equal weights, small numbers");
	test_whole(1000, 0, "unlike weights");
	test_whole(1000000, 16000000, "means near 2^14: squares cancel");
	test_special();
	return tap_end();
}
