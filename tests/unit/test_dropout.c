/*
 * Dropout masks: the bytes of the stream that the header names, in pieces as at once; the
 * share that is kept and independence of neighbours, steps, images and layers by
 * chi-square; and the scale.
 */
#include "nn/dropout.h"

#include "base/rng.h"
#include "tap.h"

enum { COUNT = 64000, SEED = 42 };

static uint8_t keep[COUNT], other[COUNT];

static void definition(void)
{
	int wrong = 0;

	for (int layer = 0; layer < DROPOUT_LAYERS; layer++) {
		dropout_mask(keep, layer, SEED, 9, 5, 0, 1000);
		for (uint32_t k = 0; k < 1000; k++) {
			uint32_t block[4];

			rng_block(block, SEED, RNG_DROPOUT + (uint32_t)layer, 9,
			          5ull << 32 | k / 16);
			wrong += keep[k] != ((block[k % 16 / 4] >> 8 * (k % 4) & 255) >=
			                     256 * dropout_rate[layer]);
		}
	}
	is_int(wrong, 0, "the bytes of the stream that the header names: wrong ones");
}

static void pieces(void)
{
	int wrong = 0;

	dropout_mask(keep, 1, SEED, 1, 0, 0, 1003);
	for (uint32_t at = 0; at < 1003; at += 48) {
		uint32_t count = 1003 - at < 48 ? 1003 - at : 48;

		memset(other, 7, 64);
		dropout_mask(other, 1, SEED, 1, 0, at, count);
		wrong += memcmp(other, keep + at, count) || other[count] != 7;
	}
	is_int(wrong, 0, "in pieces as at once, and nothing beyond: wrong pieces");
}

static void share(void)
{
	for (int layer = 0; layer < DROPOUT_LAYERS; layer++) {
		double rate = dropout_rate[layer];
		int kept = 0;

		dropout_mask(keep, layer, SEED, 1, 0, 0, COUNT);
		for (int i = 0; i < COUNT; i++)
			kept += keep[i];
		is_near(kept / (double)COUNT, 1 - rate,
		        5 * sqrt(rate * (1 - rate) / COUNT), "share that is kept");
	}
}

/*
 * Chi-square of A against B, COUNT elements, one degree of freedom: below 25, five
 * standard deviations squared.
 */
static void independent(const uint8_t *a, const uint8_t *b, int count, double rate,
                        const char *what)
{
	double chi = 0;
	int cell[4] = {0};

	for (int i = 0; i < count; i++)
		cell[2 * a[i] + b[i]]++;
	for (int k = 0; k < 4; k++) {
		double expected = count * (k / 2 ? 1 - rate : rate) * (k % 2 ? 1 - rate : rate);

		chi += pow(cell[k] - expected, 2) / expected;
	}
	ok(chi < 25, "%s: chi-square %.1f", what, chi);
}

static void independence(int layer)
{
	double rate = dropout_rate[layer];

	dropout_mask(keep, layer, SEED, 1, 0, 0, COUNT);
	independent(keep, keep + 1, COUNT - 1, rate, "neighbours");
	independent(keep, keep + 16, COUNT - 16, rate, "neighbouring blocks");
	independent(keep, keep + 64, COUNT - 64, rate, "neighbouring pixels");
	dropout_mask(other, layer, SEED, 2, 0, 0, COUNT);
	independent(keep, other, COUNT, rate, "steps");
	dropout_mask(other, layer, SEED, 1, 1, 0, COUNT);
	independent(keep, other, COUNT, rate, "images");
	dropout_mask(other, layer, SEED + 1, 1, 0, 0, COUNT);
	independent(keep, other, COUNT, rate, "seeds");
}

static void layers_are_independent(void)
{
	dropout_mask(keep, 0, SEED, 1, 0, 0, COUNT);
	dropout_mask(other, 1, SEED, 1, 0, 0, COUNT);
	independent(keep, other, COUNT, .25, "layers");
}

/*
 * Keras multiplies by float32(1 / (1 - rate)), which for .25 is not always what a
 * division by .75 gives.
 */
static void scale(void)
{
	int wrong = 0, no_division = 0;

	for (int i = 0; i < 1000; i++) {
		float x[4] = { (float)i * .37f + .1f, -(float)i, 5,
			       (float)i * .37f + .1f },
		      first = x[0];
		static const uint8_t mask[4] = { 1, 1, 0, 1 };

		dropout_apply(x, mask, i % 2, 3);
		wrong += x[0] != first * 1.3333334f || x[1] != -(float)i * 1.3333334f ||
		         x[2] != 0 || x[3] != first;
		no_division += x[0] != first / .75f;
		x[0] = first;
		dropout_apply(x, mask, 2, 1);
		wrong += x[0] != first * 2;
	}
	is_int(wrong, 0, "kept values times 1.3333334f or 2, others 0: wrong ones");
	ok(no_division > 0, "which is no division");
}

int main(void)
{
	definition();
	pieces();
	share();
	independence(0);
	independence(2);
	layers_are_independent();
	scale();
	return tap_end();
}
