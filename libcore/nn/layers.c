/*
 * The network layer after layer: training step and inference of any size, over
 * CBLAS. The specification that the fused engines are held against.
 * Convolutions run one image a job, dense products a fixed block of columns or rows a job,
 * sums over images in image order: no result depends on the number of threads.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/conv.h"
#include "nn/dropout.h"
#include "nn/elementwise.h"
#include "nn/engine.h"
#include "nn/gemm.h"
#include "nn/norm.h"
#include "nn/pool.h"
#include "nn/softmax.h"

enum {
	/* of dense1 a job: enough jobs for 8 threads, wide enough for the BLAS kernels */
	COLUMNS = 64,
	/* of dense1's gradient a job: 2 MB, applied by Adam while in the cache */
	ROWS = 1024,
};

/* What one image leaves behind for its way back. */
struct image_state {
	float *conv[4];                 /* outputs after relu */
	float *pool[2];                 /* after dropout */
	uint8_t *at[2], *keep[2];       /* of the trainer, otherwise NULL */
	float *grad[NET_ARRAYS];        /* of the convolutions' weights */
};

struct layers {
	struct net net;
	struct threads *pool;
	int max_batch;
	bool training;
	struct conv conv[4];
	int side[2];                    /* of the maps after conv2, conv4 */

	const float *w[NET_ARRAYS];
	/* of the trainer; own = w */
	float *own[NET_ARRAYS], *m[NET_ARRAYS], *v[NET_ARRAYS];
	bool moments;                   /* m and v are not zeros that nobody has touched */
	float *anchor[NET_ARRAYS];      /* of the proximal term; NULL before trainer_anchor */
	uint64_t steps;

	struct image_state *image;      /* [max_batch], or one a worker for inference */
	float **scratch;                /* [workers] conv_scratch */
	float **delta[2];               /* [workers] two gradient maps */
	float **block;                  /* [workers] ROWS x dense of dense1's gradient */
	float *flat, *dflat;            /* [max_batch][flat] */
	/* [max_batch][dense]: before batch norm, after relu and dropout */
	float *z1, *dz1, *a1, *da1;
	float *z2, *dz2;                /* [max_batch][classes] */
	float *mean, *var, *scale, *shift;      /* [dense] */
	uint8_t *keep;                  /* [max_batch][dense] */
	float *head[NET_ARRAYS];        /* gradients of batch norm and dense2 */

	/* the step under way */
	const struct batch *batch;
	const struct adam *adam;
	float alpha;
	float *const *gradients;        /* where they go; NULL: into Adam */
};

/* ---- memory ---- */

static size_t conv_count(const struct layers *s, int i)
{
	const struct conv *c = &s->conv[i];

	return (size_t)conv_out(c->H, c->same) * (size_t)conv_out(c->W, c->same) * (size_t)c->K;
}

static size_t pool_count(const struct layers *s, int i)
{
	return (size_t)(s->side[i] / 2) * (size_t)(s->side[i] / 2) *
	       (size_t)s->net.filters[2 * i + 1];
}

static void image_new(const struct layers *s, struct image_state *image)
{
	for (int i = 0; i < 4; i++)
		image->conv[i] = xaligned(conv_count(s, i), sizeof(float));
	for (int i = 0; i < 2; i++) {
		image->pool[i] = xaligned(pool_count(s, i), sizeof(float));
		if (!s->training)
			continue;
		image->at[i] = xmalloc(pool_count(s, i), 1);
		image->keep[i] = xmalloc(pool_count(s, i), 1);
	}
	for (int k = 0; s->training && k <= CONV4_B; k++)
		image->grad[k] = xaligned(net_count(&s->net, (enum net_array)k), sizeof(float));
}

static void image_free(struct image_state *image)
{
	for (int i = 0; i < 4; i++)
		free(image->conv[i]);
	for (int i = 0; i < 2; i++) {
		free(image->pool[i]);
		free(image->at[i]);
		free(image->keep[i]);
	}
	for (int k = 0; k < NET_ARRAYS; k++)
		free(image->grad[k]);
}

static size_t largest_scratch(const struct layers *s)
{
	size_t most = 0;

	for (int i = 0; i < 4; i++)
		if (conv_scratch(&s->conv[i]) > most)
			most = conv_scratch(&s->conv[i]);
	return most;
}

