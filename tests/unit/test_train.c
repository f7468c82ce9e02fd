/*
 * A training run against the same steps taken one by one; the same bytes for any number
 * of threads, and when stopped after any batch; class weights, the proximal term, exact
 * statistics, the best epoch; any size and number of classes.
 */
#include "fused/engine_pick.h"
#include "train/train.h"

#include "base/rng.h"
#include "nn/init.h"
#include "nn/predictor.h"
#include "nn/trainer.h"
#include "scratch.h"
#include "tap.h"

enum { IMAGES = 30, SIDE = 20, CLASSES = 4, TRAIN = 22, BATCH = 5 };

static struct err e;
static volatile sig_atomic_t always = 1;

/*
 * Thirty images, of which the first 22 are for training: of class 0 and 1 six each, of 2
 * and 3 five.
 */
struct setting {
	struct dataset d;
	struct net net;
	struct weights w;
	struct train_data data;
	uint32_t index[IMAGES];
	struct threads *pool;
};

static void must(int result)
{
	if (result >= 0)
		return;
	printf("Bail out! %s\n", e.text);
	exit(1);
}

static void setting_init(struct setting *s)
{
	scratch_dataset(scratch_path("data"), IMAGES, SIDE, CLASSES, false, false);
	must(dataset_open(&s->d, scratch_path("data"), &e));
	must(net_tutorial(&s->net, SIDE, CLASSES, &e));
	weights_init(&s->w, &s->net);
	init_weights(&s->net, 1, s->w.a);
	for (uint32_t i = 0; i < IMAGES; i++)
		s->index[i] = i;
	s->data = (struct train_data){ &s->d, s->index, s->index + TRAIN, TRAIN, IMAGES - TRAIN };
	s->pool = threads_new(2);
}

static struct train_options options(void)
{
	return (struct train_options){ .epochs = 2,
		                       .batch = BATCH,
		                       .rate = 1e-3,
		                       .seed = 5,
		                       .dropout = true,
		                       .shuffle = true,
		                       .run = "{}",
		                       .quiet = true };
}

/* What a run starts from. */
static struct model start(const struct setting *s)
{
	struct model m = { .net = s->net };

	memcpy(m.w, s->w.a, sizeof m.w);
	return m;
}

static struct train_result run(const struct setting *s, const struct engine *engine,
                               const struct train_options *o)
{
	struct model m = start(s);
	struct train_result r = {0};

	must(train(o, engine, &m, &s->data, s->pool, &r, &e));
	return r;
}

static bool same_weights(const struct net *net, const struct weights *a, const struct weights *b)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (memcmp(a->a[k], b->a[k], net_count(net, (enum net_array)k) * sizeof(float)))
			return false;
	return true;
}

/* ---- step by step ---- */

/* Epochs of the header's rules: a shuffle an epoch, whole batches only, steps that count on. */
static void by_hand(const struct setting *s, const struct engine *engine,
                    const struct train_options *o, const float *class_weight,
                    struct weights *w)
{
	struct trainer *t = trainer_new(engine, &s->net, BATCH, s->pool);
	struct adam adam = adam_keras((float)o->rate);
	struct batch_images images;
	uint32_t step = 0;

	batch_images_init(&images, &s->d, s->pool, BATCH);
	trainer_set(t, weights_const(&s->w), NULL, NULL, 0);
	for (uint32_t epoch = 0; epoch < (uint32_t)o->epochs; epoch++) {
		uint32_t order[TRAIN];
		struct rng r;

		memcpy(order, s->index, sizeof order);
		rng_init(&r, o->seed, RNG_SHUFFLE, epoch);
		if (o->shuffle)
			rng_shuffle(&r, order, TRAIN);
		for (int at = 0; at + BATCH <= TRAIN; at += BATCH) {
			struct batch_result got;
			float weight[BATCH];

			must(batch_images_fill(&images, order + at, BATCH, o->augment,
			                       o->seed, epoch, &e));
			for (int i = 0; i < BATCH; i++)
				weight[i] = class_weight ? class_weight[images.label[i]] : 1;
			trainer_step(
				t,
				&(struct batch){ .count = BATCH,
			                         .image = images.image,
			                         .label = images.label,
			                         .weight = class_weight ? weight : NULL,
			                         .dropout = o->dropout,
			                         .seed = o->seed,
			                         .step = ++step },
				&adam, &got);
		}
	}
	weights_init(w, &s->net);
	trainer_get(t, w->a, NULL, NULL);
	trainer_free(t);
	batch_images_release(&images);
}

