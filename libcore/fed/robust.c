/* Median and trimmed mean, number by number; see robust.h. */
#include "fed/robust.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fed/fedavg.h"

enum { TILE = 256 };                    /* numbers sorted side by side: 50 models are 100 KB */

/*
 * What is sorted: one row a model, one column a number, as whole numbers in the order of the
 * floats. Compilers make vectors of their minima; those of floats became branches, 10 times slower.
 */
typedef int32_t row[TILE];

/* The bits of a float, those of a negative one but the sign turned round; its own inverse. */
static int32_t turn(int32_t bits)
{
	return bits < 0 ? bits ^ INT32_MAX : bits;
}

int robust_median_drop(int count)
{
	return (count - 1) / 2;
}

/* The smaller of each pair to LOW, the larger to HIGH. */
static void order(int32_t *restrict low, int32_t *restrict high)
{
	for (int i = 0; i < TILE; i++) {
		int32_t a = low[i], b = high[i];

		low[i] = a < b ? a : b;
		high[i] = a > b ? a : b;
	}
}

/*
 * Sorts every column by the same exchanges, about COUNT log2(COUNT)^2 / 4: Batcher's network
 * (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M).
 */
static void sort_columns(row *rows, int count)
{
	int top = 1;

	while (top < count)
		top *= 2;
	for (int p = top / 2; p > 0; p /= 2) {
		int remainder = 0;

		for (int q = top / 2, distance = p; ; q /= 2) {
			for (int i = 0; i + distance < count; i++)
				if ((i & p) == remainder)
					order(rows[i], rows[i + distance]);
			if (q == p)
				break;
			distance = q - p;
			remainder = p;
		}
	}
}

/* COUNT numbers, ready to be sorted, and then 0; -0 becomes 0. False if one is NaN or infinite. */
static bool take_row(row to, const float_any *x, int count)
{
	float plain[TILE] = {0};
	bool bad = false;

	for (int i = 0; i < count; i++)
		plain[i] = x[i] + 0.0f;
	for (int i = 0; i < TILE; i++)
		bad |= !(plain[i] - plain[i] == 0);
	memcpy(to, plain, sizeof plain);
	for (int i = 0; i < TILE; i++)
		to[i] = turn(to[i]);
	return !bad;
}

static void give_row(float *to, const row from)
{
	row bits;

	for (int i = 0; i < TILE; i++)
		bits[i] = turn(from[i]);
	memcpy(to, bits, sizeof bits);
}

struct sorter {
	int models, drop;
	row *rows;                      /* [models] */
	float *floats;                  /* [kept][TILE]: the rows between those that are dropped */
	const float_any **kept;
	struct fedavg_weights ones;     /* of the kept ones */
};

static void sorter_init(struct sorter *s, int models, int drop)
{
	int kept = models - 2 * drop;
	double *ones = xmalloc((size_t)kept, sizeof *ones);
	struct err e;
	int result;

	*s = (struct sorter){ .models = models, .drop = drop };
	s->rows = xaligned((size_t)models, sizeof *s->rows);
	s->floats = xaligned((size_t)kept, sizeof(float[TILE]));
	s->kept = xmalloc((size_t)kept, sizeof *s->kept);
	for (int k = 0; k < kept; k++) {
		ones[k] = 1;
		s->kept[k] = s->floats + k * TILE;
	}
	result = fedavg_weights_init(&s->ones, ones, kept, &e);
	assert(result == 0);                    /* between 1 and FEDAVG_MODELS_MAX models */
	(void)result;
	free(ones);
}

static void sorter_release(struct sorter *s)
{
	free(s->rows);
	free(s->floats);
	free(s->kept);
	fedavg_weights_release(&s->ones);
}

/* One tile of COUNT numbers from AT on. */
static bool tile_mean(struct sorter *s, const float_any *const *x, size_t at, int count, float *y)
{
	for (int k = 0; k < s->models; k++)
		if (!take_row(s->rows[k], x[k] + at, count))
			return false;
	sort_columns(s->rows, s->models);
	for (int k = 0; k < s->ones.count; k++)
		give_row(s->floats + k * TILE, s->rows[s->drop + k]);
	return fedavg_mean(&s->ones, s->kept, (size_t)count, y, NULL);
}

bool robust_trimmed_mean(const float_any *const *x, int count, int drop, size_t n, float *y)
{
	struct sorter s;
	bool good = true;

	assert(count <= FEDAVG_MODELS_MAX && drop >= 0 && 2 * drop < count);
	sorter_init(&s, count, drop);
	for (size_t at = 0; at < n && good; at += TILE)
		good = tile_mean(&s, x, at, n - at < TILE ? (int)(n - at) : TILE, y + at);
	sorter_release(&s);
	return good;
}
