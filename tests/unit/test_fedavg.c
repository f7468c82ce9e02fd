/*
 * The weighted mean against exact whole-number arithmetic, where ties are frequent and where
 * terms cancel; order, special values, and weights that are refused.
 */
#include "fed/fedavg.c"         /* its tiles are static */

#include "base/rng.h"
#include "quotient.h"
#include "tap.h"

enum { MODELS = 12, NUMBERS = 3000, FRACTION_BITS = 40 };       /* numbers: no multiple of a tile */

struct inputs {
	int count;
	double n[MODELS];
	float data[MODELS][NUMBERS];
	const float *x[MODELS];
};

/* |x| below 2^24, with FRACTION_BITS behind the point: x 2^40 is whole. */
static struct inputs *inputs_new(int count, uint64_t seed, int spread, int most)
{
	struct inputs *in = calloc(1, sizeof *in);
	struct rng r;

	rng_init(&r, seed, RNG_INIT, 0);
	in->count = count;
	for (int k = 0; k < count; k++) {
		in->n[k] = 1 + rng_below(&r, (uint32_t)most);
		in->x[k] = in->data[k];
		for (int i = 0; i < NUMBERS; i++) {
			int exponent = (int)rng_below(&r, (uint32_t)spread) - FRACTION_BITS;

			float whole = (float)rng_below(&r, 1 << 24) - (1 << 23);

			in->data[k][i] = ldexpf(whole, exponent);
		}
	}
	return in;
}

static float whole_mean(const struct inputs *in, int i)
{
	__int128 sum = 0, total = 0;
	double mean;

	for (int k = 0; k < in->count; k++) {
		sum += (__int128)in->n[k] * (__int128)ldexp(in->data[k][i], FRACTION_BITS);
		total += (__int128)in->n[k];
	}
	mean = round_quotient((unsigned __int128)(sum < 0 ? -sum : sum), (unsigned __int128)total);
	return (float)(sum < 0 ? -ldexp(mean, -FRACTION_BITS) : ldexp(mean, -FRACTION_BITS));
}

static bool average(const struct inputs *in, float *y, double *wide)
{
	struct fedavg_weights w;
	struct err e;
	bool good;

	if (fedavg_weights_init(&w, in->n, in->count, &e) < 0)
		return false;
	good = fedavg_mean(&w, in->x, NUMBERS, y, wide);
	fedavg_weights_release(&w);
	return good;
}

static void test_exact(struct inputs *in, const char *what)
{
	static float y[NUMBERS], again[NUMBERS];
	static double wide[NUMBERS];
	int wrong = 0, far = 0;

	if (!ok(average(in, y, wide), "%s: averaged", what))
		return;
	for (int i = 0; i < NUMBERS; i++) {
		float want = whole_mean(in, i);

		if (y[i] != want && !wrong++)
			printf("# number %d: got %a, expected %a\n", i, y[i], want);
		far += fabs(wide[i] - want) > 0x1p-23 * fabs(want) + 1e-9;
	}
	is_int(wrong, 0, what);
	is_int(far, 0, "the mean in double lies beside");
	for (int k = 0; k < in->count / 2; k++) {       /* the models backwards */
		int other = in->count - 1 - k;
		const float *x = in->x[k];
		double n = in->n[k];

		in->x[k] = in->x[other];
		in->n[k] = in->n[other];
		in->x[other] = x;
		in->n[other] = n;
	}
	ok(average(in, again, NULL) && !memcmp(y, again, sizeof y), "the same bytes backwards");
	free(in);
}

static struct inputs *with_equal_weights(struct inputs *in, double n)
{
	for (int k = 0; k < in->count; k++)
		in->n[k] = n;
	return in;
}

/* Each number comes once more with the other sign and a little changed: what is left is small. */
static struct inputs *with_cancelling(struct inputs *in)
{
	for (int k = 0; k + 1 < in->count; k += 2) {
		in->n[k + 1] = in->n[k];
		for (int i = 0; i < NUMBERS; i++)
			in->data[k + 1][i] = ldexpf(i % 3 ? 1 : -5, -FRACTION_BITS) -
			                     in->data[k][i];
	}
	return in;
}

static void test_exactness(void)
{
	test_exact(with_equal_weights(inputs_new(2, 1, 1, 1), 100), "two models, half are ties");
	test_exact(with_equal_weights(inputs_new(10, 2, 1, 1), 7), "ten of equal weight");
	test_exact(with_equal_weights(inputs_new(4, 3, 20, 1), 1), "four, numbers of all sizes");
	test_exact(inputs_new(1, 4, 40, 1000), "one model");
	test_exact(inputs_new(3, 5, 40, 1000), "three of unlike weights");
	test_exact(inputs_new(12, 6, 24, 1 << 26), "twelve of large weights");
	test_exact(with_cancelling(inputs_new(10, 7, 1, 1000)), "numbers that cancel");
	test_exact(with_equal_weights(with_cancelling(inputs_new(2, 8, 16, 1)), 3), "two cancel");
}

