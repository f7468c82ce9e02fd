/*
 * The network layer after layer, of any size, over CBLAS: the trainer, and the engine's table.
 * The specification that the fused engines are held against.
 * Convolutions run one image a job, dense products a fixed block of columns or rows a job,
 * sums over images in image order: no result depends on the number of threads.
 */
#include <stdlib.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"
#include "nn/conv.h"
#include "nn/dropout.h"
#include "nn/elementwise.h"
#include "nn/engine.h"
#include "nn/gemm.h"
#include "nn/layers_forward.h"
#include "nn/layers_infer.h"
#include "nn/norm.h"
#include "nn/pool.h"
#include "nn/softmax.h"

enum {
	/* of dense1's gradient a job: 2 MB, applied by Adam while in the cache */
	ROWS = 1024,
	CONV_ARRAYS = CONV4_B + 1,
};

struct layers_trainer {
	struct trainer base;
	struct layers_forward s;        /* its W is OWN */
	int max_batch;
	float *own[NET_ARRAYS], *m[NET_ARRAYS], *v[NET_ARRAYS];
	bool moments;                   /* m and v are not zeros that nobody has touched */
	float *anchor[NET_ARRAYS];      /* of the proximal term; NULL before trainer_anchor */
	uint64_t steps;

	struct layers_image *image;     /* [max_batch] */
	float *(*conv_grad)[CONV_ARRAYS];       /* [max_batch] of the convolutions' weights */
	float **delta[2];               /* [workers] two gradient maps */
	float **block;                  /* [workers] ROWS x dense of dense1's gradient */
	float *dflat;                   /* [max_batch][flat] */
	float *dz1, *da1;               /* [max_batch][dense] */
	float *z2, *dz2;                /* [max_batch][classes] */
	float *mean, *var;              /* [dense] */
	uint8_t *keep;                  /* [max_batch][dense] */
	float *grad[NET_ARRAYS];        /* of batch norm and dense2 */

	/* the step under way */
	const struct batch *batch;
	const struct adam *adam;
	float alpha;
	float *const *gradients;        /* where they go; NULL: into Adam */
};

static struct layers_trainer *own(struct trainer *t)
{
	return (struct layers_trainer *)t;
}

/* ---- memory ---- */

static void arrays_init(struct layers_trainer *t)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t count = net_count(&t->s.net, (enum net_array)k);

		t->s.w[k] = t->own[k] = xaligned(count, sizeof(float));
		if (net_is_statistic(k))
			continue;
		t->m[k] = xcalloc(count, sizeof(float));
		t->v[k] = xcalloc(count, sizeof(float));
		if (k >= BN_GAMMA)
			t->grad[k] = xaligned(count, sizeof(float));
	}
}

static void images_init(struct layers_trainer *t)
{
	size_t N = (size_t)t->max_batch;

	t->image = xcalloc(N, sizeof *t->image);
	t->conv_grad = xcalloc(N, sizeof *t->conv_grad);
	for (size_t n = 0; n < N; n++) {
		layers_forward_image_init(&t->s, &t->image[n], true);
		for (int k = 0; k < CONV_ARRAYS; k++)
			t->conv_grad[n][k] = xaligned(net_count(&t->s.net, (enum net_array)k),
			                              sizeof(float));
	}
}

static void images_release(struct layers_trainer *t)
{
	for (int n = 0; n < t->max_batch; n++) {
		layers_forward_image_release(&t->image[n]);
		for (int k = 0; k < CONV_ARRAYS; k++)
			free(t->conv_grad[n][k]);
	}
	free(t->image);
	free(t->conv_grad);
}

static size_t largest_map(const struct layers_forward *s)
{
	size_t most = 0;

	for (int i = 0; i < 4; i++)
		if (layers_forward_conv_count(s, i) > most)
			most = layers_forward_conv_count(s, i);
	return most;
}

static struct trainer *new_trainer(const struct engine *engine, const struct net *net,
                                   int max_batch, struct threads *pool)
{
	struct layers_trainer *t = xcalloc(1, sizeof *t);
	size_t N = (size_t)max_batch, dense = (size_t)net->dense;

	(void)engine;
	layers_forward_init(&t->s, net, max_batch, pool);
	t->max_batch = max_batch;
	arrays_init(t);
	images_init(t);
	for (int i = 0; i < 2; i++)
		t->delta[i] = layers_forward_per_worker(&t->s, largest_map(&t->s));
	t->block = layers_forward_per_worker(&t->s, ROWS * dense);
	t->dflat = xaligned(N * (size_t)net->flat, sizeof(float));
	t->dz1 = xaligned(N * dense, sizeof(float));
	t->da1 = xaligned(N * dense, sizeof(float));
	t->z2 = xaligned(N * (size_t)net->classes, sizeof(float));
	t->dz2 = xaligned(N * (size_t)net->classes, sizeof(float));
	t->mean = xaligned(dense, sizeof(float));
	t->var = xaligned(dense, sizeof(float));
	t->keep = xmalloc(N * dense, 1);
	return &t->base;
}

