/*
 * The training step over the kernels. Phases, each a set of jobs for the pool: prepare
 * the convolutions' weights; images forward; dense1 forward; the head; dense1 backward
 * with its Adam; images backward in GROUPS partial sums; their total and its Adam. Every
 * sum has an order that the number of threads does not change.
 */
#include "fused/fused_train.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"
#include "nn/norm.h"
#include "fused/fused_back.h"
#include "fused/fused_conv.h"
#include "fused/fused_dense.h"
#include "fused/fused_head.h"
#include "fused/fused_infer.h"

enum {
	/*
	 * Partial sums of the convolutions' gradients, 0.26 MB each: a batch of 32 keeps
	 * 16 threads busy.
	 */
	GROUPS = 16,
	UPDATE = 4096,          /* numbers of a job of the small arrays' update */
	CONV_ARRAYS = CONV4_B + 1,
};

struct fused_trainer {
	struct trainer base;
	struct plan p;
	struct threads *pool;
	int max_batch, workers;
	uint64_t steps;

	/*
	 * weights and moments: convolutions' one after the other in one block, dense1's
	 * in blocks, the rest alone
	 */
	float *w[NET_ARRAYS], *m[NET_ARRAYS], *v[NET_ARRAYS];
	float *anchor[NET_ARRAYS];      /* of the proximal term; NULL before it is set */
	bool moments;                   /* M and V hold something */
	size_t conv_count;
	float *group_sums[GROUPS];      /* [conv_count] */
	struct conv_gradients group[GROUPS];            /* their arrays */

	struct conv_weights conv;
	struct maps *maps;              /* [max_batch] */
	struct workspace *workspace;              /* [workers] */
	struct dense_sums sums;
	struct head head;
	float *dyt, **dxt, *dense_dw;   /* of dense_back; dense_dw only for gradients */

	/* the step under way */
	const struct batch *batch;
	struct adam_step adam;
	bool update, pull;              /* pull: towards the anchor */
};

static struct fused_trainer *own(struct trainer *t)
{
	return (struct fused_trainer *)t;
}

/* ---- memory ---- */

static size_t array_count(const struct fused_trainer *t, int k)
{
	return k == DENSE1_W ? fused_dense_blocked(&t->p) : net_count(&t->p.net, (enum net_array)k);
}

/* One of the three sets of arrays. */
static void arrays_init(const struct fused_trainer *t, float *a[NET_ARRAYS])
{
	float *conv = xaligned(t->conv_count, sizeof *conv);

	for (int k = 0; k < NET_ARRAYS; k++) {
		if (k >= CONV_ARRAYS) {
			a[k] = xaligned(array_count(t, k), sizeof **a);
			continue;
		}
		a[k] = conv;
		conv += array_count(t, k);
	}
}

static void arrays_release(float *a[NET_ARRAYS])
{
	free(a[0]);                     /* with all the convolutions' */
	for (int k = CONV_ARRAYS; k < NET_ARRAYS; k++)
		free(a[k]);
	memset(a, 0, NET_ARRAYS * sizeof *a);
}

static void groups_init(struct fused_trainer *t)
{
	for (int g = 0; g < GROUPS; g++) {
		float *at = t->group_sums[g] = xaligned(t->conv_count, sizeof *at);

		for (int k = 0; k < CONV_ARRAYS; k++) {
			t->group[g].g[k] = at;
			at += array_count(t, k);
		}
	}
}

struct trainer *fused_train_new(const struct engine *engine, const struct net *net, int max_batch,
                                struct threads *pool)
{
	struct fused_trainer *t = xcalloc(1, sizeof *t);
	size_t padded = (size_t)(max_batch + PANEL_WIDTH);

	fused_plan_init(&t->p, net, engine->kernels, false);
	t->pool = pool;
	t->max_batch = max_batch;
	t->workers = threads_count(pool);
	for (int i = 0; i < CONV_ARRAYS; i++)
		t->conv_count += array_count(t, i);
	arrays_init(t, t->w);
	arrays_init(t, t->m);
	arrays_init(t, t->v);
	groups_init(t);
	fused_weights_init(&t->conv, &t->p, true);
	t->maps = xcalloc((size_t)max_batch, sizeof *t->maps);
	for (int n = 0; n < max_batch; n++)
		fused_memory_maps_init(&t->maps[n], &t->p, true);
	fused_dense_sums_init(&t->sums, &t->p, max_batch, t->workers, false);
	fused_head_init(&t->head, &t->p, max_batch);
	t->dyt = xaligned((size_t)net->dense * padded, sizeof(float));
	t->workspace = xcalloc((size_t)t->workers, sizeof *t->workspace);
	t->dxt = xcalloc((size_t)t->workers, sizeof *t->dxt);
	for (int i = 0; i < t->workers; i++) {
		fused_memory_workspace_init(&t->workspace[i], &t->p, true);
		t->dxt[i] = xaligned(PANEL_ROWS * padded, sizeof(float));
	}
	return &t->base;
}