static void check_by_hand(const struct setting *s, const struct engine *engine,
                          const struct train_options *o, const float *class_weight,
                          const char *what)
{
	struct train_result r = run(s, engine, o);
	struct weights w;

	by_hand(s, engine, o, class_weight, &w);
	ok(same_weights(&s->net, &r.w, &w), "%s: %s: the same as step by step", engine->name, what);
	is_int(r.num_examples, TRAIN / BATCH * BATCH, "images of one epoch: whole batches");
	weights_release(&r.w);
	weights_release(&w);
}

static void step_by_step(const struct setting *s, const struct engine *engine)
{
	/* 22 / (4 classes x images of the class), as scikit-learn's "balanced" */
	static const float balanced[CLASSES] = { 22 / 24.f, 22 / 24.f, 22 / 20.f, 22 / 20.f };
	struct train_options o = options();

	check_by_hand(s, engine, &o, NULL, "two epochs");
	o.shuffle = o.dropout = false;
	check_by_hand(s, engine, &o, NULL, "no shuffle, no dropout");
	o.augment = AUGMENT_ROTATE;
	check_by_hand(s, engine, &o, NULL, "augmented");
	o.balanced = true;
	check_by_hand(s, engine, &o, balanced, "balanced classes");
}

/* ---- threads ---- */

static void any_number_of_threads(struct setting *s, const struct engine *engine)
{
	static const int threads[] = { 1, 2, 7 };
	struct train_options o = options();
	struct train_result r[3];
	struct threads *pool = s->pool;

	o.bn_exact = o.balanced = true;
	o.augment = AUGMENT_DIHEDRAL;
	for (int i = 0; i < 3; i++) {
		s->pool = threads_new(threads[i]);
		r[i] = run(s, engine, &o);
		threads_free(s->pool);
	}
	s->pool = pool;
	for (int i = 1; i < 3; i++) {
		ok(same_weights(&s->net, &r[0].w, &r[i].w),
		   "%s: %d threads: the same weights", engine->name, threads[i]);
		ok(r[0].train.loss == r[i].train.loss &&
		           r[0].valid.loss == r[i].valid.loss &&
		           r[0].train.accuracy == r[i].train.accuracy &&
		           r[0].valid.accuracy == r[i].valid.accuracy,
		   "%s: %d threads: the same scores", engine->name, threads[i]);
	}
	for (int i = 0; i < 3; i++)
		weights_release(&r[i].w);
}

/* ---- stopped and gone on with ---- */

/* The signal is there all the time: a call does one batch, or ends the epoch. */
static void stopped_after_every_batch(const struct setting *s, const struct engine *engine)
{
	struct train_options o = options();
	struct model m = start(s);
	struct train_result once, r = {0};
	int stops = 0, status;
	char text[64];

	o.keep_best = o.bn_exact = true;
	once = run(s, engine, &o);
	o.checkpoint = scratch_path(engine->name);
	o.stop = &always;
	while ((status = train(&o, engine, &m, &s->data, s->pool, &r, &e)) == TRAIN_STOPPED) {
		weights_release(&r.w);
		stops++;
	}
	must(status);
	snprintf(text, sizeof text, "%s: stopped after every batch", engine->name);
	is_int(stops, 2 * (TRAIN / BATCH) + 1, text);
	ok(same_weights(&s->net, &once.w, &r.w), "%s: ... the same weights", engine->name);
	ok(once.train.loss == r.train.loss && once.valid.loss == r.valid.loss,
	   "%s: ... the same scores", engine->name);
	weights_release(&once.w);
	weights_release(&r.w);
}

/* ---- what changes the result ---- */

/* One step on the first images, from zero moments. */
static void first_step(const struct setting *s, struct trainer *trainer, float mu)
{
	struct adam adam = adam_keras(1e-3f);
	struct batch_images images;
	struct batch_result got;

	adam.proximal = mu;
	batch_images_init(&images, &s->d, s->pool, BATCH);
	must(batch_images_fill(&images, s->index, BATCH, AUGMENT_NONE, 0, 0, &e));
	trainer_step(trainer,
	             &(struct batch){ .count = BATCH,
	                              .image = images.image,
	                              .label = images.label },
	             &adam, &got);
	batch_images_release(&images);
}

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