static float **per_worker(const struct layers *s, size_t numbers)
{
	int workers = threads_count(s->pool);
	float **p = xcalloc((size_t)workers, sizeof *p);

	for (int i = 0; i < workers; i++)
		p[i] = xaligned(numbers, sizeof **p);
	return p;
}

static void free_per_worker(const struct layers *s, float **p)
{
	for (int i = 0; p && i < threads_count(s->pool); i++)
		free(p[i]);
	free(p);
}

static int image_states(const struct layers *s)
{
	return s->training ? s->max_batch : threads_count(s->pool);
}

static struct layers *layers_new(const struct net *net, int max_batch, struct threads *pool,
                                 bool training)
{
	struct layers *s = xcalloc(1, sizeof *s);
	const int *f = net->filters;
	size_t N = (size_t)max_batch, flat = (size_t)net->flat, dense = (size_t)net->dense;

	s->net = *net;
	s->pool = pool;
	s->max_batch = max_batch;
	s->training = training;
	s->conv[0] = (struct conv){ net->size, net->size, net->channels, f[0], true };
	s->conv[1] = (struct conv){ net->size, net->size, f[0], f[1], false };
	s->conv[2] = (struct conv){ net->pool1_size, net->pool1_size, f[1], f[2], true };
	s->conv[3] = (struct conv){ net->pool1_size, net->pool1_size, f[2], f[3], false };
	s->side[0] = net->conv2_size;
	s->side[1] = net->conv4_size;
	s->image = xcalloc((size_t)image_states(s), sizeof *s->image);
	for (int i = 0; i < image_states(s); i++)
		image_new(s, &s->image[i]);
	s->scratch = per_worker(s, largest_scratch(s));
	s->flat = xaligned(N * flat, sizeof(float));
	s->z1 = xaligned(N * dense, sizeof(float));
	s->a1 = xaligned(N * dense, sizeof(float));
	s->z2 = xaligned(N * (size_t)net->classes, sizeof(float));
	s->scale = xaligned(dense, sizeof(float));
	s->shift = xaligned(dense, sizeof(float));
	return s;
}

static void *trainer_new(const struct net *net, int max_batch, struct threads *pool)
{
	struct layers *s = layers_new(net, max_batch, pool, true);
	size_t N = (size_t)max_batch, dense = (size_t)net->dense;
	size_t map = conv_count(s, 0);

	for (int i = 1; i < 4; i++)
		map = conv_count(s, i) > map ? conv_count(s, i) : map;
	for (int i = 0; i < 2; i++)
		s->delta[i] = per_worker(s, map);
	s->block = per_worker(s, ROWS * dense);
	s->dflat = xaligned(N * (size_t)net->flat, sizeof(float));
	s->dz1 = xaligned(N * dense, sizeof(float));
	s->da1 = xaligned(N * dense, sizeof(float));
	s->dz2 = xaligned(N * (size_t)net->classes, sizeof(float));
	s->mean = xaligned(dense, sizeof(float));
	s->var = xaligned(dense, sizeof(float));
	s->keep = xmalloc(N * dense, 1);
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t count = net_count(net, (enum net_array)k);

		s->w[k] = s->own[k] = xaligned(count, sizeof(float));
		if (net_is_statistic(k))
			continue;
		s->m[k] = xcalloc(count, sizeof(float));
		s->v[k] = xcalloc(count, sizeof(float));
		if (k >= BN_GAMMA)
			s->head[k] = xaligned(count, sizeof(float));
	}
	return s;
}

static void layers_free(void *arg)
{
	struct layers *s = arg;

	if (!s)
		return;
	for (int i = 0; i < image_states(s); i++)
		image_free(&s->image[i]);
	free(s->image);
	free_per_worker(s, s->scratch);
	free_per_worker(s, s->delta[0]);
	free_per_worker(s, s->delta[1]);
	free_per_worker(s, s->block);
	for (int k = 0; k < NET_ARRAYS; k++) {
		free(s->own[k]);
		free(s->m[k]);
		free(s->v[k]);
		free(s->anchor[k]);
		free(s->head[k]);
	}
	float *floats[] = { s->flat, s->dflat, s->z1,   s->dz1, s->a1,    s->da1,
		            s->z2,   s->dz2,   s->mean, s->var, s->scale, s->shift };
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		free(floats[i]);
	free(s->keep);
	free(s);
}

/* ---- forward ---- */

