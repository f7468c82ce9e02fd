#pragma once
/* The convolutions backward. */
#include "fused/fused_memory.h"
#include "fused/fused_plan.h"
#include "fused/fused_weights.h"

/* Gradients of the convolutions' weights: CONV1_W .. CONV4_B. */
struct conv_gradients {
	float *g[CONV4_B + 1];
};

/*
 * Backward for COUNT images, whose maps hold the gradient at the flat layer in flat; sums
 * over the images go to G. Overwrites the maps.
 */
void fused_back(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                struct maps *m, const float *const *image, int count, bool dropout,
                const struct conv_gradients *g);
