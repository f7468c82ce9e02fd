/*
 * Exact sums against the long accumulator and against fedavg_mean: any sizes, cancelling terms,
 * denormals, signs of zero, groups; what is not finite.
 */
#include "fed/sums.c"

#include <string.h>

#include "base/rng.h"
#include "fed/fedavg.h"
#include "tap.h"

enum { MODELS = 12, NUMBERS = 700 };    /* no multiple of a tile */

struct inputs {
	int count;
	double n[MODELS], total;
	float data[MODELS][NUMBERS];
	const float *x[MODELS];
};

enum kind { ALIKE, SPREAD, CANCEL, DENORMAL, TIES, KINDS };
static const char *const kind_name[] = {
	"numbers alike", "of all sizes", "that cancel", "denormals", "with many ties",
};

static float draw(struct rng *r, enum kind kind)
{
	float x = (float)rng_normal(r);

	switch (kind) {
	case SPREAD:
		return ldexpf(x, (int)rng_below(r, 240) - 120);
	case DENORMAL:
		return rng_below(r, 5) ? ldexpf((float)rng_below(r, 9) - 4, -149) : -0.0f;
	case TIES:
		return 1 + ldexpf((float)rng_below(r, 5), -23);
	default:
		return x;
	}
}

/* Weights are multiples of STEP; some models count 0. */
static struct inputs *inputs_new(struct rng *r, int count, enum kind kind, double step)
{
	struct inputs *in = xcalloc(1, sizeof *in);

	in->count = count;
	for (int k = 0; k < count; k++) {
		int bits = (int)rng_below(r, 30);

		in->n[k] = (double)(rng_below(r, 2u << bits)) * step;
		if (k == 0)
			in->n[k] = floor(in->n[k]) + 1;
		in->total += in->n[k];
		in->x[k] = in->data[k];
		for (int i = 0; i < NUMBERS; i++) {
			float x = draw(r, kind);

			if (kind == CANCEL && k % 2)
				x = -in->data[k - 1][i] + (i % 3 ? ldexpf(x, -30) : 0);
			in->data[k][i] = x;
		}
		if (kind == CANCEL && k % 2) {
			in->total += in->n[k - 1] - in->n[k];
			in->n[k] = in->n[k - 1];
		}
	}
	in->total = ceil(in->total);
	return in;
}

/* The rest, so that the total is whole, is a model of 0: it does not count among the sums. */
static bool mean_of(const struct inputs *in, float *y)
{
	struct fedavg_weights w;
	static const float zeros[NUMBERS];
	double n[MODELS + 1];
	const float *x[MODELS + 1];
	struct err e;
	double left = in->total;
	bool good;

	for (int k = 0; k < in->count; k++) {
		n[k] = in->n[k];
		x[k] = in->x[k];
		left -= n[k];
	}
	n[in->count] = left;
	x[in->count] = zeros;
	if (fedavg_weights_init_parts(&w, n, in->count + 1, &e) < 0)
		return false;
	good = fedavg_mean(&w, x, NUMBERS, y, NULL);
	fedavg_weights_release(&w);
	return good;
}

static struct sums sums_of(const struct inputs *in, int from, int to)
{
	return (struct sums){ .models = to - from, .n = in->n + from, .x = in->x + from };
}

/* ---- against the accumulator ---- */

static double *room[EXACT_TERMS];

static int terms_wrong(const struct sums *s)
{
	int used, wrong = 0;

	if (!sums_terms(s, NUMBERS, room, &used))
		return -1;
	for (size_t i = 0; i < NUMBERS; i++) {
		double want[EXACT_TERMS];
		struct exact sum = {0};
		int terms;

		sums_add(s, i, &sum);
		terms = exact_terms(&sum, want);
		for (int j = 0; j < used; j++)
			wrong += j < terms ? room[j][i] != want[j] : room[j][i] != 0;
		wrong += terms > used;
	}
	return wrong;
}

/* The first half of the models and then the others, with the half's terms. */
static bool mean_in_two(const struct inputs *in, float *y)
{
	struct sums half = sums_of(in, 0, in->count / 2);
	struct sums all = sums_of(in, in->count / 2, in->count);
	const double *term[EXACT_TERMS];
	int used;

	if (!sums_terms(&half, NUMBERS, room, &used))
		return false;
	for (int j = 0; j < used; j++)
		term[j] = room[j];
	all.terms = used;
	all.term = term;
	return sums_mean(&all, in->total, NUMBERS, y);
}

