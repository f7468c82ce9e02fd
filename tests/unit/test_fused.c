/*
 * The fused engines against layers: inference, gradients with and without dropout, steps
 * of Adam; sizes where pools drop a last row and tiles overhang. And against themselves:
 * the same bytes for any number of threads.
 */
#include "fused/fused.h"

#include "base/mem.h"
#include "base/rng.h"
#include "nn/dropout.h"
#include "nn/elementwise.h"
#include "nn/pool.h"
#include "nn/predictor.h"
#include "nn/trainer.h"
#include "conv_forward.h"
#include "tap.h"

/*
 * Relative to the root mean square of an array. Both sides add up thousands of products
 * in single precision, in different orders. Where two numbers of a pool's block, or one
 * and 0, differ by less than CLEAR of it, the gradient may take the other way; images for
 * which that is so are not used.
 */
static const double outputs_differ = 2e-5, gradients_differ = 2e-3, clear = 5e-6;

/* STEP: of the dropout masks */
enum { MAX_BATCH = 19, SEED = 99, STEP = 3 };

struct net_case {
	int size, channels, filters[4], dense, classes, count;
};

struct data {
	struct net net;
	float *w[NET_ARRAYS], *anchor[NET_ARRAYS];
	float *image[MAX_BATCH];
	int label[MAX_BATCH];
	float weight[MAX_BATCH];
};

static void arrays_new(float *a[NET_ARRAYS], const struct net *net)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		a[k] = xcalloc(net_count(net, (enum net_array)k), sizeof(float));
}

static void arrays_free(float *a[NET_ARRAYS])
{
	for (int k = 0; k < NET_ARRAYS; k++)
		free(a[k]);
}

/* Weights of a size that keeps activations near 1. */
static void draw_weights(const struct data *d, float *const w[NET_ARRAYS], struct rng *r)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4], count = net_count(&d->net, (enum net_array)k);
		int dims = net_shape(&d->net, (enum net_array)k, shape);
		double scale = dims == 1 ? .1 : 1;

		for (int i = 0; i + 1 < dims; i++)
			scale /= sqrt((double)shape[i]);
		for (size_t i = 0; i < count; i++)
			w[k][i] = (float)(scale * rng_normal(r)) +
			          (k == BN_GAMMA || k == BN_VAR ? 1 : 0);
	}
}

/* ---- images whose gradients are beyond doubt ---- */

static double root_mean_square(const float *x, size_t n)
{
	double square = 0;

	for (size_t i = 0; i < n; i++)
		square += (double)x[i] * x[i];
	return sqrt(square / (double)n);
}

/* No number of the map X is nearly 0. */
static bool signs_are_clear(const float *x, size_t n, double least)
{
	for (size_t i = 0; i < n; i++)
		if (fabsf(x[i]) < least)
			return false;
	return true;
}

/* No winner among the positive numbers of a block is nearly another's equal. */
static bool winners_are_clear(const float *x, int side, int C, double least)
{
	for (int i = 0; i < side / 2 * (side / 2) * C; i++) {
		int c = i % C, column = i / C % (side / 2), row = i / C / (side / 2);
		const float *p = x + ((size_t)(2 * row) * (size_t)side + (size_t)(2 * column)) *
		                             (size_t)C + c;
		float best = 0, second = 0;

		for (int k = 0; k < 4; k++) {
			float y = p[((size_t)(k / 2) * (size_t)side + (size_t)(k % 2)) * (size_t)C];

			second = y > best ? best : y > second ? y : second;
			best = y > best ? y : best;
		}
		if (best > 0 && best - second < least)
			return false;
	}
	return true;
}

