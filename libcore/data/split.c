/* Training and validation images; see split.h. */
#include "data/split.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"

/* The tutorial trains with 90 % of a clinic's images. */
enum { TRAIN_TENTHS = 9 };

/* PART[i] of every image, for a dataset that brings no split. */
static void draw_split(uint8_t *part, size_t count, uint64_t seed)
{
	uint32_t *order = xmalloc(count, sizeof *order);
	size_t train = count * TRAIN_TENTHS / 10;
	struct rng r;

	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	rng_init(&r, seed, RNG_SPLIT, 0);
	rng_shuffle(&r, order, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		part[order[i]] = i < train ? DATASET_TRAIN : DATASET_VALID;
	free(order);
}

size_t split_select(const struct dataset *d, enum split side, uint64_t seed,
                    uint32_t *index)
{
	uint8_t *drawn = NULL;
	const uint8_t *part = d->part;
	size_t n = 0;

	if (!d->has_split && side != SPLIT_ALL) {
		part = drawn = xmalloc(d->count, 1);
		draw_split(drawn, d->count, seed);
	}
	for (size_t i = 0; i < d->count; i++)
		if (side == SPLIT_ALL ||
		    part[i] == (side == SPLIT_TRAIN ? DATASET_TRAIN : DATASET_VALID))
			index[n++] = (uint32_t)i;
	free(drawn);
	return n;
}