/* Some rows of convolution I: relu'd while they are in the cache. */
static void forward_strip(const struct layers *s, int i, float *y, const float *x, float *scratch,
                          int strip)
{
	const struct conv *c = &s->conv[i];
	size_t row = (size_t)conv_out(c->W, c->same) * (size_t)c->K;
	int from, to;

	conv_forward_strip(c, y, x, s->w[2 * i], s->w[2 * i + 1], scratch, strip);
	conv_strip_rows(c, strip, &from, &to);
	relu_forward(y + (size_t)from * row, (size_t)(to - from) * row);
}

static void forward_conv(const struct layers *s, int i, float *y, const float *x, float *scratch)
{
	for (int strip = 0; strip < conv_strips(&s->conv[i]); strip++)
		forward_strip(s, i, y, x, scratch, strip);
}

/* Images to flat features: convolutions, pools, dropout of image N of the batch. */
static void forward_image(const struct layers *s, const float *x, struct image_state *t,
                          float *flat, int n, float *scratch)
{
	const struct batch *b = s->batch;

	for (int half = 0; half < 2; half++) {
		int i = 2 * half, side = s->side[half], K = s->net.filters[i + 1];
		uint32_t count = (uint32_t)pool_count(s, half);

		forward_conv(s, i, t->conv[i], x, scratch);
		forward_conv(s, i + 1, t->conv[i + 1], t->conv[i], scratch);
		pool_forward(t->pool[half], t->at[half], t->conv[i + 1], side, side, K);
		if (b && b->dropout) {
			dropout_mask(t->keep[half], half, b->seed, b->step, (uint32_t)n, 0, count);
			dropout_apply(t->pool[half], t->keep[half], half, count);
		}
		x = t->pool[half];
	}
	memcpy(flat, x, (size_t)s->net.flat * sizeof *flat);
}

static void forward_job(void *arg, size_t n, int worker)
{
	struct layers *s = arg;

	forward_image(s, s->batch->image[n], &s->image[n],
	              s->flat + n * (size_t)s->net.flat, (int)n, s->scratch[worker]);
}

struct dense_job {
	const struct layers *s;
	float *z;
	int count;
};

static void dense1_job(void *arg, size_t job, int worker)
{
	const struct dense_job *d = arg;
	const struct layers *s = d->s;
	int D = s->net.dense, from = (int)job * COLUMNS,
	    width = D - from < COLUMNS ? D - from : COLUMNS;

	(void)worker;
	for (int n = 0; n < d->count; n++)
		memcpy(d->z + (size_t)n * (size_t)D + from, s->w[DENSE1_B] + from,
		       (size_t)width * sizeof(float));
	gemm(GEMM_NN, d->count, width, s->net.flat, s->flat, s->net.flat,
	     s->w[DENSE1_W] + from, D, 1, d->z + from, D);
}

/* Z [count][dense] = flat W + b */
static void dense1_forward(const struct layers *s, float *z, int count)
{
	struct dense_job d = { s, z, count };

	threads_run(s->pool, (size_t)(s->net.dense + COLUMNS - 1) / COLUMNS, dense1_job, &d);
}

/* From a1 [count][dense] to Z [count][classes]. */
static void dense2_forward(const struct layers *s, float *z, int count)
{
	int C = s->net.classes, D = s->net.dense;

	for (int n = 0; n < count; n++)
		memcpy(z + (size_t)n * (size_t)C, s->w[DENSE2_B], (size_t)C * sizeof *z);
	gemm(GEMM_NN, count, C, D, s->a1, D, s->w[DENSE2_W], C, 1, z, C);
}

static void forward_head(struct layers *s)
{
	const struct batch *b = s->batch;
	int N = b->count, D = s->net.dense;

	dense1_forward(s, s->z1, N);
	norm_statistics(s->mean, s->var, s->z1, N, D);
	norm_affine(s->scale, s->shift, s->w[BN_GAMMA], s->w[BN_BETA], s->mean, s->var, D);
	norm_apply(s->a1, s->z1, s->scale, s->shift, N, D);
	relu_forward(s->a1, (size_t)N * (size_t)D);
	for (int n = 0; b->dropout && n < N; n++) {
		uint8_t *keep = s->keep + (size_t)n * (size_t)D;

		dropout_mask(keep, 2, b->seed, b->step, (uint32_t)n, 0, (uint32_t)D);
		dropout_apply(s->a1 + (size_t)n * (size_t)D, keep, 2, (uint32_t)D);
	}
	dense2_forward(s, s->z2, N);
}