static void free_trainer(struct trainer *base)
{
	struct layers_trainer *t = own(base);

	images_release(t);
	layers_forward_free_per_worker(&t->s, t->delta[0]);
	layers_forward_free_per_worker(&t->s, t->delta[1]);
	layers_forward_free_per_worker(&t->s, t->block);
	for (int k = 0; k < NET_ARRAYS; k++) {
		free(t->own[k]);
		free(t->m[k]);
		free(t->v[k]);
		free(t->anchor[k]);
		free(t->grad[k]);
	}
	float *floats[] = { t->dflat, t->dz1, t->da1, t->z2, t->dz2, t->mean, t->var };
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		free(floats[i]);
	free(t->keep);
	layers_forward_release(&t->s);
	free(t);
}

/* ---- weights in and out ---- */

static void set_weights(struct trainer *base, const float *const w[NET_ARRAYS],
                        const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
                        uint64_t steps)
{
	struct layers_trainer *t = own(base);

	t->steps = steps;
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t bytes = net_count(&t->s.net, (enum net_array)k) * sizeof(float);

		memcpy(t->own[k], w[k], bytes);
		if (net_is_statistic(k))
			continue;
		if (m && v) {
			memcpy(t->m[k], m[k], bytes);
			memcpy(t->v[k], v[k], bytes);
		} else if (t->moments) {
			memset(t->m[k], 0, bytes);
			memset(t->v[k], 0, bytes);
		}
	}
	t->moments = m && v;
}

static void set_anchor(struct trainer *base, const float *const w[NET_ARRAYS])
{
	struct layers_trainer *t = own(base);

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t count = net_count(&t->s.net, (enum net_array)k);

		if (!t->anchor[k])
			t->anchor[k] = xaligned(count, sizeof(float));
		memcpy(t->anchor[k], w[k], count * sizeof(float));
	}
}

static void get_weights(struct trainer *base, float *w[NET_ARRAYS], float *m[NET_ARRAYS],
                        float *v[NET_ARRAYS])
{
	const struct layers_trainer *t = own(base);

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t bytes = net_count(&t->s.net, (enum net_array)k) * sizeof(float);

		memcpy(w[k], t->own[k], bytes);
		if (m && !net_is_statistic(k))
			memcpy(m[k], t->m[k], bytes);
		if (v && !net_is_statistic(k))
			memcpy(v[k], t->v[k], bytes);
	}
}

static bool is_finite(const struct trainer *base, bool whole)
{
	const struct layers_trainer *t = (const struct layers_trainer *)base;

	for (int k = 0; k < NET_ARRAYS; k++)
		if ((whole || k != DENSE1_W) &&
		    !finite_all(t->own[k], net_count(&t->s.net, (enum net_array)k)))
			return false;
	return true;
}

static void end_training(struct trainer *base)
{
	struct layers_trainer *t = own(base);

	for (int k = 0; k < NET_ARRAYS; k++) {
		free(t->m[k]);
		free(t->v[k]);
		t->m[k] = t->v[k] = NULL;
	}
}

static struct predictor *predictor_of(const struct trainer *base, const float *mean,
                                      const float *var, int max_batch)
{
	const struct layers_trainer *t = (const struct layers_trainer *)base;
	const float *w[NET_ARRAYS];

	memcpy(w, t->s.w, sizeof w);
	if (mean && var) {
		w[BN_MEAN] = mean;
		w[BN_VAR] = var;
	}
	return layers_infer_new(base->engine, &t->s.net, w, max_batch, t->s.pool);
}

/* ---- forward ---- */

static void forward_job(void *arg, size_t n, int worker)
{
	struct layers_trainer *t = arg;

	layers_forward_image(&t->s, t->s.flat + n * (size_t)t->s.net.flat, t->batch->image[n],
	                     &t->image[n], t->batch, (int)n, worker);
}