/* A tile by TAKE against the one in plain C: all that it leaves. */
static void test_way(const char *name, full_tile *take, const struct inputs *in)
{
	struct fedavg_weights w;
	struct tile plain, t;
	float want[TILE], y[TILE];
	struct err e;
	bool same = true;

	if (!ok(fedavg_weights_init(&w, in->n, in->count, &e) == 0, "weights"))
		return;
	for (size_t at = 0; at + 2 * TILE <= NUMBERS; at += TILE / 2 + 3) {
		full_tile_mean(&plain, &w, in->x, at, want);
		take(&t, &w, in->x, at, y);
		same = same && !memcmp(y, want, sizeof y) && t.open == plain.open &&
		       !memcmp(t.sum, plain.sum, sizeof t.sum) &&
		       !memcmp(t.size, plain.size, sizeof t.size) &&
		       !memcmp(t.high, plain.high, sizeof t.high);
	}
	ok(same, "%s: the same bits as plain C", name);
	fedavg_weights_release(&w);
}

/* Every way to a tile that this processor has. */
static void test_ways(void)
{
	struct inputs *in[] = { inputs_new(3, 21, 40, 1000), inputs_new(10, 22, 1, 7),
		                with_cancelling(inputs_new(10, 23, 1, 1000)) };

	for (size_t i = 0; i < sizeof in / sizeof *in; i++) {
#if defined __x86_64__
		if (cpu_runs("avx2"))
			test_way("AVX2", full_tile_mean_avx2, in[i]);
		if (cpu_runs("avx512"))
			test_way("AVX-512", full_tile_mean_avx512, in[i]);
#endif
		test_way("the one that is picked", pick_full_tile(), in[i]);
		free(in[i]);
	}
}

static bool mean_of(const double *n, const float *values, int count, float *y)
{
	struct fedavg_weights w;
	const float *x[MODELS];
	struct err e;
	bool good;

	for (int k = 0; k < count; k++)
		x[k] = values + k;
	if (fedavg_weights_init(&w, n, count, &e) < 0)
		return false;
	good = fedavg_mean(&w, x, 1, y, NULL);
	fedavg_weights_release(&w);
	return good;
}

static void is_mean(double n0, float x0, double n1, float x1, float want, const char *what)
{
	const double n[] = { n0, n1, n1, n0 };
	const float x[] = { x0, x1, x1, x0 };
	float y = -1, back = -1;

	ok(mean_of(n, x, 2, &y) && mean_of(n + 2, x + 2, 2, &back) &&
	   !memcmp(&y, &want, sizeof y) && !memcmp(&back, &want, sizeof y), "%s", what);
	if (memcmp(&y, &want, sizeof y) != 0)
		printf("# got %a and %a, expected %a\n", y, back, want);
}

static void test_special(void)
{
	is_mean(1, 0, 1, 0, 0, "zeros");
	is_mean(1, -0.0f, 2, -0.0f, -0.0f, "-0 stays -0");
	is_mean(1, -0.0f, 2, 0, 0, "-0 and 0 give 0");
	is_mean(3, 1, 3, -1, 0, "1 and -1 give 0");
	is_mean(.1, 7 * 0x1p-149f, .14, -5 * 0x1p-149f, -0.0f, "a mean of -1e-61 is -0");
	is_mean(.1, -7 * 0x1p-149f, .14, 5 * 0x1p-149f, 0, "a mean of 1e-61 is 0");
	is_mean(1, 0x1p-149f, 1, 0, 0, "half the least number is a tie, to even");
	is_mean(1, -0x1p-149f, 1, 0, -0.0f, "the same below 0");
	is_mean(2, 0x1p-149f, 1, 0, 0x1p-149f, "two thirds of it is rounded up");
	is_mean(.1, 0x1p-149f, .3, 0x1p-149f, 0x1p-149f, "the least number, fractional weights");
	is_mean(1, 0x1.fffffep127f, 1, 0x1.fffffep127f, 0x1.fffffep127f, "the largest number");
	is_mean(1e9, 0x1.fffffep127f, 1, -0x1.fffffep127f, 0x1.fffffep127f, "and its opposite");
	is_mean(.5, 1, .5, 1 + 0x1p-23f, 1, "a tie with fractional weights");
	is_mean(.1, 1, .1, 1 + 0x1p-23f, 1, "a tie with weights of .1");
	is_mean(.1, 1, .1 + 0x1p-56, 1 + 0x1p-23f, 1 + 0x1p-23f, "a little more than a tie");
	is_mean(1e9, 1, 1e-6, 1 + 0x1p-23f, 1, "weights far apart");
	is_mean(1, 1, 1, 0x1.8p-24f, 0x1.000002p-1f, "a quotient near a middle");
}