void fused_train_free(struct trainer *base)
{
	struct fused_trainer *t = own(base);

	arrays_release(t->w);
	arrays_release(t->m);
	arrays_release(t->v);
	arrays_release(t->anchor);
	for (int g = 0; g < GROUPS; g++)
		free(t->group_sums[g]);
	fused_weights_release(&t->conv);
	for (int n = 0; n < t->max_batch; n++)
		fused_memory_maps_release(&t->maps[n]);
	free(t->maps);
	fused_dense_sums_release(&t->sums);
	fused_head_release(&t->head);
	for (int i = 0; i < t->workers; i++) {
		fused_memory_workspace_release(&t->workspace[i]);
		free(t->dxt[i]);
	}
	free(t->workspace);
	free(t->dxt);
	free(t->dyt);
	free(t->dense_dw);
	free(t);
}

/* ---- weights in and out ---- */

static void arrays_set(const struct fused_trainer *t, float *const to[NET_ARRAYS],
                       const float *const *from, bool all)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		if (!all && net_is_statistic(k))
			continue;
		if (!from)
			memset(to[k], 0, array_count(t, k) * sizeof **to);
		else if (k == DENSE1_W)
			fused_dense_block(to[k], from[k], &t->p);
		else
			memcpy(to[k], from[k], array_count(t, k) * sizeof **to);
	}
}

static void arrays_get(const struct fused_trainer *t, float *const to[NET_ARRAYS],
                       float *const from[NET_ARRAYS], bool all)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		if (!all && net_is_statistic(k))
			continue;
		if (k == DENSE1_W)
			fused_dense_unblock(to[k], from[k], &t->p);
		else
			memcpy(to[k], from[k], array_count(t, k) * sizeof **to);
	}
}

void fused_train_set(struct trainer *base, const float *const w[NET_ARRAYS],
                     const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
                     uint64_t steps)
{
	struct fused_trainer *t = own(base);

	t->steps = steps;
	arrays_set(t, t->w, w, true);
	t->moments = m && v;
	if (!t->moments)
		return;
	arrays_set(t, t->m, m, false);
	arrays_set(t, t->v, v, false);
}

/* Zeros, not before they are needed: by then the weights that were copied can be left. */
static void need_moments(struct fused_trainer *t)
{
	assert(t->m[0]);                /* not after trainer_end */
	if (t->moments)
		return;
	arrays_set(t, t->m, NULL, false);
	arrays_set(t, t->v, NULL, false);
	t->moments = true;
}

void fused_train_anchor(struct trainer *base, const float *const w[NET_ARRAYS])
{
	struct fused_trainer *t = own(base);

	if (!t->anchor[0])
		arrays_init(t, t->anchor);
	arrays_set(t, t->anchor, w, true);
}

void fused_train_get(struct trainer *base, float *w[NET_ARRAYS], float *m[NET_ARRAYS],
                     float *v[NET_ARRAYS])
{
	struct fused_trainer *t = own(base);

	arrays_get(t, w, t->w, true);
	if (m || v)
		need_moments(t);
	if (m)
		arrays_get(t, m, t->m, false);
	if (v)
		arrays_get(t, v, t->v, false);
}

bool fused_train_is_finite(const struct trainer *base, bool whole)
{
	const struct fused_trainer *t = (const struct fused_trainer *)base;

	for (int k = 0; k < NET_ARRAYS; k++)
		if ((whole || k != DENSE1_W) && !finite_all(t->w[k], array_count(t, k)))
			return false;
	return true;
}

void fused_train_end(struct trainer *base)
{
	struct fused_trainer *t = own(base);

	arrays_release(t->m);
	arrays_release(t->v);
}

struct predictor *fused_train_predictor(const struct trainer *base, const float *mean,
                                        const float *var, int max_batch)
{
	const struct fused_trainer *t = (const struct fused_trainer *)base;
	const float *w[NET_ARRAYS];

	memcpy(w, t->w, sizeof w);
	if (mean && var) {
		w[BN_MEAN] = mean;
		w[BN_VAR] = var;
	}
	return fused_infer_new_blocked(base->engine, &t->p.net, w, max_batch, t->pool);
}

/* ---- the step ---- */

static void prepare_job(void *arg, size_t job, int worker)
{
	const struct fused_trainer *t = arg;

	(void)worker;
	fused_weights_job(&t->conv, &t->p, job);
}

static void forward_job(void *arg, size_t n, int worker)
{
	struct fused_trainer *t = arg;
	struct workspace *d = &t->workspace[worker];
	const struct batch *b = t->batch;
	const struct dropout drop = { b->dropout, b->seed, b->step, (uint32_t)n };

	fused_conv_pad(d, &t->p, b->image[n]);
	for (int layer = 0; layer < FUSED_PLAN_LAYERS; layer++)
		fused_conv_forward(&t->p, &t->conv, d, &t->maps[n], layer, 0,
		                   t->p.layer[layer].tiles, &drop);
}

