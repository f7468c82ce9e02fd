/*
 * Inference layer after layer. Many images: one job each. Few: one after the other, the strips of
 * each convolution and the rows of each pool shared out.
 */
#include "nn/layers_infer.h"

#include <stdlib.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"
#include "nn/elementwise.h"
#include "nn/layers_forward.h"
#include "nn/norm.h"
#include "nn/pool.h"

struct layers_predictor {
	struct predictor base;
	struct layers_forward s;
	int max_batch;
	struct layers_image *image;     /* [workers] */
};

static struct layers_predictor *own(struct predictor *p)
{
	return (struct layers_predictor *)p;
}

struct predictor *layers_infer_new(const struct engine *engine, const struct net *net,
                                   const float *const w[NET_ARRAYS], int max_batch,
                                   struct threads *pool)
{
	struct layers_predictor *p = xcalloc(1, sizeof *p);
	int workers = threads_count(pool);

	(void)engine;
	layers_forward_init(&p->s, net, max_batch, pool);
	p->max_batch = max_batch;
	p->image = xcalloc((size_t)workers, sizeof *p->image);
	for (int i = 0; i < workers; i++)
		layers_forward_image_init(&p->s, &p->image[i], false);
	memcpy(p->s.w, w, sizeof p->s.w);
	norm_affine(p->s.scale, p->s.shift, w[BN_GAMMA], w[BN_BETA], w[BN_MEAN], w[BN_VAR],
	            net->dense);
	return &p->base;
}

/* Its maps are those of any predictor: one image at a time is all that it takes to find them. */
struct predictor *layers_infer_new_mapped(const struct engine *engine, const struct net *net,
                                          const float *const w[NET_ARRAYS],
                                          struct threads *pool)
{
	return layers_infer_new(engine, net, w, 1, pool);
}

const float *layers_infer_map(const struct predictor *p)
{
	return ((const struct layers_predictor *)p)->image[0].conv[3];
}

void layers_infer_free(struct predictor *base)
{
	struct layers_predictor *p = own(base);

	for (int i = 0; i < threads_count(p->s.pool); i++)
		layers_forward_image_release(&p->image[i]);
	free(p->image);
	layers_forward_release(&p->s);
	free(p);
}

struct image_job {
	struct layers_predictor *p;
	const float *const *image;
};

static void image_job(void *arg, size_t n, int worker)
{
	const struct image_job *j = arg;
	const struct layers_forward *s = &j->p->s;

	layers_forward_image(s, s->flat + n * (size_t)s->net.flat, j->image[n],
	                     &j->p->image[worker], NULL, (int)n, worker);
}

/* ---- one image on all threads ---- */

struct map_job {
	const struct layers_forward *s;
	int i;                          /* convolution */
	struct layers_image *t;
	const float *x;
};

static void strip_job(void *arg, size_t strip, int worker)
{
	const struct map_job *j = arg;

	layers_forward_strip(j->s, j->i, j->t->conv[j->i], j->x, j->s->scratch[worker], (int)strip);
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

static void forward_together(const struct layers_predictor *p, const float *x, float *flat)
{
	const struct layers_forward *s = &p->s;
	struct map_job j = { .s = s, .t = &p->image[0], .x = x };

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

static void forward_images(struct layers_predictor *p, const float *const *image, int n)
{
	const struct layers_forward *s = &p->s;
	struct image_job j = { p, image };

	if (n >= threads_count(s->pool)) {
		threads_run(s->pool, (size_t)n, image_job, &j);
		return;
	}
	for (int i = 0; i < n; i++)
		forward_together(p, image[i], s->flat + (size_t)i * (size_t)s->net.flat);
}

static void run_chunk(struct layers_predictor *p, const float *const *image, int n,
                      float *logits, float *features)
{
	const struct layers_forward *s = &p->s;
	size_t numbers = (size_t)n * (size_t)s->net.dense;

	forward_images(p, image, n);
	layers_forward_dense1(s, n);
	if (features)
		memcpy(features, s->z1, numbers * sizeof *features);
	if (!logits)
		return;
	norm_apply(s->a1, s->z1, s->scale, s->shift, n, s->net.dense);
	elementwise_relu(s->a1, numbers);
	layers_forward_dense2(s, logits, n);
}

void layers_infer_run(struct predictor *base, const float *const *image, int n, float *logits,
                      float *features)
{
	struct layers_predictor *p = own(base);
	size_t C = (size_t)p->s.net.classes, D = (size_t)p->s.net.dense;

	if (base->watch && !finite_all(p->s.w[DENSE1_W], net_count(&p->s.net, DENSE1_W)))
		atomic_store(&base->odd, true);
	for (int at = 0; at < n; at += p->max_batch) {
		int count = n - at < p->max_batch ? n - at : p->max_batch;

		run_chunk(p, image + at, count, logits ? logits + (size_t)at * C : NULL,
		          features ? features + (size_t)at * D : NULL);
	}
}