/* 4 + 2^-22 + 2^-52 is no double; a quarter of it lies a little above the middle of two floats. */
static void test_just_above_tie(void)
{
	const double n[] = { 1, 1, 1, 1 };
	const float x[] = { 2, 2 + 0x1p-22f, 0x1p-53f, 0x1p-53f };
	float y = 0;

	ok(mean_of(n, x, 4, &y) && y == 1 + 0x1p-23f, "a sum that double cannot hold");
}

static void test_not_finite(void)
{
	static float y[NUMBERS];
	struct inputs *in = inputs_new(5, 9, 4, 10);

	ok(average(in, y, NULL), "finite numbers");
	in->data[3][NUMBERS - 1] = NAN;
	ok(!average(in, y, NULL), "NaN in the last number is found");
	in->data[3][NUMBERS - 1] = 1;
	in->data[4][0] = INFINITY;
	ok(!average(in, y, NULL), "infinity is found");
	in->data[2][0] = -INFINITY;
	ok(!average(in, y, NULL), "two infinities of unlike sign are found");
	free(in);
}

static void test_weights(void)
{
	static const double bad[] = { 0, -1, 1e-7, 1.1e9, NAN, INFINITY };
	struct fedavg_weights w = {0};
	struct err e;
	double n[] = { 1, 0 };
	bool refused = true;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		n[1] = bad[i];
		refused = refused && fedavg_weights_init(&w, n, 2, &e) < 0;
	}
	ok(refused, "0, negative, tiny, huge, NaN and infinite weights are refused");
	is_text(e.text, "a weight of inf, expected 1e-06 to 1e+09", "and named");
	ok(fedavg_weights_init(&w, n, 0, &e) < 0, "no models are refused");
	n[0] = .25;
	n[1] = 1.5;
	ok(fedavg_weights_init(&w, n, 2, &e) == 0 && w.whole && w.n[0] == 1 && w.n[1] == 6 &&
	   w.total == 7, "a quarter and one and a half count 1 and 6");
	fedavg_weights_release(&w);
}

/* A model that counts 0 is no sign of a zero, but is looked at. */
static void test_parts(void)
{
	const double n[] = { 0x1p-20, 0 };
	float x[] = { -0.0f, 5 }, y = 1;
	const float *const models[] = { x, x + 1 };
	struct fedavg_weights w;
	struct err e;

	if (!ok(fedavg_weights_init_parts(&w, n, 2, &e) == 0, "a part of 0"))
		return;
	ok(fedavg_mean(&w, models, 1, &y, NULL) && y == 0 && signbit(y), "does not count");
	x[0] = 7;
	ok(fedavg_mean(&w, models, 1, &y, NULL) && y == 7, "beside another number");
	x[1] = NAN;
	ok(!fedavg_mean(&w, models, 1, &y, NULL), "but its NaN is found");
	fedavg_weights_release(&w);
}

/* Mean and variance of 2 x (0, 2), 3 x (10, 16) and 1 x 4, each taken alone, and together. */
static void test_pool(void)
{
	static const double n[] = { 2, 2, 3, 3, 1 };
	static const float values[] = { 0, 2, 10, 16, 4 };
	const float mean[] = { 1, 13, 4 }, var[] = { 1, 9, 0 };
	const double counts[] = { 4, 6, 1 }, back_counts[] = { 1, 6, 4 };
	const float *m[] = { mean, mean + 1, mean + 2 }, *v[] = { var, var + 1, var + 2 };
	const float *back_m[] = { mean + 2, mean + 1, mean };
	const float *back_v[] = { var + 2, var + 1, var };
	struct fedavg_weights w = {0};
	struct err e;
	double sum = 0, squares = 0;
	float y, back;

	for (int i = 0; i < 5; i++) {
		sum += n[i] * values[i] / 11;
		squares += n[i] * values[i] * values[i] / 11;
	}
	fedavg_weights_init(&w, counts, 3, &e);
	fedavg_pool_variance(&w, m, v, 1, &y);
	fedavg_weights_release(&w);
	fedavg_weights_init(&w, back_counts, 3, &e);
	fedavg_pool_variance(&w, back_m, back_v, 1, &back);
	fedavg_weights_release(&w);
	is_near(y, squares - sum * sum, 4e-6, "the variance of all values together");
	ok(y == back, "in any order");
}

/* Large means close to one another: squares would leave nothing of the variance. */
static void test_pool_far(void)
{
	const float a = 4096, b = 4096.0009765625f, var = 0x1p-30f;
	const float *mean[] = { &a, &b }, *vars[] = { &var, &var };
	const double n[] = { 1, 1 };
	struct fedavg_weights w;
	struct err e;
	float y;

	fedavg_weights_init(&w, n, 2, &e);
	fedavg_pool_variance(&w, mean, vars, 1, &y);
	fedavg_weights_release(&w);
	is_near(y, 0x1p-30 + 0x1p-22, 1e-13, "far from 0");
}

int main(void)
{
	test_exactness();
	test_ways();
	test_special();
	test_just_above_tie();
	test_not_finite();
	test_weights();
	test_parts();
	test_pool();
	test_pool_far();
	return tap_end();
}
