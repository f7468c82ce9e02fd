/*
 * Philox against the known answers of its authors, and what is drawn from it against its
 * distribution. Chi-square and moments are fixed by the seeds: a limit of five standard
 * deviations is a statement about the code, not about luck.
 */
#include "base/rng.h"

#include "tap.h"

/* From kat_vectors of Random123: philox4x32 10. */
static void known_answers(void)
{
	static const struct {
		uint32_t counter[4], key[2], want[4];
	} kat[] = {
		{ { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
		{ { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, { 0xffffffff, 0xffffffff },
		  { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
		{ { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 },
		  { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
	};

	for (int i = 0; i < 3; i++) {
		const uint32_t *c = kat[i].counter;
		uint32_t got[4];

		rng_block(got, (uint64_t)kat[i].key[1] << 32 | kat[i].key[0], c[3], c[2],
		          (uint64_t)c[1] << 32 | c[0]);
		ok(!memcmp(got, kat[i].want, sizeof got),
		   "known answer %d: %08x %08x %08x %08x", i, got[0], got[1], got[2],
		   got[3]);
	}
}

static void in_order(void)
{
	uint32_t block[4];
	struct rng r;
	bool same = true;

	rng_init(&r, 7, RNG_SHUFFLE, 3);
	for (uint64_t i = 0; i < 100; i++) {
		rng_block(block, 7, RNG_SHUFFLE, 3, i);
		for (int k = 0; k < 4; k++)
			same = same && rng_u32(&r) == block[k];
	}
	ok(same, "a reader yields the blocks in order");
}

/* A change of one bit anywhere changes about half of the bits. */
static void avalanche(void)
{
	for (int bit = 0; bit < 192; bit += 7) {
		uint64_t seed = 1, i = 2;
		uint32_t stream = 3, sub = 4, a[4], b[4];
		int changed = 0;

		rng_block(a, seed, stream, sub, i);
		if (bit < 64)
			seed ^= 1ull << bit;
		else if (bit < 128)
			i ^= 1ull << (bit - 64);
		else if (bit < 160)
			stream ^= 1u << (bit - 128);
		else
			sub ^= 1u << (bit - 160);
		rng_block(b, seed, stream, sub, i);
		for (int k = 0; k < 4; k++)
			changed += __builtin_popcount(a[k] ^ b[k]);
		/* 64 of 128, standard deviation 5.7 */
		ok(changed > 35 && changed < 93,
		   "bit %d of the input changes %d bits of 128", bit, changed);
	}
}

/* Chi-square of COUNT against equal numbers, as standard deviations from its mean. */
static double excess(const int *count, int cells, int draws)
{
	double expected = (double)draws / cells, chi = 0;

	for (int i = 0; i < cells; i++)
		chi += pow(count[i] - expected, 2) / expected;
	return (chi - (cells - 1)) / sqrt(2.0 * (cells - 1));
}

static void uniform(void)
{
	enum { CELLS = 256, DRAWS = 200000 };
	int low[CELLS] = {0}, high[CELLS] = {0}, unit[CELLS] = {0}, pair[CELLS] = {0};
	uint32_t before = 0;
	bool inside = true;
	struct rng r;

	rng_init(&r, 1, 1, 1);
	for (int i = 0; i < DRAWS; i++) {
		uint32_t x = rng_u32(&r);
		double u = rng_unit(&r);

		low[x % CELLS]++;
		high[x >> 24]++;
		pair[(x >> 28) << 4 | before >> 28]++;
		before = x;
		inside = inside && u >= 0 && u < 1;
		unit[(int)(u * CELLS) % CELLS]++;
	}
	ok(inside, "rng_unit: in [0, 1)");
	is_near(excess(low, CELLS, DRAWS), 0, 5, "lowest byte: chi-square");
	is_near(excess(high, CELLS, DRAWS), 0, 5, "highest byte: chi-square");
	is_near(excess(pair, CELLS, DRAWS), 0, 5, "neighbours: chi-square");
	is_near(excess(unit, CELLS, DRAWS), 0, 5, "rng_unit: chi-square");
}

/* 3 x 2^30: without the rejection one value in three would come twice as often. */
static void below(void)
{
	static const uint32_t ns[] = { 1, 2, 3, 7, 10, 3u << 30, 0xffffffff };
	enum { DRAWS = 60000 };

	for (size_t k = 0; k < sizeof ns / sizeof *ns; k++) {
		uint32_t n = ns[k], cells = n < 10 ? n : 10;
		int count[10] = {0};
		bool inside = true;
		char text[64];
		struct rng r;

		rng_init(&r, 2, 1, (uint32_t)k);
		for (int i = 0; i < DRAWS; i++) {
			uint32_t x = rng_below(&r, n);

			inside = inside && x < n;
			count[n <= 10 ? x % 10 : x / (n / 10 + 1)]++;
		}
		snprintf(text, sizeof text, "rng_below %u: chi-square", n);
		ok(inside, "rng_below %u: in range", n);
		if (n > 1)
			is_near(excess(count, (int)cells, DRAWS), 0, 5, text);
	}
	struct rng r;
	int odd = 0;

	rng_init(&r, 3, 1, 1);
	for (int i = 0; i < DRAWS; i++)
		odd += rng_below(&r, 3u << 30) % 3 == 0;
	is_near((odd - DRAWS / 3.0) / sqrt(DRAWS * 2 / 9.0), 0, 5,
	        "rng_below 3 x 2^30: as often in each class mod 3");
}

static void moments(double (*draw)(struct rng *, double), double parameter, double mean,
                    double var, const char *what)
{
	enum { DRAWS = 100000 };
	double sum = 0, squares = 0;
	char text[64];
	struct rng r;

	rng_init(&r, 4, 1, 1);
	for (int i = 0; i < DRAWS; i++) {
		double x = draw(&r, parameter);

		sum += x;
		squares += (x - mean) * (x - mean);
	}
	snprintf(text, sizeof text, "%s %g: mean", what, parameter);
	is_near(sum / DRAWS, mean, 5 * sqrt(var / DRAWS), text);
	snprintf(text, sizeof text, "%s %g: variance", what, parameter);
	/* fourth moment: normal 3 var^2, gamma (3 + 6 / shape) var^2 */
	is_near(squares / DRAWS, var, 5 * var * sqrt((2 + 6 / parameter) / DRAWS), text);
}

static double normal(struct rng *r, double parameter)
{
	(void)parameter;
	return rng_normal(r);
}

static void normal_quantiles(void)
{
	static const double at[] = { -2.326348, -1.281552, 0, 1.281552, 2.326348 },
			    share[] = { .01, .1, .5, .9, .99 };
	enum { DRAWS = 100000 };
	int count[5] = {0};
	struct rng r;

	rng_init(&r, 5, 1, 1);
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_normal(&r);

		for (int k = 0; k < 5; k++)
			count[k] += x < at[k];
	}
	for (int k = 0; k < 5; k++)
		is_near(count[k] / (double)DRAWS, share[k],
		        5 * sqrt(share[k] * (1 - share[k]) / DRAWS), "normal: quantile");
}

/* All 24 orders of four equally often; every number once. */
static void shuffle(void)
{
	enum { DRAWS = 48000 };
	int count[24] = {0};
	bool whole = true;
	struct rng r;

	rng_init(&r, 6, RNG_SHUFFLE, 0);
	for (int i = 0; i < DRAWS; i++) {
		uint32_t order[4] = { 0, 1, 2, 3 };
		int rank = 0, seen = 0;

		rng_shuffle(&r, order, 4);
		for (int k = 0; k < 4; k++) {
			int smaller = 0;

			seen |= 1 << order[k];
			for (int j = k + 1; j < 4; j++)
				smaller += order[j] < order[k];
			rank = rank * (4 - k) + smaller;
		}
		whole = whole && seen == 15;
		count[rank]++;
	}
	ok(whole, "shuffle: nothing lost or doubled");
	is_near(excess(count, 24, DRAWS), 0, 5, "shuffle: all orders equally often");
}

int main(void)
{
	known_answers();
	in_order();
	avalanche();
	uniform();
	below();
	moments(normal, 1e9, 0, 1, "normal");
	normal_quantiles();
	moments(rng_gamma, .1, .1, .1, "gamma");
	moments(rng_gamma, 1, 1, 1, "gamma");
	moments(rng_gamma, 7.5, 7.5, 7.5, "gamma");
	shuffle();
	return tap_end();
}
