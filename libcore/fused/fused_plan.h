#pragma once
/*
 * The geometry of a network as the fused engine computes it; the kernels that compute it. What
 * the files fused_*.c share is in headers that nobody else includes.
 *
 * Feature maps are [row][column][channel]. Maps that a Winograd convolution reads have a
 * rim of zeros, so that strips need no edges: on top and left where the convolution is
 * 'same', right and below as far as the last tile reaches.
 */
#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"
#include "nn/net.h"

enum { FUSED_PLAN_LAYERS = 3 };         /* conv2, conv3, conv4: [0..2] in the arrays below */

/* One Winograd layer. */
struct fused_layer {
	int C, K;
	int tiles;                      /* in each direction */
	/* rows and columns of its output (before pooling) that anything depends on */
	int used;
	int side;                       /* of its input map: 4 tiles + 2 */
	size_t row;                     /* floats of one row of the input map */
};

struct plan {
	struct net net;
	const struct kernels *k;
	struct fused_layer layer[FUSED_PLAN_LAYERS];
	int padded_side;                /* of an image with its rim, size + 2 */
	int conv1_side;                 /* rows and columns of conv1's output that conv2 reads */
	int flat;                       /* rows of dense1, rounded up to whole blocks */
	size_t scratch;                 /* floats, for the largest strip */
	bool whole;                     /* conv4's output is kept, and nothing of it left out */
};

void fused_plan_init(struct plan *p, const struct net *net, const struct kernels *k, bool whole);
