#pragma once
/*
 * The images of one batch as floats: taken as they lie in the dataset where that
 * is possible, converted (bytes) or turned (augmentation) into a buffer otherwise.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/threads.h"
#include "data/augment.h"
#include "data/dataset.h"

struct batch_images {
	const struct dataset *d;
	struct threads *pool;
	int max;
	const float **image;            /* [max]: height x width x channels, values 0..1 */
	int *label;                     /* [max] */
	struct pixels_view *view;      /* what IMAGE points into, where it needs no conversion */
	float *buffer;
	bool *failed;                   /* [max]: the image could not be read, */
	struct err *error;              /* [max]: for this reason */
	/* the batch under way */
	const uint32_t *index;
	enum augment augment;
	uint64_t seed;
	uint32_t epoch;
};

/* D and POOL must outlive B. */
void batch_images_init(struct batch_images *b, const struct dataset *d, struct threads *pool,
                       int max);
void batch_images_release(struct batch_images *b);

/*
 * Images INDEX[0..n-1] of the dataset into b->image and b->label, valid until the next
 * call. Which symmetry an image gets depends on (SEED, EPOCH, its index) alone. Returns
 * 0, or -1 with E set: the first image that cannot be read.
 */
int batch_images_fill(struct batch_images *b, const uint32_t *index, int n,
                      enum augment augment, uint64_t seed, uint32_t epoch, struct err *e);