static void forward_head(struct layers_trainer *t)
{
	const struct layers_forward *s = &t->s;
	const struct batch *b = t->batch;
	int N = b->count, D = s->net.dense;

	layers_forward_dense1(s, N);
	norm_statistics(t->mean, t->var, s->z1, N, D);
	norm_affine(s->scale, s->shift, s->w[BN_GAMMA], s->w[BN_BETA], t->mean, t->var, D);
	norm_apply(s->a1, s->z1, s->scale, s->shift, N, D);
	elementwise_relu(s->a1, (size_t)N * (size_t)D);
	for (int n = 0; b->dropout && n < N; n++) {
		uint8_t *keep = t->keep + (size_t)n * (size_t)D;

		dropout_mask(keep, 2, b->seed, b->step, (uint32_t)n, 0, (uint32_t)D);
		dropout_apply(s->a1 + (size_t)n * (size_t)D, keep, 2, (uint32_t)D);
	}
	layers_forward_dense2(s, t->z2, N);
}

/* ---- backward ---- */

/* Loss and accuracy of the batch, and the gradient at the logits. */
static void score(struct layers_trainer *t, struct batch_result *r)
{
	const struct batch *b = t->batch;
	int C = t->s.net.classes;

	*r = (struct batch_result){0};
	for (int n = 0; n < b->count; n++) {
		const float *z = t->z2 + (size_t)n * (size_t)C;
		float weight = b->weight ? b->weight[n] : 1;

		r->loss += (double)weight * softmax_loss(z, b->label[n], C);
		r->correct += softmax_argmax(z, C) == b->label[n];
		softmax_gradient(t->dz2 + (size_t)n * (size_t)C, z, b->label[n],
		                 weight / (float)b->count, C);
	}
}

static void backward_head(struct layers_trainer *t)
{
	const struct batch *b = t->batch;
	int N = b->count, D = t->s.net.dense, C = t->s.net.classes;

	gemm(GEMM_TN, D, C, N, t->s.a1, D, t->dz2, C, 0, t->grad[DENSE2_W], C);
	memset(t->grad[DENSE2_B], 0, (size_t)C * sizeof(float));
	for (int n = 0; n < N; n++)
		for (int k = 0; k < C; k++)
			t->grad[DENSE2_B][k] += t->dz2[(size_t)n * (size_t)C + (size_t)k];
	gemm(GEMM_NT, N, D, C, t->dz2, C, t->s.w[DENSE2_W], C, 0, t->da1, D);
	for (int n = 0; b->dropout && n < N; n++)
		dropout_apply(t->da1 + (size_t)n * (size_t)D,
		              t->keep + (size_t)n * (size_t)D, 2, (uint32_t)D);
	/* what dropout zeroed is zero already */
	elementwise_relu_backward(t->da1, t->s.a1, (size_t)N * (size_t)D);
	norm_backward(t->dz1, t->grad[BN_GAMMA], t->grad[BN_BETA], t->da1, t->s.z1, t->mean,
	              t->var, t->s.w[BN_GAMMA], N, D);
}

/* One gradient array, or COUNT numbers of it from AT on: to the caller, or into Adam. */
static void take_gradient(const struct layers_trainer *t, int k, size_t at, const float *g,
                          size_t count)
{
	if (t->gradients) {
		memcpy(t->gradients[k] + at, g, count * sizeof *g);
		return;
	}
	adam_update(t->adam, t->alpha, t->own[k] + at, t->m[k] + at, t->v[k] + at, g,
	            t->anchor[k] ? t->anchor[k] + at : NULL, count);
}

/*
 * ROWS rows of dense1: the gradient that goes on to the pool first, with the weights as
 * they were.
 */
static void dense1_backward_job(void *arg, size_t job, int worker)
{
	const struct layers_trainer *t = arg;
	int N = t->batch->count, D = t->s.net.dense, F = t->s.net.flat;
	int from = (int)job * ROWS, rows = F - from < ROWS ? F - from : ROWS;
	size_t at = (size_t)from * (size_t)D;
	float *dw = t->block[worker];

	gemm(GEMM_NT, N, rows, D, t->dz1, D, t->s.w[DENSE1_W] + at, D, 0, t->dflat + from, F);
	gemm(GEMM_TN, rows, D, N, t->s.flat + from, F, t->dz1, D, 0, dw, D);
	take_gradient(t, DENSE1_W, at, dw, (size_t)rows * (size_t)D);
}