static int groups(const struct fused_trainer *t)
{
	return t->batch->count < GROUPS ? t->batch->count : GROUPS;
}

static void backward_job(void *arg, size_t g, int worker)
{
	struct fused_trainer *t = arg;
	const struct batch *b = t->batch;
	int parts = groups(t), first = (int)g * b->count / parts,
	    last = ((int)g + 1) * b->count / parts;

	fused_back(&t->p, &t->conv, &t->workspace[worker], t->maps + first,
	           b->image + first, last - first, b->dropout, &t->group[g]);
}

/* A step of Adam on COUNT numbers of array K from AT on. */
static void update(const struct fused_trainer *t, int k, size_t at, const float *g, size_t count)
{
	t->p.k->adam(t->w[k] + at, t->m[k] + at, t->v[k] + at,
	             t->pull ? t->anchor[k] + at : NULL, g, count, &t->adam);
}

/*
 * Sums UPDATE numbers of the convolutions' gradients over the groups, in their order, and
 * applies them.
 */
static void update_job(void *arg, size_t job, int worker)
{
	struct fused_trainer *t = arg;
	size_t at = job * UPDATE, count = t->conv_count - at < UPDATE ? t->conv_count - at : UPDATE;
	float *sum = t->group_sums[0] + at;

	(void)worker;
	for (int g = 1; g < groups(t); g++)
		for (size_t i = 0; i < count; i++)
			sum[i] += t->group_sums[g][at + i];
	if (t->update)
		update(t, 0, at, sum, count);
}

static void update_head(struct fused_trainer *t)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (t->head.g[k])
			update(t, k, 0, t->head.g[k], array_count(t, k));
	norm_update(t->w[BN_MEAN], t->head.mean, t->p.net.dense);
	norm_update(t->w[BN_VAR], t->head.var, t->p.net.dense);
}

static void dense_step(struct fused_trainer *t)
{
	struct dense_back d = {
		.p = &t->p,
		.s = &t->sums,
		.count = t->batch->count,
		.dy = t->head.dy,
		.dyt = t->dyt,
		.dxt = t->dxt,
		.w = t->w[DENSE1_W],
		.m = t->m[DENSE1_W],
		.v = t->v[DENSE1_W],
		.adam = t->adam,
		.anchor = t->pull ? t->anchor[DENSE1_W] : NULL,
		.dw = t->update ? NULL : t->dense_dw,
	};

	fused_dense_backward(&d, t->pool, t->maps);
}

static void run_step(struct fused_trainer *t, const struct batch *b, struct batch_result *r)
{
	t->batch = b;
	fused_weights_bind(&t->conv, (const float *const *)t->w);
	threads_run(t->pool, fused_weights_jobs(&t->p), prepare_job, t);
	threads_run(t->pool, (size_t)b->count, forward_job, t);
	fused_dense_forward(&t->p, &t->sums, t->pool, t->head.y, t->maps, b->count,
	                    t->w[DENSE1_W], t->w[DENSE1_B]);
	fused_head_step(&t->head, &t->p, t->w, b, r);
	dense_step(t);
	threads_run(t->pool, (size_t)groups(t), backward_job, t);
	threads_run(t->pool, (t->conv_count + UPDATE - 1) / UPDATE, update_job, t);
	if (t->update)
		update_head(t);
	t->batch = NULL;
}

void fused_train_step(struct trainer *base, const struct batch *b, const struct adam *a,
                      struct batch_result *r)
{
	struct fused_trainer *t = own(base);

	need_moments(t);
	t->update = true;
	t->pull = a->proximal != 0;
	t->adam = (struct adam_step){
		.alpha = adam_alpha(a, ++t->steps),
		.rate1 = 1 - a->beta1,
		.rate2 = 1 - a->beta2,
		.epsilon = a->epsilon,
		.pull = a->proximal,
	};
	run_step(t, b, r);
}

void fused_train_gradients(struct trainer *base, const struct batch *b, float *dw[NET_ARRAYS],
                           struct batch_result *r)
{
	struct fused_trainer *t = own(base);

	t->update = false;
	if (!t->dense_dw)
		t->dense_dw = xaligned(fused_dense_blocked(&t->p), sizeof(float));
	run_step(t, b, r);
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t bytes = net_count(&t->p.net, (enum net_array)k) * sizeof(float);

		if (k < CONV_ARRAYS)
			memcpy(dw[k], t->group[0].g[k], bytes);
		else if (k == DENSE1_W)
			fused_dense_unblock(dw[k], t->dense_dw, &t->p);
		else if (t->head.g[k])
			memcpy(dw[k], t->head.g[k], bytes);
		else
			memset(dw[k], 0, bytes);
	}
}
