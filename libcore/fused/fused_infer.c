/*
 * Inference over the kernels. Many images: one job each. Few: one after the other, the
 * strips of each layer shared out. dense1's weights are read where they lie, in a file or in
 * a trainer.
 */
#include "fused/fused_infer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/norm.h"
#include "fused/fused_conv.h"
#include "fused/fused_dense.h"
#include "fused/fused_head.h"

enum {
	/* images at a time: 9 MB of activations, dense1's weights read once for them */
	CHUNK = 64,
};

struct fused_predictor {
	struct predictor base;
	struct plan p;
	struct threads *pool;
	int chunk, workers;
	const float *w[NET_ARRAYS];
	bool blocked;                   /* dense1's weights, not in rows */
	struct conv_weights conv;
	struct maps *maps;              /* [workers], or [1] if chunk is 1: pool1 and conv3 */
	struct maps *flat;              /* [chunk]: flat only */
	struct workspace *workspace;              /* [workers] */
	struct dense_sums sums;
	float *y, *a;                   /* [chunk][dense] */
	float *scale, *shift;           /* [dense] */

	/* the images under way */
	const float *const *image;
	int layer, parts;               /* where the strips of one image are shared out */
};

static struct fused_predictor *own(struct predictor *p)
{
	return (struct fused_predictor *)p;
}

static void prepare_job(void *arg, size_t job, int worker)
{
	const struct fused_predictor *s = arg;

	(void)worker;
	fused_weights_job(&s->conv, &s->p, job);
}

static struct predictor *new_predictor(const struct engine *engine, const struct net *net,
                                       const float *const w[NET_ARRAYS], bool blocked,
                                       bool whole, int max_batch, struct threads *pool)
{
	struct fused_predictor *s = xcalloc(1, sizeof *s);
	size_t D = (size_t)net->dense;

	fused_plan_init(&s->p, net, engine->kernels, whole);
	s->pool = pool;
	s->workers = threads_count(pool);
	s->chunk = max_batch < CHUNK ? max_batch : CHUNK;
	memcpy(s->w, w, sizeof s->w);
	s->blocked = blocked;
	fused_weights_init(&s->conv, &s->p, false);
	fused_weights_bind(&s->conv, w);
	threads_run(pool, fused_weights_jobs(&s->p), prepare_job, s);
	s->maps = xcalloc((size_t)s->workers, sizeof *s->maps);
	s->workspace = xcalloc((size_t)s->workers, sizeof *s->workspace);
	for (int i = 0; i < s->workers; i++) {
		if (i == 0 || s->chunk > 1)
			fused_memory_maps_init(&s->maps[i], &s->p, false);
		fused_memory_workspace_init(&s->workspace[i], &s->p, false);
	}
	s->flat = xcalloc((size_t)s->chunk, sizeof *s->flat);
	for (int n = 0; n < s->chunk; n++)
		fused_memory_flat_init(&s->flat[n], &s->p);
	fused_dense_sums_init(&s->sums, &s->p, s->chunk, s->workers, !blocked);
	s->y = xaligned((size_t)s->chunk * D, sizeof(float));
	s->a = xaligned((size_t)s->chunk * D, sizeof(float));
	s->scale = xaligned(D, sizeof(float));
	s->shift = xaligned(D, sizeof(float));
	norm_affine(s->scale, s->shift, w[BN_GAMMA], w[BN_BETA], w[BN_MEAN], w[BN_VAR], net->dense);
	return &s->base;
}

struct predictor *fused_infer_new(const struct engine *engine, const struct net *net,
                                  const float *const w[NET_ARRAYS], int max_batch,
                                  struct threads *pool)
{
	return new_predictor(engine, net, w, false, false, max_batch, pool);
}

struct predictor *fused_infer_new_blocked(const struct engine *engine, const struct net *net,
                                          const float *const w[NET_ARRAYS], int max_batch,
                                          struct threads *pool)
{
	return new_predictor(engine, net, w, true, false, max_batch, pool);
}

struct predictor *fused_infer_new_mapped(const struct engine *engine, const struct net *net,
                                         const float *const w[NET_ARRAYS],
                                         struct threads *pool)
{
	return new_predictor(engine, net, w, false, true, 1, pool);
}

