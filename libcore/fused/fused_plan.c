/* Geometry and memory of the fused engine; see fused_plan.h. */
#include "fused/fused_plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

static void layer_init(struct fused_layer *l, int C, int K, int used)
{
	l->C = C;
	l->K = K;
	l->used = used;
	l->tiles = ceil_div(used, STRIP_TILE);
	l->side = STRIP_TILE * l->tiles + 2;
	l->row = (size_t)l->side * (size_t)C;
}

void plan_init(struct plan *p, const struct net *net, const struct kernels *k)
{
	const int *f = net->filters;

	*p = (struct plan){ .net = *net, .k = k };
	/* A pool drops an odd last row and column; what only they depend on is never computed. */
	layer_init(&p->layer[0], f[0], f[1], 2 * net->pool1_size);
	layer_init(&p->layer[1], f[1], f[2], 2 * net->pool2_size + 2);
	layer_init(&p->layer[2], f[2], f[3], 2 * net->pool2_size);
	p->padded_side = net->size + 2;
	p->conv1_side = 2 * net->pool1_size + 2;
	p->flat = ceil_div(net->flat, PANEL_ROWS) * PANEL_ROWS;
	for (int i = 0; i < WINOGRAD_LAYERS; i++) {
		size_t floats = kernels_scratch(p->layer[i].tiles, p->layer[i].C, p->layer[i].K);

		if (floats > p->scratch)
			p->scratch = floats;
	}
}

static float *zeros(size_t count)
{
	float *x = xaligned(count, sizeof *x);

	memset(x, 0, count * sizeof *x);
	return x;
}

static size_t map_count(const struct fused_layer *l)
{
	return (size_t)l->side * l->row;
}

void maps_new(struct maps *m, const struct plan *p, bool training)
{
	size_t side1 = (size_t)p->net.pool1_size, side2 = (size_t)p->net.pool2_size;

	*m = (struct maps){
		.pool1 = zeros(map_count(&p->layer[1])),
		.conv3 = zeros(map_count(&p->layer[2])),
	};
	if (!training)
		return;
	m->flat = zeros((size_t)p->flat);
	m->at[0] = xaligned(side1 * side1 * (size_t)p->layer[0].K, 1);
	m->at[1] = xaligned(side2 * side2 * (size_t)p->layer[2].K, 1);
}

void flat_new(struct maps *m, const struct plan *p)
{
	*m = (struct maps){ .flat = zeros((size_t)p->flat) };
}

void maps_free(struct maps *m)
{
	free(m->pool1);
	free(m->conv3);
	free(m->flat);
	free(m->at[0]);
	free(m->at[1]);
	*m = (struct maps){0};
}

void workspace_new(struct workspace *d, const struct plan *p, bool training)
{
	const struct fused_layer *l = p->layer;
	int side = 0, K = 0, keep = max_int(p->net.pool1_size * l[0].K, p->net.pool2_size * l[2].K);

	for (int i = 0; i < WINOGRAD_LAYERS; i++) {
		side = max_int(side, l[i].side);
		K = max_int(K, l[i].K);
	}
	*d = (struct workspace){
		.image = zeros((size_t)p->padded_side * (size_t)p->padded_side *
		               (size_t)p->net.channels),
		.ring = zeros(STRIP_REACH * l[0].row),
		.zero_row = zeros(l[0].row),
		.scratch = xaligned(p->scratch, sizeof(float)),
		.keep = xaligned(2 * (size_t)keep, 1),
	};
	if (!training)
		return;
	d->du = zeros((size_t)STRIP_POINTS * PANEL_WIDTH * (size_t)K);
	d->carry = zeros((size_t)2 * PANEL_WIDTH * (size_t)side);
	d->conv1_grad = zeros(STRIP_TILE * l[0].row);
}

void workspace_free(struct workspace *d)
{
	free(d->image);
	free(d->ring);
	free(d->zero_row);
	free(d->scratch);
	free(d->keep);
	free(d->du);
	free(d->carry);
	free(d->conv1_grad);
	*d = (struct workspace){0};
}

void conv_weights_new(struct conv_weights *w, const struct plan *p, bool training)
{
	size_t flipped = 0;

	*w = (struct conv_weights){0};
	for (int i = 0; i < WINOGRAD_LAYERS; i++) {
		size_t count = (size_t)p->layer[i].C * (size_t)p->layer[i].K;

		w->u[i] = xaligned(STRIP_POINTS * count, sizeof(float));
		if (training)
			w->ut[i] = xaligned(STRIP_POINTS * count, sizeof(float));
		flipped += 9 * count;
	}
	if (training)
		w->flipped = xaligned(flipped, sizeof(float));
}

void conv_weights_free(struct conv_weights *w)
{
	for (int i = 0; i < WINOGRAD_LAYERS; i++) {
		free(w->u[i]);
		free(w->ut[i]);
	}
	free(w->flipped);
	*w = (struct conv_weights){0};
}

/* A job is a panel of a layer: of its outputs for u, or of its inputs for ut. */
size_t conv_weights_jobs(const struct plan *p)
{
	size_t jobs = 0;

	for (int i = 0; i < WINOGRAD_LAYERS; i++)
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

void conv_weights_bind(struct conv_weights *c, const float *const w[NET_ARRAYS])
{
	c->conv1_w = w[CONV1_W];
	c->conv1_b = w[CONV1_B];
	for (int i = 0; i < WINOGRAD_LAYERS; i++) {
		c->w[i] = w[CONV2_W + 2 * i];
		c->b[i] = w[CONV2_B + 2 * i];
	}
}

void conv_weights_job(const struct conv_weights *c, const struct plan *p, size_t job)
{
	float *flipped = c->flipped;

	for (int i = 0; i < WINOGRAD_LAYERS; i++) {
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
