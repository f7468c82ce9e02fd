#pragma once
/* What one training step takes, and what it says of it. */
#include <stdbool.h>
#include <stdint.h>

struct batch {
	int count;                      /* N images; at most what the trainer was made for */
	/* N pointers to [S][S][C], values 0..1, aligned to 4 bytes */
	const float *const *image;
	const int *label;               /* [N] */
	/* [N] factor of each sample's loss and gradient; NULL: all 1 */
	const float *weight;
	bool dropout;
	uint64_t seed;                  /* of the dropout streams */
	/* counts from 1 over the whole run: numbers the dropout masks */
	uint32_t step;
};

/* Sums over the batch, taken before the update and with dropout active, as Keras reports them. */
struct batch_result {
	double loss;                    /* sum of weight x cross-entropy */
	int correct;
};
