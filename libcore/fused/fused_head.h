#pragma once
/*
 * The network's head in training: batch norm, relu, dropout, dense2, the loss, and their
 * way back.
 */
#include <stdint.h>

#include "nn/batch.h"
#include "fused/fused_plan.h"

struct head {
	/* [max_batch][dense] dense1's output, and the gradient there */
	float *y, *dy;
	float *a, *da;                  /* [max_batch][dense] what enters dense2 */
	float *z, *dz;                  /* [max_batch][classes] logits */
	float *mean, *var, *scale, *shift;              /* [dense] of the batch */
	uint8_t *keep;                  /* [max_batch][dense] */
	float *g[NET_ARRAYS];           /* gradients of BN_GAMMA, BN_BETA, DENSE2_W, DENSE2_B */
};

void fused_head_init(struct head *h, const struct plan *p, int max_batch);
void fused_head_release(struct head *h);

/* From y to dy and g, with the weights W; the batch's loss into R. */
void fused_head_step(struct head *h, const struct plan *p, float *const w[NET_ARRAYS],
                     const struct batch *b, struct batch_result *r);

/* z [count][classes] = b + a W */
void fused_head_logits(float *z, const float *a, const float *w, const float *b, int count,
                       int D, int classes);