const float *fused_infer_map(const struct predictor *p)
{
	return ((const struct fused_predictor *)p)->maps[0].conv4;
}

void fused_infer_free(struct predictor *base)
{
	struct fused_predictor *s = own(base);

	for (int i = 0; i < s->workers; i++) {
		fused_memory_maps_release(&s->maps[i]);
		fused_memory_workspace_release(&s->workspace[i]);
	}
	for (int n = 0; n < s->chunk; n++)
		fused_memory_maps_release(&s->flat[n]);
	free(s->maps);
	free(s->workspace);
	free(s->flat);
	fused_weights_release(&s->conv);
	fused_dense_sums_release(&s->sums);
	free(s->y);
	free(s->a);
	free(s->scale);
	free(s->shift);
	free(s);
}

static const struct dropout no_dropout = {0};

/* The maps of worker I, but with the flat layer of image N. */
static struct maps maps_of(const struct fused_predictor *s, int i, size_t n)
{
	struct maps m = s->maps[i];

	m.flat = s->flat[n].flat;
	return m;
}

static void image_job(void *arg, size_t n, int worker)
{
	const struct fused_predictor *s = arg;
	struct maps m = maps_of(s, worker, n);

	fused_conv_pad(&s->workspace[worker], &s->p, s->image[n]);
	for (int layer = 0; layer < FUSED_PLAN_LAYERS; layer++)
		fused_conv_forward(&s->p, &s->conv, &s->workspace[worker], &m, layer, 0,
		              s->p.layer[layer].tiles, &no_dropout);
}

/* Part I of the strips of one layer of the only image. Everybody works on the first maps. */
static void strips_job(void *arg, size_t i, int worker)
{
	const struct fused_predictor *s = arg;
	struct maps m = maps_of(s, 0, 0);
	int tiles = s->p.layer[s->layer].tiles, first = (int)i * tiles / s->parts,
	    last = ((int)i + 1) * tiles / s->parts;

	if (s->layer == 0)
		fused_conv_pad(&s->workspace[worker], &s->p, s->image[0]);
	fused_conv_forward(&s->p, &s->conv, &s->workspace[worker], &m, s->layer, first, last,
	              &no_dropout);
}

static void one_image(struct fused_predictor *s)
{
	for (s->layer = 0; s->layer < FUSED_PLAN_LAYERS; s->layer++) {
		int tiles = s->p.layer[s->layer].tiles;

		s->parts = s->workers < tiles ? s->workers : tiles;
		threads_run(s->pool, (size_t)s->parts, strips_job, s);
	}
}

static void run_chunk(struct fused_predictor *s, const float *const *image, int n,
                      float *logits, float *features)
{
	size_t D = (size_t)s->p.net.dense, numbers = (size_t)n * D;

	s->image = image;
	if (n == 1)
		one_image(s);
	else
		threads_run(s->pool, (size_t)n, image_job, s);
	if (s->blocked)
		fused_dense_forward(&s->p, &s->sums, s->pool, s->y, s->flat, n, s->w[DENSE1_W],
		                    s->w[DENSE1_B]);
	else
		fused_dense_forward_rows(&s->p, &s->sums, s->pool, s->y, s->flat, n,
		                         s->w[DENSE1_W], s->w[DENSE1_B],
		                         s->base.watch ? &s->base.odd : NULL);
	if (features)
		memcpy(features, s->y, numbers * sizeof *features);
	if (!logits)
		return;
	norm_apply(s->a, s->y, s->scale, s->shift, n, (int)D);
	for (size_t i = 0; i < numbers; i++)
		s->a[i] = s->a[i] > 0 ? s->a[i] : 0;
	fused_head_logits(logits, s->a, s->w[DENSE2_W], s->w[DENSE2_B], n, (int)D,
	                  s->p.net.classes);
}

void fused_infer_run(struct predictor *base, const float *const *image, int n, float *logits,
                     float *features)
{
	struct fused_predictor *s = own(base);

	for (int at = 0; at < n; at += s->chunk) {
		int count = n - at < s->chunk ? n - at : s->chunk;

		run_chunk(s, image + at, count,
		          logits ? logits + (size_t)at * (size_t)s->p.net.classes : NULL,
		          features ? features + (size_t)at * (size_t)s->p.net.dense
		                   : NULL);
	}
}