static void test_kind(enum kind kind, double step)
{
	static float want[NUMBERS], got[NUMBERS];
	int wrong = 0, sums = 0, parts = 0;
	struct rng r;

	rng_init(&r, (uint64_t)kind, RNG_INIT, 0);
	for (int trial = 0; trial < 60; trial++) {
		struct inputs *in = inputs_new(&r, 1 + trial % MODELS, kind, step);
		struct sums all = sums_of(in, 0, in->count);
		double left = in->total;

		for (int k = 0; k < in->count; k++)
			left -= in->n[k];
		if (left == 0 || kind != DENORMAL) {    /* 0 beside -0 is no -0 */
			wrong += !mean_of(in, want) || !sums_mean(&all, in->total, NUMBERS, got) ||
			         memcmp(want, got, sizeof want) != 0;
			parts += !mean_in_two(in, got) || memcmp(want, got, sizeof want) != 0;
		}
		sums += terms_wrong(&all) != 0;
		free(in);
	}
	is_int(wrong, 0, kind_name[kind]);
	is_int(parts, 0, "the same in two steps");
	is_int(sums, 0, "the sums are those of the accumulator");
}

/* ---- zeros, and what is not finite ---- */

static float mean_of_three(double n0, float x0, double n1, float x1, double term)
{
	const double n[] = { n0, n1 };
	const float *const x[] = { &x0, &x1 };
	const double *const terms[] = { &term };
	struct sums s = { 2, n, x, 1, terms };
	float y = 0;

	return sums_mean(&s, n0 + n1 + 1, 1, &y) ? y : NAN;
}

static void is_zero(float y, bool minus, const char *what)
{
	ok(y == 0 && !signbit(y) == !minus, "%s", what);
}

static void test_special(void)
{
	is_zero(mean_of_three(1, -0.0f, 2, -0.0f, -0.0), true, "-0 stays");
	is_zero(mean_of_three(1, -0.0f, 2, -0.0f, 0), false, "beside a term of 0 it does not");
	is_zero(mean_of_three(1, -0.0f, 0, 5, -0.0), true, "a model that counts 0 does not matter");
	is_zero(mean_of_three(1, 1, 1, -1, -0.0), false, "1 and -1 are 0");
	is_zero(mean_of_three(1, -0x1p-149f, 0, 0, -0.0), true, "half the least number is even");
	ok(mean_of_three(1, 1, 1, 1 + 0x1p-23f, 1) == 1, "a third more than 1");
	ok(mean_of_three(1, 1, 0, 0, 1 + 0x1p-23) == 1, "a tie, to even");
	ok(mean_of_three(1, 1, 0, 0, 1 + 0x1p-23 + 0x1p-52) == 1 + 0x1p-23f, "a little more");
	ok(mean_of_three(1, 0x1.fffffep127f, 0, 0, 0x1.fffffep127) == 0x1.fffffep127f,
	   "the largest");
	ok(isnan(mean_of_three(1, 0x1.fffffep127f, 0, 0, 0x1p128)), "beyond");
	ok(isnan(mean_of_three(1, NAN, 2, 1, 1)), "NaN is found");
	ok(isnan(mean_of_three(1, 1, 0, INFINITY, 1)), "infinity is found where it counts 0");
	ok(sums_holds(0) && sums_holds(-1e30) && sums_holds(0x1p-298), "sums hold these");
	ok(!sums_holds(NAN) && !sums_holds(INFINITY) && !sums_holds(1e-200) && !sums_holds(-1e200),
	   "but not these");
}

/* Eight powers of two and their opposites: more than three doubles hold on the way to 0. */
static void test_far_apart(void)
{
	enum { COUNT = 16 };
	double n[COUNT];
	float data[COUNT];
	const float *x[COUNT];
	struct sums s = { .models = COUNT, .n = n, .x = x };
	int used = 0;

	for (int k = 0; k < COUNT; k++) {
		n[k] = 1;
		data[k] = ldexpf(k < COUNT / 2 ? 1 : -1, 120 - 30 * (k % (COUNT / 2)));
		x[k] = &data[k];
	}
	ok(sums_terms(&s, 1, room, &used) && used == 1, "one term");
	is_zero((float)room[0][0], false, "of 0");
	n[0] = 2;
	ok(sums_terms(&s, 1, room, &used) && used == 1 && room[0][0] == 0x1p120, "of 2^120");
}

/* A total that float32 cannot hold, and a tie. */
static void test_large_total(void)
{
	const double n[] = { 0x1p24 + 1, 0x1p24 + 1 };
	const float a = 1, b = 1 + 0x1p-23f, c = 1 + 0x1p-22f;
	const float *const low[] = { &a, &b }, *const high[] = { &b, &c };
	struct sums s = { .models = 2, .n = n, .x = low };
	float y = 0;

	ok(sums_mean(&s, 2 * n[0], 1, &y) && y == 1, "a tie, down");
	s.x = high;
	ok(sums_mean(&s, 2 * n[0], 1, &y) && y == c, "a tie, up");
}

int main(void)
{
	for (int j = 0; j < EXACT_TERMS; j++)
		room[j] = xmalloc(NUMBERS, sizeof *room[j]);
	for (int kind = 0; kind < KINDS; kind++) {
		test_kind((enum kind)kind, 1);
		test_kind((enum kind)kind, 0x1p-20);
	}
	test_special();
	test_far_apart();
	test_large_total();
	for (int j = 0; j < EXACT_TERMS; j++)
		free(room[j]);
	return tap_end();
}
