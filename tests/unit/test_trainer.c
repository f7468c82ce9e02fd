/*
 * Trainers and predictors of every engine: moments, the proximal term, predictors over a
 * trainer's weights; any size and number of classes.
 */
#include "nn/trainer.h"

#include "base/mem.h"
#include "base/rng.h"
#include "fused/engine_pick.h"
#include "model/weights.h"
#include "nn/init.h"
#include "nn/predictor.h"
#include "must.h"
#include "tap.h"

enum { IMAGES = 30, SIDE = 20, CLASSES = 4, BATCH = 5 };

static struct err e;

/* Images of noise. */
struct setting {
	struct net net;
	struct weights w;
	float *pixels;
	const float *image[IMAGES];
	int label[IMAGES];
	struct threads *pool;
};

static void setting_init(struct setting *s)
{
	size_t numbers = SIDE * SIDE * 4;
	struct rng r;

	must(net_tutorial(&s->net, SIDE, CLASSES, &e), &e);
	weights_init(&s->w, &s->net);
	init_weights(&s->net, 1, s->w.a);
	s->pixels = xaligned(IMAGES * numbers, sizeof *s->pixels);
	rng_init(&r, 2, 1, 1);
	for (size_t i = 0; i < IMAGES * numbers; i++)
		s->pixels[i] = (float)rng_unit(&r);
	for (size_t i = 0; i < IMAGES; i++) {
		s->image[i] = s->pixels + i * numbers;
		s->label[i] = (int)i % CLASSES;
	}
	s->pool = threads_new(2);
}

static bool same_weights(const struct net *net, const struct weights *a, const struct weights *b)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (memcmp(a->a[k], b->a[k], net_count(net, (enum net_array)k) * sizeof(float)))
			return false;
	return true;
}

/* ---- moments ---- */

/* One step on the first images, from zero moments. */
static void first_step(const struct setting *s, struct trainer *t, float mu)
{
	struct batch b = { .count = BATCH, .image = s->image, .label = s->label };
	struct adam adam = adam_keras(1e-3f);
	struct batch_result got;

	adam.proximal = mu;
	trainer_step(t, &b, &adam, &got);
}

/* Moments that were not given are zero, also in a trainer that had some. */
static void moments_anew(const struct setting *s, const struct engine *engine)
{
	struct trainer *t = trainer_new(engine, &s->net, BATCH, s->pool);
	struct weights w[2], m[2];

	for (int i = 0; i < 2; i++) {
		weights_init(&w[i], &s->net);
		weights_init(&m[i], &s->net);
		weights_zero(&m[i], &s->net);   /* the statistics have none */
		trainer_set(t, weights_const(&s->w), NULL, NULL, 0);
		first_step(s, t, 0);
		trainer_get(t, w[i].a, m[i].a, NULL);
	}
	ok(same_weights(&s->net, &w[0], &w[1]), "%s: the same step again", engine->name);
	ok(same_weights(&s->net, &m[0], &m[1]), "%s: the same moments", engine->name);
	ok(m[0].a[DENSE2_B][0] != 0, "%s: that are some", engine->name);
	trainer_set(t, weights_const(&s->w), NULL, NULL, 0);
	trainer_get(t, w[0].a, m[0].a, m[1].a);
	weights_zero(&w[1], &s->net);
	ok(same_weights(&s->net, &m[0], &w[1]) && same_weights(&s->net, &m[1], &w[1]),
	   "%s: zero before a step", engine->name);
	trainer_free(t);
	for (int i = 0; i < 2; i++) {
		weights_release(&w[i]);
		weights_release(&m[i]);
	}
}

/* ---- the proximal term ---- */

/* The first moments M after one step from zero moments: (1 - beta1) times the gradient. */
static void first_moments(const struct setting *s, const struct weights *anchor, float mu,
                          struct weights *m)
{
	const struct engine *engine = &engine_layers;
	struct trainer *t = trainer_new(engine, &s->net, BATCH, s->pool);
	struct weights w, v;

	weights_init(&w, &s->net);
	weights_init(&v, &s->net);
	weights_init(m, &s->net);
	trainer_set(t, weights_const(&s->w), NULL, NULL, 0);
	trainer_anchor(t, weights_const(anchor));
	first_step(s, t, mu);
	trainer_get(t, w.a, m->a, v.a);
	trainer_free(t);
	weights_release(&w);
	weights_release(&v);
}

/*
 * Central differences of mu/2 |w - anchor|^2 give what the term adds to the gradient: mu
 * (w - anchor).
 */
static void proximal_term(const struct setting *s)
{
	const enum net_array K = CONV2_W;
	const double mu = .25, step = 1e-4;
	size_t n = net_count(&s->net, K);
	struct weights anchor, with, without;
	float *want = xaligned(n, sizeof *want);
	struct rng r;

	rng_init(&r, 3, 1, 1);
	weights_init(&anchor, &s->net);
	for (int k = 0; k < NET_ARRAYS; k++)
		memcpy(anchor.a[k], s->w.a[k],
		       net_count(&s->net, (enum net_array)k) * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		double away;

		anchor.a[K][i] += (float)rng_normal(&r);
		away = (double)s->w.a[K][i] - anchor.a[K][i];
		want[i] = (float)(mu / 2 * (pow(away + step, 2) - pow(away - step, 2)) /
		                  (2 * step));
	}
	first_moments(s, &anchor, 0, &without);
	first_moments(s, &anchor, (float)mu, &with);
	for (size_t i = 0; i < n; i++)
		with.a[K][i] = (with.a[K][i] - without.a[K][i]) / (1 - .9f);
	are_near(with.a[K], want, n, 1e-6, "the proximal term's gradient");
	are_near(with.a[CONV1_W], without.a[CONV1_W], net_count(&s->net, CONV1_W), 0,
	         "... is 0 at the anchor");
	weights_release(&anchor);
	weights_release(&with);
	weights_release(&without);
	free(want);
}