static void backward_job(void *arg, size_t n, int worker)
{
	struct layers_trainer *t = arg;
	const struct layers_image *image = &t->image[n];
	float **grad = t->conv_grad[n];
	float *dy = t->dflat + n * (size_t)t->s.net.flat, *map = t->delta[0][worker],
	      *back = t->delta[1][worker];

	for (int half = 1; half >= 0; half--) {
		int i = 2 * half, side = t->s.side[half];
		const float *x = half ? image->pool[0] : t->batch->image[n];
		float *scratch = t->s.scratch[worker];

		if (t->batch->dropout)
			dropout_apply(dy, image->keep[half], half,
			              (uint32_t)layers_forward_pool_count(&t->s, half));
		pool_backward(map, dy, image->at[half], side, side, t->s.net.filters[i + 1]);
		elementwise_relu_backward(map, image->conv[i + 1],
		                          layers_forward_conv_count(&t->s, i + 1));
		conv_backward(&t->s.conv[i + 1], back, grad[2 * i + 2], grad[2 * i + 3], map,
		              image->conv[i], t->s.w[2 * i + 2], scratch);
		elementwise_relu_backward(back, image->conv[i],
		                          layers_forward_conv_count(&t->s, i));
		conv_backward(&t->s.conv[i], half ? map : NULL, grad[2 * i], grad[2 * i + 1],
		              back, x, t->s.w[2 * i], scratch);
		/* of the first pool: read before the next map is written */
		dy = map;
		map = t->delta[1][worker];
		back = t->delta[0][worker];
	}
}

/* Sums a convolution's gradient over the images, in their order. */
static void reduce_job(void *arg, size_t k, int worker)
{
	struct layers_trainer *t = arg;
	size_t count = net_count(&t->s.net, (enum net_array)k);
	float *sum = t->conv_grad[0][k];

	(void)worker;
	for (int n = 1; n < t->batch->count; n++)
		elementwise_add(sum, t->conv_grad[n][k], count);
	take_gradient(t, (int)k, 0, sum, count);
}

/* ---- the two functions ---- */

static void forward_backward(struct layers_trainer *t, const struct batch *b,
                             struct batch_result *r)
{
	static const enum net_array head[] = { BN_GAMMA, BN_BETA, DENSE2_W, DENSE2_B };

	t->batch = b;
	threads_run(t->s.pool, (size_t)b->count, forward_job, t);
	forward_head(t);
	score(t, r);
	backward_head(t);
	threads_run(t->s.pool, (size_t)(t->s.net.flat + ROWS - 1) / ROWS, dense1_backward_job, t);
	threads_run(t->s.pool, (size_t)b->count, backward_job, t);
	threads_run(t->s.pool, CONV_ARRAYS, reduce_job, t);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		take_gradient(t, head[i], 0, t->grad[head[i]], net_count(&t->s.net, head[i]));
	t->batch = NULL;
}

static void take_step(struct trainer *base, const struct batch *b, const struct adam *a,
                      struct batch_result *r)
{
	struct layers_trainer *t = own(base);

	t->gradients = NULL;
	t->adam = a;
	t->moments = true;
	t->alpha = adam_alpha(a, ++t->steps);
	forward_backward(t, b, r);
	norm_update(t->own[BN_MEAN], t->mean, t->s.net.dense);
	norm_update(t->own[BN_VAR], t->var, t->s.net.dense);
}

static void gradients_of(struct trainer *base, const struct batch *b, float *dw[NET_ARRAYS],
                         struct batch_result *r)
{
	static const enum net_array zero[] = { DENSE1_B, BN_MEAN, BN_VAR };
	struct layers_trainer *t = own(base);

	t->gradients = dw;
	for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
		memset(dw[zero[i]], 0, (size_t)t->s.net.dense * sizeof(float));
	forward_backward(t, b, r);
}

const struct engine engine_layers = {
	.name = "blas",
	.trainer_new = new_trainer,
	.trainer_free = free_trainer,
	.trainer_set = set_weights,
	.trainer_anchor = set_anchor,
	.trainer_get = get_weights,
	.trainer_is_finite = is_finite,
	.trainer_end = end_training,
	.trainer_predictor = predictor_of,
	.trainer_step = take_step,
	.trainer_gradients = gradients_of,
	.predictor_new = layers_infer_new,
	.predictor_new_mapped = layers_infer_new_mapped,
	.predictor_map = layers_infer_map,
	.predictor_free = layers_infer_free,
	.predictor_run = layers_infer_run,
};