/* ---- backward ---- */

/* Loss and accuracy of the batch, and the gradient at the logits. */
static void score(struct layers *s, struct batch_result *r)
{
	const struct batch *b = s->batch;
	int C = s->net.classes;

	*r = (struct batch_result){0};
	for (int n = 0; n < b->count; n++) {
		const float *z = s->z2 + (size_t)n * (size_t)C;
		float weight = b->weight ? b->weight[n] : 1;

		r->loss += (double)weight * softmax_loss(z, b->label[n], C);
		r->correct += argmax(z, C) == b->label[n];
		softmax_gradient(s->dz2 + (size_t)n * (size_t)C, z, b->label[n],
		                 weight / (float)b->count, C);
	}
}

static void backward_head(struct layers *s)
{
	const struct batch *b = s->batch;
	int N = b->count, D = s->net.dense, C = s->net.classes;

	gemm(GEMM_TN, D, C, N, s->a1, D, s->dz2, C, 0, s->head[DENSE2_W], C);
	memset(s->head[DENSE2_B], 0, (size_t)C * sizeof(float));
	for (int n = 0; n < N; n++)
		for (int k = 0; k < C; k++)
			s->head[DENSE2_B][k] += s->dz2[(size_t)n * (size_t)C + (size_t)k];
	gemm(GEMM_NT, N, D, C, s->dz2, C, s->w[DENSE2_W], C, 0, s->da1, D);
	for (int n = 0; b->dropout && n < N; n++)
		dropout_apply(s->da1 + (size_t)n * (size_t)D,
		              s->keep + (size_t)n * (size_t)D, 2, (uint32_t)D);
	/* what dropout zeroed is zero already */
	relu_backward(s->da1, s->a1, (size_t)N * (size_t)D);
	norm_backward(s->dz1, s->head[BN_GAMMA], s->head[BN_BETA], s->da1, s->z1, s->mean,
	              s->var, s->w[BN_GAMMA], N, D);
}

/* One gradient array, or COUNT numbers of it from AT on: to the caller, or into Adam. */
static void take_gradient(const struct layers *s, int k, size_t at, const float *g, size_t count)
{
	if (s->gradients) {
		memcpy(s->gradients[k] + at, g, count * sizeof *g);
		return;
	}
	adam_update(s->adam, s->alpha, s->own[k] + at, s->m[k] + at, s->v[k] + at, g,
	            s->anchor[k] ? s->anchor[k] + at : NULL, count);
}

/*
 * ROWS rows of dense1: the gradient that goes on to the pool first, with the weights as
 * they were.
 */
static void dense1_backward_job(void *arg, size_t job, int worker)
{
	const struct layers *s = arg;
	int N = s->batch->count, D = s->net.dense, F = s->net.flat;
	int from = (int)job * ROWS, rows = F - from < ROWS ? F - from : ROWS;
	size_t at = (size_t)from * (size_t)D;
	float *dw = s->block[worker];

	gemm(GEMM_NT, N, rows, D, s->dz1, D, s->w[DENSE1_W] + at, D, 0, s->dflat + from, F);
	gemm(GEMM_TN, rows, D, N, s->flat + from, F, s->dz1, D, 0, dw, D);
	take_gradient(s, DENSE1_W, at, dw, (size_t)rows * (size_t)D);
}

static void backward_job(void *arg, size_t n, int worker)
{
	struct layers *s = arg;
	struct image_state *t = &s->image[n];
	float *dy = s->dflat + n * (size_t)s->net.flat, *map = s->delta[0][worker],
	      *back = s->delta[1][worker];

	for (int half = 1; half >= 0; half--) {
		int i = 2 * half, side = s->side[half];
		const float *x = half ? t->pool[0] : s->batch->image[n];
		float *scratch = s->scratch[worker];

		if (s->batch->dropout)
			dropout_apply(dy, t->keep[half], half, (uint32_t)pool_count(s, half));
		pool_backward(map, dy, t->at[half], side, side, s->net.filters[i + 1]);
		relu_backward(map, t->conv[i + 1], conv_count(s, i + 1));
		conv_backward(&s->conv[i + 1], back, t->grad[2 * i + 2],
		              t->grad[2 * i + 3], map, t->conv[i], s->w[2 * i + 2],
		              scratch);
		relu_backward(back, t->conv[i], conv_count(s, i));
		conv_backward(&s->conv[i], half ? map : NULL, t->grad[2 * i],
		              t->grad[2 * i + 1], back, x, s->w[2 * i], scratch);
		/* of the first pool: read before the next map is written */
		dy = map;
		map = s->delta[1][worker];
		back = s->delta[0][worker];
	}
}

