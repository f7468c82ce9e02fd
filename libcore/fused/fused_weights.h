#pragma once
/* The convolutions' weights as the kernels want them. */
#include <stdbool.h>

#include "fused/fused_plan.h"

struct conv_weights {
	const float *conv1_w, *conv1_b; /* borrowed, like the next two */
	const float *w[FUSED_PLAN_LAYERS], *b[FUSED_PLAN_LAYERS];
	float *u[FUSED_PLAN_LAYERS];    /* [STRIP_POINTS][K / PANEL_WIDTH][C][PANEL_WIDTH] */
	/* training: [C / PANEL_WIDTH][STRIP_POINTS][K][PANEL_WIDTH] */
	float *ut[FUSED_PLAN_LAYERS];
	/* training: scratch for a layer's [9][K][C], all layers one after the other */
	float *flipped;
};

void fused_weights_init(struct conv_weights *w, const struct plan *p, bool training);
void fused_weights_release(struct conv_weights *w);

/*
 * Arrays CONV1_W .. CONV4_B of W are what the jobs 0 .. fused_weights_jobs() - 1 together
 * prepare.
 */
void fused_weights_bind(struct conv_weights *c, const float *const w[NET_ARRAYS]);
size_t fused_weights_jobs(const struct plan *p);
void fused_weights_job(const struct conv_weights *c, const struct plan *p, size_t job);