/* ---- the predictor over a trainer's weights ---- */

/* Logits of the first N images by P, which is freed. */
static void predict(const struct setting *s, struct predictor *p, int n, float *logits)
{
	predictor_run(p, s->image, n, logits, NULL);
	predictor_free(p);
}

/* By a trainer's weights, and by a copy W of them. */
static bool same_logits(const struct setting *s, const struct engine *engine,
                        const struct trainer *trainer, const struct weights *w,
                        const float *mean, const float *var, int n)
{
	float got[IMAGES * CLASSES], want[IMAGES * CLASSES];

	predict(s, trainer_predictor(trainer, mean, var, n), n, got);
	predict(s, predictor_new(engine, &s->net, weights_const(w), n, s->pool), n, want);
	return !memcmp(got, want, (size_t)n * CLASSES * sizeof *got);
}

static void predictor_of_trainer(const struct setting *s, const struct engine *engine)
{
	static const int counts[] = { 1, 2, 12, 13, IMAGES };
	struct trainer *t = trainer_new(engine, &s->net, BATCH, s->pool);
	struct weights w;
	float *mean = xcalloc((size_t)s->net.dense, sizeof *mean),
	      *var = xcalloc((size_t)s->net.dense, sizeof *var);

	weights_init(&w, &s->net);
	trainer_set(t, weights_const(&s->w), NULL, NULL, 0);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		trainer_get(t, w.a, NULL, NULL);
		ok(same_logits(s, engine, t, &w, NULL, NULL, counts[i]), "%s: %d images",
		   engine->name, counts[i]);
		for (int k = 0; k < s->net.dense; k++) {
			w.a[BN_MEAN][k] = mean[k] = (float)(k % 5 - 2) / 3;
			w.a[BN_VAR][k] = var[k] = 1 + (float)(k % 7);
		}
		ok(same_logits(s, engine, t, &w, mean, var, counts[i]),
		   "%s: %d images, other statistics", engine->name, counts[i]);
	}
	trainer_end(t);
	trainer_get(t, w.a, NULL, NULL);
	ok(same_weights(&s->net, &w, &s->w), "%s: the weights after the end", engine->name);
	trainer_free(t);
	weights_release(&w);
	free(mean);
	free(var);
}

/* ---- any size ---- */

static bool all_finite(const struct net *net, const struct weights *w)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(net, (enum net_array)k); i++)
			if (!isfinite(w->a[k][i]))
				return false;
	return true;
}

/* One step on two images of noise, and an inference. */
static void one_step(const struct engine *engine, const struct net *net, struct threads *pool)
{
	size_t numbers = (size_t)(net->size * net->size * net->channels);
	float *x = xaligned(2 * numbers, sizeof *x),
	      *z = xaligned(2 * (size_t)net->classes, sizeof *z);
	const float *image[2] = { x, x + numbers };
	int label[2] = { 0, net->classes - 1 };
	struct adam adam = adam_keras(1e-3f);
	struct trainer *t = trainer_new(engine, net, 2, pool);
	struct predictor *p;
	struct batch_result got;
	struct weights w;
	struct rng r;
	bool good;

	rng_init(&r, 1, 1, 1);
	for (size_t i = 0; i < 2 * numbers; i++)
		x[i] = (float)rng_unit(&r);
	weights_init(&w, net);
	init_weights(net, 0, w.a);
	trainer_set(t, weights_const(&w), NULL, NULL, 0);
	trainer_step(t,
	             &(struct batch){ .count = 2,
	                              .image = image,
	                              .label = label,
	                              .dropout = true,
	                              .step = 1 },
	             &adam, &got);
	trainer_get(t, w.a, NULL, NULL);
	p = predictor_new(engine, net, weights_const(&w), 2, pool);
	predictor_run(p, image, 2, z, NULL);
	good = isfinite(got.loss) && got.loss > 0 && all_finite(net, &w);
	for (int i = 0; i < 2 * net->classes; i++)
		good = good && isfinite(z[i]);
	ok(good, "%s: size %d, %d classes: a step, an inference", engine->name, net->size,
	   net->classes);
	predictor_free(p);
	trainer_free(t);
	weights_release(&w);
	free(x);
	free(z);
}

static void any_size(struct threads *pool)
{
	static const int sizes[] = { 10, 20, 21, 33, 98, 99, 100, 101 }, classes[] = { 2, 5, 40 };
	static const int filters[2][4] = { { 3, 5, 4, 6 }, { 32, 32, 32, 32 } };

	for (int i = 0; i < 8; i++) {
		struct net net;

		/* few channels for the layers, whole panels of them for the kernels */
		must(net_init(&net, sizes[i], 4, filters[0], 16, classes[i % 3], &e), &e);
		one_step(&engine_layers, &net, pool);
		must(net_init(&net, sizes[i], 4, filters[1], 32, classes[i % 3], &e), &e);
		one_step(engine_pick(&net, &e), &net, pool);
	}
}

int main(void)
{
	struct setting s = {0};
	const struct engine *engine[2] = { &engine_layers, NULL };

	setting_init(&s);
	engine[1] = engine_pick(&s.net, &e);
	must(engine[1] ? 0 : -1, &e);
	for (int i = 0; i < 2 && (!i || engine[1] != engine[0]); i++) {
		moments_anew(&s, engine[i]);
		predictor_of_trainer(&s, engine[i]);
	}
	proximal_term(&s);
	if (!tap_is_slow())
		any_size(s.pool);
	threads_free(s.pool);
	weights_release(&s.w);
	free(s.pixels);
	return tap_end();
}