/* Sums a convolution's gradient over the images, in their order. */
static void reduce_job(void *arg, size_t k, int worker)
{
	struct layers *s = arg;
	size_t count = net_count(&s->net, (enum net_array)k);
	float *sum = s->image[0].grad[k];

	(void)worker;
	for (int n = 1; n < s->batch->count; n++)
		add_numbers(sum, s->image[n].grad[k], count);
	take_gradient(s, (int)k, 0, sum, count);
}

/* ---- the two functions ---- */

static void forward_backward(struct layers *s, const struct batch *b, struct batch_result *r)
{
	static const enum net_array head[] = { BN_GAMMA, BN_BETA, DENSE2_W, DENSE2_B };

	s->batch = b;
	threads_run(s->pool, (size_t)b->count, forward_job, s);
	forward_head(s);
	score(s, r);
	backward_head(s);
	threads_run(s->pool, (size_t)(s->net.flat + ROWS - 1) / ROWS, dense1_backward_job, s);
	threads_run(s->pool, (size_t)b->count, backward_job, s);
	threads_run(s->pool, CONV4_B + 1, reduce_job, s);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		take_gradient(s, head[i], 0, s->head[head[i]], net_count(&s->net, head[i]));
	s->batch = NULL;
}

static void trainer_step(void *arg, const struct batch *b, const struct adam *a,
                         struct batch_result *r)
{
	struct layers *s = arg;

	s->gradients = NULL;
	s->adam = a;
	s->moments = true;
	s->alpha = adam_alpha(a, ++s->steps);
	forward_backward(s, b, r);
	norm_update(s->own[BN_MEAN], s->mean, s->net.dense);
	norm_update(s->own[BN_VAR], s->var, s->net.dense);
}

static void trainer_gradients(void *arg, const struct batch *b, float *dw[NET_ARRAYS],
                              struct batch_result *r)
{
	static const enum net_array zero[] = { DENSE1_B, BN_MEAN, BN_VAR };
	struct layers *s = arg;

	s->gradients = dw;
	for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
		memset(dw[zero[i]], 0, (size_t)s->net.dense * sizeof(float));
	forward_backward(s, b, r);
}

static void trainer_set(void *arg, const float *const w[NET_ARRAYS],
                        const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
                        uint64_t steps)
{
	struct layers *s = arg;

	s->steps = steps;
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t bytes = net_count(&s->net, (enum net_array)k) * sizeof(float);

		memcpy(s->own[k], w[k], bytes);
		if (net_is_statistic(k))
			continue;
		if (m && v) {
			memcpy(s->m[k], m[k], bytes);
			memcpy(s->v[k], v[k], bytes);
		} else if (s->moments) {
			memset(s->m[k], 0, bytes);
			memset(s->v[k], 0, bytes);
		}
	}
	s->moments = m && v;
}

static void trainer_anchor(void *arg, const float *const w[NET_ARRAYS])
{
	struct layers *s = arg;

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t count = net_count(&s->net, (enum net_array)k);

		if (!s->anchor[k])
			s->anchor[k] = xaligned(count, sizeof(float));
		memcpy(s->anchor[k], w[k], count * sizeof(float));
	}
}

static void trainer_get(void *arg, float *w[NET_ARRAYS], float *m[NET_ARRAYS], float *v[NET_ARRAYS])
{
	const struct layers *s = arg;

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t bytes = net_count(&s->net, (enum net_array)k) * sizeof(float);

		memcpy(w[k], s->own[k], bytes);
		if (m && !net_is_statistic(k))
			memcpy(m[k], s->m[k], bytes);
		if (v && !net_is_statistic(k))
			memcpy(v[k], s->v[k], bytes);
	}
}

static void *predictor_new(const struct net *net, const float *const w[NET_ARRAYS],
                           int max_batch, struct threads *pool)
{
	struct layers *s = layers_new(net, max_batch, pool, false);

	memcpy(s->w, w, sizeof s->w);
	norm_affine(s->scale, s->shift, w[BN_GAMMA], w[BN_BETA], w[BN_MEAN], w[BN_VAR], net->dense);
	return s;
}