/* Image N of a batch, with or without dropout. */
static bool is_clear(const struct data *d, int n, bool dropout)
{
	const struct net *net = &d->net;
	const float *x = d->image[n];
	float *map = NULL, *pooled[2] = { NULL, NULL };
	bool good = true;

	for (int i = 0; i < 4 && good; i++) {
		int in = i < 2 ? net->size : net->pool1_size, K = net->filters[i];
		int side = i == 1 ? net->conv2_size : i == 3 ? net->conv4_size : in;
		struct conv c = { in, in, i ? net->filters[i - 1] : net->channels, K, i % 2 == 0 };
		size_t count = (size_t)side * (size_t)side * (size_t)K;
		float *y = xmalloc(count, sizeof *y);
		float *scratch = xmalloc(conv_scratch(&c), sizeof *scratch);
		double least;

		conv_forward(&c, y, x, d->w[2 * i], d->w[2 * i + 1], scratch);
		least = clear * root_mean_square(y, count);
		good = signs_are_clear(y, count, least) &&
		       (i % 2 == 0 || winners_are_clear(y, side, K, least));
		elementwise_relu(y, count);
		free(scratch);
		free(map);
		x = map = y;
		if (i % 2) {
			uint32_t left = (uint32_t)(side / 2 * (side / 2) * K);
			uint8_t *keep = xmalloc(left, 1);
			float *p = pooled[i / 2] = xmalloc(left, sizeof *p);

			pool_forward(p, NULL, y, side, side, K);
			dropout_mask(keep, i / 2, SEED, STEP, (uint32_t)n, 0, left);
			if (dropout)
				dropout_apply(p, keep, i / 2, left);
			free(keep);
			x = p;
		}
	}
	free(map);
	free(pooled[0]);
	free(pooled[1]);
	return good;
}

static void draw_image(struct data *d, int n, struct rng *r)
{
	size_t numbers = (size_t)(d->net.size * d->net.size * d->net.channels);

	do
		for (size_t i = 0; i < numbers; i++)
			d->image[n][i] = (float)rng_unit(r);
	while (!is_clear(d, n, false) || !is_clear(d, n, true));
}

