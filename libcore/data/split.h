#pragma once
/* Which images are for training and which for validation. */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/dataset.h"

enum split { SPLIT_ALL, SPLIT_TRAIN, SPLIT_VALID };

/*
 * The images of one side, as indices in ascending order, into INDEX (room for d->count).
 * Where the dataset has no split of its own: the first floor(.9 n) of a shuffle by SEED
 * train (rng stream RNG_SPLIT over the ids in order).
 * Returns how many.
 */
size_t split_select(const struct dataset *d, enum split side, uint64_t seed,
                    uint32_t *index);
