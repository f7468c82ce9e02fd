/*
 * A training run against the same steps taken one by one; the same bytes for any number
 * of threads, and when stopped after any batch; class weights, exact statistics, the best
 * epoch.
 */
#include "fused/engine_pick.h"
#include "train/train.h"

#include "base/rng.h"
#include "nn/init.h"
#include "nn/predictor.h"
#include "nn/trainer.h"
#include "must.h"
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

static void setting_init(struct setting *s)
{
	scratch_dataset(scratch_path("data"), IMAGES, SIDE, CLASSES, false, false);
	must(dataset_open(&s->d, scratch_path("data"), &e), &e);
	must(net_tutorial(&s->net, SIDE, CLASSES, &e), &e);
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

	must(train(o, engine, &m, &s->data, s->pool, &r, &e), &e);
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
			                       o->seed, epoch, &e), &e);
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
	must(status, &e);
	snprintf(text, sizeof text, "%s: stopped after every batch", engine->name);
	is_int(stops, 2 * (TRAIN / BATCH) + 1, text);
	ok(same_weights(&s->net, &once.w, &r.w), "%s: ... the same weights", engine->name);
	ok(once.train.loss == r.train.loss && once.valid.loss == r.valid.loss,
	   "%s: ... the same scores", engine->name);
	weights_release(&once.w);
	weights_release(&r.w);
}

/* ---- what changes the result ---- */

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
	must(batch_images_fill(&images, s->index, TRAIN, AUGMENT_NONE, 0, 0, &e), &e);
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

/* ---- numbers that are none ---- */

static void finds_each_array(const struct setting *s, const struct engine *engine)
{
	struct trainer *t = trainer_new(engine, &s->net, BATCH, s->pool);

	trainer_set(t, weights_const(&s->w), NULL, NULL, 0);
	ok(trainer_is_finite(t, true), "%s: all weights are finite", engine->name);
	for (int k = 0; k < NET_ARRAYS; k++) {
		float *last = &s->w.a[k][net_count(&s->net, (enum net_array)k) - 1], kept = *last;

		*last = NAN;
		trainer_set(t, weights_const(&s->w), NULL, NULL, 0);
		ok(!trainer_is_finite(t, true) && trainer_is_finite(t, false) == (k == DENSE1_W),
		   "%s: NaN in array %d is found", engine->name, k);
		*last = kept;
	}
	trainer_free(t);
}

/*
 * What conv1 gives is infinite, and what follows NaN, which relu makes 0: the loss stays finite.
 * The checkpoint stays that of the start.
 */
static void diverges(const struct setting *s, const struct engine *engine)
{
	struct model m = start(s);
	struct train_options o = options();
	struct train_result r;
	float *first = s->w.a[CONV1_W], kept = *first;
	struct npz *z;
	struct npy a = {0};

	o.checkpoint = scratch_path("diverging");
	remove(o.checkpoint);
	*first = 3e38f;
	ok(train(&o, engine, &m, &s->data, s->pool, &r, &e) < 0, "%s: diverges", engine->name);
	ok(!strcmp(e.text, "a weight became NaN or infinite in epoch 1, step 1: a smaller --rate "
	                   "may help"), "%s", e.text);
	z = npz_open(o.checkpoint, &e);
	must(z && npz_read(z, "0", &a, SIZE_MAX, 0, &e) == 0 ? 0 : -1, &e);
	ok(!memcmp(a.data, first, npy_count(&a) * sizeof *first), "the checkpoint is that before");
	npy_release(&a);
	npz_close(z);
	*first = kept;
}

int main(void)
{
	struct setting s = {0};
	const struct engine *engine[2] = { &engine_layers, NULL };

	scratch_begin();
	setting_init(&s);
	engine[1] = engine_pick(&s.net, &e);
	must(engine[1] ? 0 : -1, &e);
	for (int i = 0; i < 2 && (!i || engine[1] != engine[0]); i++) {
		if (!tap_is_slow())
			any_number_of_threads(&s, engine[i]);
		if (tap_is_for_threads())
			continue;
		step_by_step(&s, engine[i]);
		stopped_after_every_batch(&s, engine[i]);
		exact_statistics(&s, engine[i]);
		finds_each_array(&s, engine[i]);
		diverges(&s, engine[i]);
	}
	if (!tap_is_for_threads())
		best_epoch(&s);
	refusals(&s);
	threads_free(s.pool);
	weights_release(&s.w);
	dataset_release(&s.d);
	return tap_end();
}