/* Mean and variance in two passes over the features of all training images at once. */
static void exact_statistics(const struct setting *s, const struct engine *engine)
{
	struct train_options o = options();
	struct train_result plain, exact;
	size_t D = (size_t)s->net.dense;
	float *features = xaligned(TRAIN * D, sizeof *features), *mean = xaligned(D, 4),
	      *var = xaligned(D, 4);
	struct batch_images images;
	struct predictor *p;

	plain = run(s, engine, &o);
	o.bn_exact = true;
	exact = run(s, engine, &o);
	batch_images_init(&images, &s->d, s->pool, TRAIN);
	must(batch_images_fill(&images, s->index, TRAIN, AUGMENT_NONE, 0, 0, &e));
	p = predictor_new(engine, &s->net, weights_const(&plain.w), TRAIN, s->pool);
	predictor_run(p, images.image, TRAIN, NULL, features);
	for (size_t d = 0; d < D; d++) {
		double sum = 0, squares = 0;

		for (size_t n = 0; n < TRAIN; n++)
			sum += features[n * D + d] / (double)TRAIN;
		for (size_t n = 0; n < TRAIN; n++)
			squares += pow(features[n * D + d] - sum, 2) / TRAIN;
		mean[d] = (float)sum;
		var[d] = (float)squares;
	}
	are_near(exact.w.a[BN_MEAN], mean, D, 1e-6,
	         "exact statistics: the mean of all training images");
	are_near(exact.w.a[BN_VAR], var, D, 1e-6, "exact statistics: their variance");
	memcpy(exact.w.a[BN_MEAN], plain.w.a[BN_MEAN], D * sizeof(float));
	memcpy(exact.w.a[BN_VAR], plain.w.a[BN_VAR], D * sizeof(float));
	ok(same_weights(&s->net, &plain.w, &exact.w), "exact statistics: nothing else changes");
	predictor_free(p);
	batch_images_release(&images);
	weights_release(&plain.w);
	weights_release(&exact.w);
	free(features);
	free(mean);
	free(var);
}

/*
 * At a rate that makes the loss rise and fall, the best of six epochs is the end of a run
 * of so many.
 */
static void best_epoch(const struct setting *s)
{
	struct train_options o = options();
	struct train_result r, best;
	double least = INFINITY;
	int at = 0;

	o.rate = .005;
	for (o.epochs = 1; o.epochs <= 6; o.epochs++) {
		r = run(s, &engine_layers, &o);
		if (r.valid.loss < least) {
			least = r.valid.loss;
			at = o.epochs;
		}
		weights_release(&r.w);
	}
	o.epochs = at;
	r = run(s, &engine_layers, &o);
	o.epochs = 6;
	o.keep_best = true;
	best = run(s, &engine_layers, &o);
	ok(same_weights(&s->net, &best.w, &r.w), "the best of six epochs is number %d", at);
	weights_release(&r.w);
	weights_release(&best.w);
}

static void refusals(const struct setting *s)
{
	struct train_data none = s->data;
	struct train_options o = options();
	struct model m = start(s);
	struct train_result r;

	none.train_count = 0;
	is_int(train(&o, &engine_layers, &m, &none, s->pool, &r, &e), -1, "no images");
	ok(strstr(e.text, "no images to train on") != NULL, "%s", e.text);
	none = s->data;
	none.valid_count = 0;
	o.keep_best = true;
	is_int(train(&o, &engine_layers, &m, &none, s->pool, &r, &e), -1, "no best epoch");
	ok(strstr(e.text, "no validation images") != NULL, "%s", e.text);
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

/* ---- the predictor over a trainer's weights ---- */

/* Logits of the first N images by P, which is freed. */
static void predict(const struct setting *s, struct predictor *p, int n, float *logits)
{
	struct batch_images images;

	batch_images_init(&images, &s->d, s->pool, n);
	must(batch_images_fill(&images, s->index, n, AUGMENT_NONE, 0, 0, &e));
	predictor_run(p, images.image, n, logits, NULL);
	predictor_free(p);
	batch_images_release(&images);
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
		must(net_init(&net, sizes[i], 4, filters[0], 16, classes[i % 3], &e));
		one_step(&engine_layers, &net, pool);
		must(net_init(&net, sizes[i], 4, filters[1], 32, classes[i % 3], &e));
		one_step(engine_pick(&net, &e), &net, pool);
	}
}

int main(void)
{
	struct setting s = {0};
	const struct engine *engine[2] = { &engine_layers, NULL };

	scratch_begin();
	setting_init(&s);
	engine[1] = engine_pick(&s.net, &e);
	must(engine[1] ? 0 : -1);
	for (int i = 0; i < 2 && (!i || engine[1] != engine[0]); i++) {
		step_by_step(&s, engine[i]);
		if (!tap_is_slow())
			any_number_of_threads(&s, engine[i]);
		stopped_after_every_batch(&s, engine[i]);
		exact_statistics(&s, engine[i]);
		moments_anew(&s, engine[i]);
		predictor_of_trainer(&s, engine[i]);
	}
	proximal_term(&s);
	best_epoch(&s);
	refusals(&s);
	if (!tap_is_slow())
		any_size(s.pool);
	threads_free(s.pool);
	weights_release(&s.w);
	dataset_release(&s.d);
	return tap_end();
}
