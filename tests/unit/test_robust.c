/* Trimmed means and medians against sorting each number alone; special values; poisoned models. */
#include "fed/robust.h"
#include "base/rng.h"
#include "fed/fedavg.h"
#include "tap.h"

enum { MODELS = 53, NUMBERS = 700 };
static float data[MODELS][NUMBERS];
static const float *x[MODELS];

static void fill(uint64_t seed, int values)
{
	struct rng r;

	rng_init(&r, seed, RNG_INIT, 0);
	for (int k = 0; k < MODELS; k++) {
		x[k] = data[k];
		for (int i = 0; i < NUMBERS; i++)
			data[k][i] = values ? (float)rng_below(&r, (uint32_t)values) - 2
			                    : (float)rng_normal(&r);
	}
}

static int compare(const void *a, const void *b)
{
	float p = *(const float *)a, q = *(const float *)b;

	return (p > q) - (p < q);
}

/* Sorted by the library; the mean of what is left by fedavg_mean, which has a test of its own. */
static float plain(int count, int drop, int i)
{
	float sorted[MODELS], y = NAN;
	const float *kept[MODELS];
	double ones[MODELS];
	struct fedavg_weights w;
	struct err e;

	for (int k = 0; k < count; k++)
		sorted[k] = data[k][i];
	qsort(sorted, (size_t)count, sizeof *sorted, compare);
	for (int k = 0; k < count - 2 * drop; k++) {
		kept[k] = &sorted[drop + k];
		ones[k] = 1;
	}
	fedavg_weights_init(&w, ones, count - 2 * drop, &e);
	fedavg_mean(&w, kept, 1, &y, NULL);
	fedavg_weights_release(&w);
	return y;
}

static int count_wrong(int count, int drop)
{
	static float y[NUMBERS];
	int wrong = 0;

	if (!robust_trimmed_mean(x, count, drop, NUMBERS, y))
		return NUMBERS;
	for (int i = 0; i < NUMBERS; i++)
		wrong += y[i] != plain(count, drop, i);
	return wrong;
}

static void test_sorting(void)
{
	int wrong = 0, wrong_median = 0;

	fill(1, 0);
	for (int count = 1; count <= MODELS; count++) {
		wrong_median += count_wrong(count, robust_median_drop(count));
		for (int drop = 0; 2 * drop < count; drop += 3)
			wrong += count_wrong(count, drop);
	}
	is_int(wrong, 0, "trimmed means of 1 to 53 models");
	is_int(wrong_median, 0, "medians of 1 to 53 models");
	fill(2, 5);
	is_int(count_wrong(20, 4) + count_wrong(31, 15), 0, "many equal values");
	is_int(robust_median_drop(1), 0, "of one model the median drops none");
	is_int(robust_median_drop(4), 1, "of four one at each end");
	is_int(robust_median_drop(5), 2, "of five two");
}

static void test_zeros(void)
{
	static float a[] = { -0.0f }, b[] = { 0.0f }, c[] = { -0.0f };
	const float *one[] = { a, b, c }, *other[] = { b, c, a };
	float y = 1, z = 1;

	ok(robust_trimmed_mean(one, 3, 1, 1, &y) && robust_trimmed_mean(other, 3, 1, 1, &z),
	   "zeros");
	ok(!signbit(y) && !signbit(z) && y == 0 && z == 0, "give 0 in any order");
}

static void test_poison(void)
{
	static float y[NUMBERS];
	bool good = true;

	fill(3, 0);
	for (int i = 0; i < NUMBERS; i++)
		data[1][i] = 1e30f, data[3][i] = -3e38f;
	ok(robust_trimmed_mean(x, 5, 2, NUMBERS, y), "two of five models poisoned");
	for (int i = 0; i < NUMBERS; i++)
		good = good && fabsf(y[i]) < 10;
	ok(good, "their median is none of theirs");
	data[1][NUMBERS - 1] = NAN;
	ok(!robust_trimmed_mean(x, 5, 2, NUMBERS, y), "NaN is refused");
	data[1][NUMBERS - 1] = -INFINITY;
	ok(!robust_trimmed_mean(x, 5, 2, NUMBERS, y), "and infinity");
}

int main(void)
{
	test_sorting();
	test_zeros();
	test_poison();
	return tap_end();
}
