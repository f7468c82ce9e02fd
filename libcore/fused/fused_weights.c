/* The convolutions' weights, prepared; see fused_weights.h. */
#include "fused/fused_weights.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

void fused_weights_init(struct conv_weights *w, const struct plan *p, bool training)
{
	size_t flipped = 0;

	*w = (struct conv_weights){0};
	for (int i = 0; i < FUSED_PLAN_LAYERS; i++) {
		size_t count = (size_t)p->layer[i].C * (size_t)p->layer[i].K;

		w->u[i] = xaligned(STRIP_POINTS * count, sizeof(float));
		if (training)
			w->ut[i] = xaligned(STRIP_POINTS * count, sizeof(float));
		flipped += 9 * count;
	}
	if (training)
		w->flipped = xaligned(flipped, sizeof(float));
}

void fused_weights_release(struct conv_weights *w)
{
	for (int i = 0; i < FUSED_PLAN_LAYERS; i++) {
		free(w->u[i]);
		free(w->ut[i]);
	}
	free(w->flipped);
	*w = (struct conv_weights){0};
}

/* A job is a panel of a layer: of its outputs for u, or of its inputs for ut. */
size_t fused_weights_jobs(const struct plan *p)
{
	size_t jobs = 0;

	for (int i = 0; i < FUSED_PLAN_LAYERS; i++)
		jobs += (size_t)(p->layer[i].K + p->layer[i].C) / PANEL_WIDTH;
	return jobs;
}

static void prepare_forward(const struct plan *p, float *u, const float *w,
                            const struct fused_layer *l, size_t panel)
{
	size_t count = (size_t)l->C * (size_t)l->K;

	p->k->prepare(u + panel * (size_t)l->C * PANEL_WIDTH, count, w + panel * PANEL_WIDTH, count,
	              (size_t)l->K, l->C);
}

/* Input channels of PANEL_WIDTH, from weights transposed to [9][K][PANEL_WIDTH]. */
static void prepare_backward(const struct plan *p, float *ut, float *flipped, const float *w,
                             const struct fused_layer *l, size_t panel)
{
	size_t K = (size_t)l->K, C = (size_t)l->C, count = K * PANEL_WIDTH;

	assert(flipped);                /* only training has a way back */
	flipped += panel * 9 * count;
	for (size_t t = 0; t < 9; t++)
		for (size_t c = 0; c < PANEL_WIDTH; c++)
			for (size_t k = 0; k < K; k++)
				flipped[(t * K + k) * PANEL_WIDTH + c] =
					w[(t * C + panel * PANEL_WIDTH + c) * K + k];
	p->k->prepare(ut + panel * STRIP_POINTS * count, count, flipped, count, PANEL_WIDTH, l->K);
}

void fused_weights_bind(struct conv_weights *c, const float *const w[NET_ARRAYS])
{
	c->conv1_w = w[CONV1_W];
	c->conv1_b = w[CONV1_B];
	for (int i = 0; i < FUSED_PLAN_LAYERS; i++) {
		c->w[i] = w[CONV2_W + 2 * i];
		c->b[i] = w[CONV2_B + 2 * i];
	}
}

void fused_weights_job(const struct conv_weights *c, const struct plan *p, size_t job)
{
	float *flipped = c->flipped;

	for (int i = 0; i < FUSED_PLAN_LAYERS; i++) {
		const struct fused_layer *l = &p->layer[i];
		size_t forward = (size_t)l->K / PANEL_WIDTH, backward = (size_t)l->C / PANEL_WIDTH;

		if (job < forward) {
			prepare_forward(p, c->u[i], c->w[i], l, job);
			return;
		}
		job -= forward;
		if (job < backward) {
			if (c->ut[i])
				prepare_backward(p, c->ut[i], flipped, c->w[i], l, job);
			return;
		}
		job -= backward;
		if (flipped)
			flipped += 9 * (size_t)l->C * (size_t)l->K;
	}
}