static void data_new(struct data *d, const struct net_case *c)
{
	struct rng r;
	struct err e;
	size_t numbers = (size_t)(c->size * c->size * c->channels);

	rng_init(&r, 5, RNG_SPLIT, 1);
	if (net_init(&d->net, c->size, c->channels, c->filters, c->dense, c->classes, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	arrays_new(d->w, &d->net);
	arrays_new(d->anchor, &d->net);
	draw_weights(d, d->w, &r);
	draw_weights(d, d->anchor, &r);
	for (int n = 0; n < MAX_BATCH; n++) {
		d->image[n] = xmalloc(numbers, sizeof(float));
		draw_image(d, n, &r);
		d->label[n] = (int)rng_below(&r, (uint32_t)c->classes);
		d->weight[n] = (float)rng_unit(&r) + .5f;
	}
}

static void data_free(struct data *d)
{
	arrays_free(d->w);
	arrays_free(d->anchor);
	for (int n = 0; n < MAX_BATCH; n++)
		free(d->image[n]);
}

static bool near(const float *got, const float *want, size_t count, double tolerance,
                 const char *engine, const char *what)
{
	double square = 0, most = 0;
	size_t worst = 0;

	for (size_t i = 0; i < count; i++) {
		double d = fabs((double)got[i] - want[i]);

		square += (double)want[i] * want[i];
		if (!(d <= most)) {
			most = d;
			worst = i;
		}
	}
	square = sqrt(square / (double)count);
	if (ok(most <= tolerance * square, "%s: %s", engine, what))
		return true;
	printf("#   at %zu of %zu: got %.9g, expected %.9g; rms %g\n", worst, count,
	       got[worst], want[worst], square);
	return false;
}

static struct batch batch_of(const struct data *d, int count, bool dropout)
{
	return (struct batch){
		.count = count, .image = (const float *const *)d->image, .label = d->label,
		.weight = dropout ? d->weight : NULL, .dropout = dropout,
		.seed = SEED, .step = STEP,
	};
}

static void check_inference(const struct engine *e, const struct data *d, int n,
                            struct threads *pool)
{
	size_t D = (size_t)d->net.dense, C = (size_t)d->net.classes;
	float *logits[2], *features[2];
	const struct engine *engine[2] = { e, &engine_layers };
	char what[100];

	for (int i = 0; i < 2; i++) {
		struct predictor *p = predictor_new(engine[i], &d->net,
		                                    (const float *const *)d->w, 16, pool);

		logits[i] = xmalloc((size_t)n * C, sizeof(float));
		features[i] = xmalloc((size_t)n * D, sizeof(float));
		predictor_run(p, (const float *const *)d->image, n, logits[i], features[i]);
		predictor_free(p);
	}
	snprintf(what, sizeof what, "features of %d images of %d", n, d->net.size);
	near(features[0], features[1], (size_t)n * D, outputs_differ, e->name, what);
	near(logits[0], logits[1], (size_t)n * C, outputs_differ, e->name, "logits");
	for (int i = 0; i < 2; i++) {
		free(logits[i]);
		free(features[i]);
	}
}

static void check_gradients(const struct engine *e, const struct data *d, int count,
                            bool dropout, struct threads *pool)
{
	const struct engine *engine[2] = { e, &engine_layers };
	struct batch b = batch_of(d, count, dropout);
	struct batch_result r[2];
	float *g[2][NET_ARRAYS];
	char what[100];

	for (int i = 0; i < 2; i++) {
		struct trainer *t = trainer_new(engine[i], &d->net, MAX_BATCH, pool);

		arrays_new(g[i], &d->net);
		trainer_set(t, (const float *const *)d->w, NULL, NULL, 0);
		trainer_gradients(t, &b, g[i], &r[i]);
		trainer_free(t);
	}
	snprintf(what, sizeof what, "%s: loss of %d images of %d, dropout %d", e->name,
	         count, d->net.size, dropout);
	is_near(r[0].loss, r[1].loss, 1e-5 * r[1].loss, what);
	is_int(r[0].correct, r[1].correct, "correct answers");
	for (int k = 0; k < NET_ARRAYS; k++) {
		snprintf(what, sizeof what, "gradient of array %d", k);
		near(g[0][k], g[1][k], net_count(&d->net, (enum net_array)k),
		     gradients_differ, e->name, what);
	}
	arrays_free(g[0]);
	arrays_free(g[1]);
}

/* A trainer before its first step. */
static struct trainer *start(const struct engine *e, const struct data *d, struct threads *pool)
{
	struct trainer *t = trainer_new(e, &d->net, MAX_BATCH, pool);

	trainer_set(t, (const float *const *)d->w, NULL, NULL, 0);
	trainer_anchor(t, (const float *const *)d->anchor);
	return t;
}

/* Step 0 or 1, of which the second is a smaller batch. OUT: weights and moments after it. */
static void take_step(struct trainer *t, const struct data *d, int count, int step,
                      float *out[3][NET_ARRAYS])
{
	struct batch b = batch_of(d, step ? (count + 1) / 2 : count, true);
	struct adam a = adam_keras(1e-3f);
	struct batch_result r;

	a.proximal = count % 2 ? .05f : 0;
	trainer_step(t, &b, &a, &r);
	for (int i = 0; i < 3; i++)
		arrays_new(out[i], &d->net);
	trainer_get(t, out[0], out[1], out[2]);
}

static void out_free(float *out[3][NET_ARRAYS])
{
	for (int i = 0; i < 3; i++)
		arrays_free(out[i]);
}

static void check_threads(const struct engine *e, const struct data *d, int count)
{
	float *first[3][NET_ARRAYS], *out[2][3][NET_ARRAYS];
	bool same = true;

	for (int i = 0; i < 2; i++) {
		struct threads *pool = threads_new(i ? 3 : 1);
		struct trainer *t = start(e, d, pool);

		take_step(t, d, count, 0, first);
		take_step(t, d, count, 1, out[i]);
		out_free(first);
		trainer_free(t);
		threads_free(pool);
	}
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < NET_ARRAYS; k++)
			same &= !memcmp(out[0][i][k], out[1][i][k],
			                net_count(&d->net, (enum net_array)k) * sizeof(float));
	out_free(out[0]);
	out_free(out[1]);
	ok(same, "%s: two steps on %d images of %d: same bytes with 1 and 3 threads",
	   e->name, count, d->net.size);
}

/*
 * A step moves a weight by up to the rate whatever its gradient's size: compared are the
 * moments, which are not so. The second step is taken from the first weights, for which the
 * images are clear, and from the first step's moments.
 */
static void check_steps(const struct engine *e, const struct data *d, int count,
                        struct threads *pool)
{
	struct trainer *t = start(e, d, pool), *layers = start(&engine_layers, d, pool);
	char what[100];

	for (int step = 0; step < 2; step++) {
		float *got[3][NET_ARRAYS], *want[3][NET_ARRAYS];

		take_step(t, d, count, step, got);
		take_step(layers, d, count, step, want);
		for (int k = 0; k < NET_ARRAYS; k++) {
			size_t n = net_count(&d->net, (enum net_array)k);

			snprintf(what, sizeof what, "array %d after step %d", k, step + 1);
			if (k == BN_MEAN || k == BN_VAR)
				near(got[0][k], want[0][k], n, outputs_differ, e->name, what);
			snprintf(what, sizeof what, "moments of array %d after step %d", k,
			         step + 1);
			near(got[1][k], want[1][k], n, gradients_differ, e->name, what);
			near(got[2][k], want[2][k], n, 2 * gradients_differ, e->name, what);
		}
		trainer_set(t, (const float *const *)d->w, (const float *const *)got[1],
		            (const float *const *)got[2], 1);
		trainer_set(layers, (const float *const *)d->w, (const float *const *)got[1],
		            (const float *const *)got[2], 1);
		out_free(got);
		out_free(want);
	}
	trainer_free(t);
	trainer_free(layers);
}

static const struct net_case cases[] = {
	{ 10, 4, { 32, 32, 64, 64 }, 32, 3, 5 },
	{ 20, 4, { 32, 32, 64, 64 }, 64, 15, 19 },
	{ 21, 4, { 32, 32, 64, 64 }, 64, 5, 7 },
	{ 22, 3, { 32, 32, 64, 64 }, 32, 5, 2 },
	{ 23, 4, { 32, 32, 64, 64 }, 32, 5, 1 },
	{ 26, 4, { 64, 32, 32, 32 }, 32, 4, 3 },
	{ 29, 1, { 32, 64, 96, 32 }, 96, 2, 3 },
};

static void check_case(const struct engine *e, const struct net_case *c, bool slow)
{
	struct threads *pool = threads_new(2);
	struct data d;

	data_new(&d, c);
	ok(fused_fits(&d.net), "fused fits images of %d", c->size);
	check_inference(e, &d, 1, pool);
	if (!slow) {
		check_inference(e, &d, MAX_BATCH, pool);
		check_gradients(e, &d, c->count, false, pool);
		check_threads(e, &d, c->count);
		check_steps(e, &d, c->count, pool);
	}
	check_gradients(e, &d, c->count < 3 ? c->count : 3, true, pool);
	data_free(&d);
	threads_free(pool);
}

int main(void)
{
	const struct kernels *k;
	const int small[4] = { 8, 8, 16, 16 };
	struct net net;
	struct err e;

	for (int i = 0; (k = kernels_at(i)); i++) {
		/* the engine's threads are the same whatever the kernels */
		if (i && tap_is_for_threads())
			break;
		bool slow = k == &kernels_ref || tap_is_slow();
		size_t n = tap_is_slow() ? 1 : slow ? 3 : sizeof cases / sizeof *cases;

		for (size_t c = 0; c < n; c++)
			check_case(fused_engine(k), &cases[c], slow);
	}
	ok(net_init(&net, 20, 4, small, 32, 15, &e) == 0 && !fused_fits(&net),
	   "fused leaves small networks to layers");
	return tap_end();
}
