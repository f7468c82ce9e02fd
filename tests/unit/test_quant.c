/* Quantised rows: the bound of the error at every width, and values at the ends. */
#include "model/quant.h"

#include <float.h>

#include "base/rng.h"
#include "tap.h"

enum { NUMBERS = 513 };
static float y[NUMBERS], p[NUMBERS], back[NUMBERS];
static int8_t q[NUMBERS];

static void fill(uint64_t seed, double size, double step)
{
	struct rng r;

	rng_init(&r, seed, RNG_INIT, 0);
	for (int i = 0; i < NUMBERS; i++) {
		p[i] = (float)(size * rng_normal(&r));
		y[i] = (float)(p[i] + step * rng_normal(&r));
	}
}

static float half_place(float x)
{
	return (nextafterf(fabsf(x), INFINITY) - fabsf(x)) / 2;
}

/* Quantises and restores; true if every number lies within the bound. */
static bool keeps_bound(int bits, int *most, double *worst)
{
	float scale = quant_row(q, y, p, NUMBERS, bits);
	int limit = (1 << (bits - 1)) - 1;

	*most = 0;
	*worst = 0;

	quant_restore(back, q, p, scale, NUMBERS);
	for (int i = 0; i < NUMBERS; i++) {
		double error = fabs((double)back[i] - y[i]);
		double bound = (double)scale / 2 + half_place(back[i]);

		if (!(error <= bound) || q[i] > limit || q[i] < -limit)
			return false;
		*most = abs(q[i]) > *most ? abs(q[i]) : *most;
		*worst = fmax(*worst, error / bound);
	}
	return true;
}

/* The bound is kept, and no narrower one would do. */
static void test_width(int bits, const char *what)
{
	int most;
	double worst;

	ok(keeps_bound(bits, &most, &worst), "%d bits, %s: errors within half a scale", bits, what);
	ok(most == (1 << (bits - 1)) - 1 && worst > .5, "which is used: %d steps, %.2f of it",
	   most, worst);
}

static void test_least(void)
{
	bool good = true;

	for (int i = 1; i < 100; i++) {
		int most;
		double worst;

		fill(21, 0, i * 1e-44);
		good = good && keeps_bound(8, &most, &worst);
	}
	ok(good, "the least numbers: errors within half a scale");
}

static void test_bound(void)
{
	for (int bits = QUANT_MIN_BITS; bits <= QUANT_MAX_BITS; bits++) {
		fill((uint64_t)bits, .05, 1e-3);
		test_width(bits, "small steps");
	}
	fill(20, 1, 1e-7);
	test_width(8, "steps as small as the last place");
	fill(22, 1e30, 1e37);
	test_width(8, "large numbers");
}

static void test_ends(void)
{
	fill(30, 1, 0);
	ok(quant_row(q, y, p, NUMBERS, 8) == 0, "equal rows have the scale 0");
	quant_restore(back, q, p, 0, NUMBERS);
	ok(!memcmp(back, y, sizeof y), "and come back as they were");
	y[0] = FLT_MAX;
	p[0] = -FLT_MAX;
	ok(isfinite(quant_row(q, y, p, NUMBERS, 8)) && q[0] == 127, "the widest step");
	y[0] = 0;
	p[0] = 1 + 0x1p-23f;
	ok(quant_row(q, y, p, 1, 3) > 0 && q[0] == -3, "one number below its parent");
}

int main(void)
{
	test_bound();
	test_least();
	test_ends();
	return tap_end();
}