static void *trainer_predictor(const void *arg, const float *mean, const float *var, int max_batch)
{
	const struct layers *t = arg;
	const float *w[NET_ARRAYS];

	memcpy(w, t->w, sizeof w);
	if (mean && var) {
		w[BN_MEAN] = mean;
		w[BN_VAR] = var;
	}
	return predictor_new(&t->net, w, max_batch, t->pool);
}

static void trainer_end(void *arg)
{
	struct layers *s = arg;

	for (int k = 0; k < NET_ARRAYS; k++) {
		free(s->m[k]);
		free(s->v[k]);
		s->m[k] = s->v[k] = NULL;
	}
}

struct predict_job {
	struct layers *s;
	const float *const *image;
};

static void predict_job(void *arg, size_t n, int worker)
{
	const struct predict_job *p = arg;
	struct layers *s = p->s;

	forward_image(s, p->image[n], &s->image[worker],
	              s->flat + n * (size_t)s->net.flat, (int)n, s->scratch[worker]);
}

/* ---- one image on all threads ---- */

struct map_job {
	const struct layers *s;
	int i;                          /* convolution */
	struct image_state *t;
	const float *x;
};

static void strip_job(void *arg, size_t strip, int worker)
{
	const struct map_job *j = arg;

	forward_strip(j->s, j->i, j->t->conv[j->i], j->x, j->s->scratch[worker], (int)strip);
}

/* One row of the pooled map. */
static void pool_job(void *arg, size_t i, int worker)
{
	const struct map_job *j = arg;
	int half = j->i / 2, side = j->s->side[half], K = j->s->net.filters[j->i];
	size_t row = (size_t)(side / 2) * (size_t)K;

	(void)worker;
	pool_forward(j->t->pool[half] + i * row, NULL,
	             j->t->conv[j->i] + 2 * i * (size_t)side * (size_t)K, 2, side, K);
}

static void forward_together(const struct layers *s, const float *x, float *flat)
{
	struct map_job j = { .s = s, .t = &s->image[0], .x = x };

	for (j.i = 0; j.i < 4; j.i++) {
		threads_run(s->pool, (size_t)conv_strips(&s->conv[j.i]), strip_job, &j);
		j.x = j.t->conv[j.i];
		if (j.i % 2 == 0)
			continue;
		threads_run(s->pool, (size_t)(s->side[j.i / 2] / 2), pool_job, &j);
		j.x = j.t->pool[j.i / 2];
	}
	memcpy(flat, j.x, (size_t)s->net.flat * sizeof *flat);
}

static void forward_images(struct layers *s, const float *const *image, int n)
{
	struct predict_job p = { s, image };

	if (n >= threads_count(s->pool)) {
		threads_run(s->pool, (size_t)n, predict_job, &p);
		return;
	}
	for (int i = 0; i < n; i++)
		forward_together(s, image[i], s->flat + (size_t)i * (size_t)s->net.flat);
}

static void predict_chunk(struct layers *s, const float *const *image, int n,
                          float *logits, float *features)
{
	size_t numbers = (size_t)n * (size_t)s->net.dense;

	forward_images(s, image, n);
	dense1_forward(s, s->z1, n);
	if (features)
		memcpy(features, s->z1, numbers * sizeof *features);
	if (!logits)
		return;
	norm_apply(s->a1, s->z1, s->scale, s->shift, n, s->net.dense);
	relu_forward(s->a1, numbers);
	dense2_forward(s, logits, n);
}

static void predictor_run(void *arg, const float *const *image, int n, float *logits,
                          float *features)
{
	struct layers *s = arg;

	for (int at = 0; at < n; at += s->max_batch) {
		int count = n - at < s->max_batch ? n - at : s->max_batch;

		predict_chunk(
			s, image + at, count,
			logits ? logits + (size_t)at * (size_t)s->net.classes : NULL,
			features ? features + (size_t)at * (size_t)s->net.dense : NULL);
	}
}

const struct engine engine_layers = {
	.name = "blas",
	.trainer_new = trainer_new,
	.trainer_free = layers_free,
	.trainer_set = trainer_set,
	.trainer_anchor = trainer_anchor,
	.trainer_get = trainer_get,
	.trainer_end = trainer_end,
	.trainer_predictor = trainer_predictor,
	.trainer_step = trainer_step,
	.trainer_gradients = trainer_gradients,
	.predictor_new = predictor_new,
	.predictor_free = layers_free,
	.predictor_run = predictor_run,
};
