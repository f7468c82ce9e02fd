/* The network against Keras: outputs, every layer, gradients, ten steps of Adam, the full size. */
#include <float.h>

#include "conv_forward.h"
#include "npy_file.h"
#include "must.h"
#include "tap.h"

#include "base/infile.h"
#include "base/mem.h"
#include "fused/engine_pick.h"
#include "nn/gemm.h"
#include "model/model.h"
#include "nn/norm.h"
#include "nn/pool.h"
#include "nn/predictor.h"
#include "nn/trainer.h"
#include "nn/elementwise.h"
#include "nn/softmax.h"
#include "model/weights.h"

#define GOLDEN "tests/data/keras/"

enum { IMAGES = 80, BATCH = 8, STEPS = 10, FULL = 100, PIXELS = FULL * FULL * 4 };

static struct err e;

static float *load_floats(const char *path, size_t count)
{
	struct npy a = {0};
	float *x = xaligned(count, sizeof *x);

	must(npy_file(&a, path, 1 << 24, &e), &e);
	if (npy_count(&a) < count)
		must(err_set(&e, "%s: too few numbers", path), &e);
	float *all = xaligned(npy_count(&a), sizeof *all);
	must(npy_to_f4(&a, all, &e), &e);
	memcpy(x, all, count * sizeof *x);
	free(all);
	npy_release(&a);
	return x;
}

static float *load_member(struct npz *z, const char *name, size_t *count)
{
	struct npy a = {0};
	float *x;

	must(npz_read(z, name, &a, 1 << 24, 0, &e), &e);
	*count = npy_count(&a);
	x = xaligned(*count, sizeof *x);
	must(npy_to_f4(&a, x, &e), &e);
	npy_release(&a);
	return x;
}

/* The 80 images of the small network, and their labels. */
struct golden {
	struct model w0;
	float *x;
	const float *image[IMAGES];
	int label[IMAGES];
	struct threads *pool;
};

static void golden_init(struct golden *g)
{
	size_t numbers = 20 * 20 * 4;
	float *y = load_floats(GOLDEN "y.npy", IMAGES);

	must(model_load(&g->w0, GOLDEN "w0.npz", 0, &e), &e);
	g->x = load_floats(GOLDEN "x.npy", IMAGES * numbers);
	for (size_t i = 0; i < IMAGES * numbers; i++)
		g->x[i] /= 255.0f;
	for (int i = 0; i < IMAGES; i++) {
		g->image[i] = g->x + (size_t)i * numbers;
		g->label[i] = (int)y[i];
	}
	free(y);
	g->pool = threads_new(2);
}

static void infer(const struct golden *g, const struct model *m, int n,
                  const char *golden, const char *what)
{
	int C = m->net.classes;
	float *want = load_floats(golden, (size_t)n * (size_t)C),
	      *got = xaligned((size_t)n * (size_t)C, sizeof *got);
	struct predictor *p = predictor_new(&engine_layers, &m->net, m->w, 32, g->pool);

	predictor_run(p, g->image, n, got, NULL);
	for (int i = 0; i < n; i++)
		softmax(got + i * C, got + i * C, C);
	are_near(got, want, (size_t)n * (size_t)C, 1e-6, what);
	predictor_free(p);
	free(got);
	free(want);
}

static void check_layer(struct npz *z, int layer, const float *got, int image, const char *what)
{
	char name[16], text[64];
	size_t count;
	float *want;

	snprintf(name, sizeof name, "%d", layer);
	snprintf(text, sizeof text, "layer %d, %s, image %d", layer, what, image);
	want = load_member(z, name, &count);
	are_near(got, want + count / 2 * (size_t)image, count / 2, 1e-5, text);
	free(want);
}

/*
 * Each layer's function on the golden output of the one before it would hide nothing:
 * here they run on.
 */
static void layer_by_layer(const struct golden *g, int image)
{
	struct npz *z = npz_open(GOLDEN "layers.npz", &e);
	const struct net *n = &g->w0.net;
	const float *const *w = g->w0.w;
	float *a = xaligned(40000, sizeof *a), *b = xaligned(40000, sizeof *b),
	      *scratch = xaligned(1 << 20, 4);
	float scale[32], shift[32];
	uint8_t *at = xmalloc(40000, 1);
	int layer = 0, side = n->size, C = n->channels;

	memcpy(a, g->image[image], (size_t)(side * side * C) * sizeof *a);
	for (int i = 0; i < 4; i++) {
		struct conv c = { side, side, C, n->filters[i], i % 2 == 0 };

		conv_forward(&c, b, a, w[2 * i], w[2 * i + 1], scratch);
		side = conv_out(side, c.same);
		C = c.K;
		check_layer(z, layer++, b, image, "convolution");
		elementwise_relu(b, (size_t)(side * side * C));
		check_layer(z, layer++, b, image, "relu");
		memcpy(a, b, (size_t)(side * side * C) * sizeof *a);
		if (i % 2 == 0)
			continue;
		pool_forward(a, at, b, side, side, C);
		side /= 2;
		check_layer(z, layer++, a, image, "max-pool");
	}
	check_layer(z, layer++, a, image, "flatten");
	memcpy(b, w[DENSE1_B], (size_t)n->dense * sizeof *b);
	gemm(GEMM_NN, 1, n->dense, n->flat, a, n->flat, w[DENSE1_W], n->dense, 1, b, n->dense);
	check_layer(z, layer++, b, image, "dense1");
	norm_affine(scale, shift, w[BN_GAMMA], w[BN_BETA], w[BN_MEAN], w[BN_VAR], n->dense);
	norm_apply(b, b, scale, shift, 1, n->dense);
	check_layer(z, layer++, b, image, "batch norm");
	elementwise_relu(b, (size_t)n->dense);
	check_layer(z, layer++, b, image, "relu");
	memcpy(a, w[DENSE2_B], (size_t)n->classes * sizeof *a);
	gemm(GEMM_NN, 1, n->classes, n->dense, b, n->dense, w[DENSE2_W], n->classes, 1, a,
	     n->classes);
	check_layer(z, layer++, a, image, "dense2");
	softmax(a, a, n->classes);
	check_layer(z, layer++, a, image, "softmax");
	npz_close(z);
	free(a);
	free(b);
	free(scratch);
	free(at);
}

static double largest(const float *x, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
		most = fabs(x[i]) > most ? fabs(x[i]) : most;
	return most;
}

static struct batch batch_of(const struct golden *g, int first)
{
	return (struct batch){ .count = BATCH,
		               .image = g->image + first,
		               .label = g->label + first };
}

static struct trainer *small_trainer(const struct golden *g)
{
	struct trainer *t = trainer_new(&engine_layers, &g->w0.net, BATCH, g->pool);

	trainer_set(t, g->w0.w, NULL, NULL, 0);
	return t;
}

static void gradients(const struct golden *g)
{
	struct npz *z = npz_open(GOLDEN "grads.npz", &e);
	struct trainer *t = small_trainer(g);
	struct batch b = batch_of(g, 0);
	struct batch_result r;
	struct weights dw;

	weights_init(&dw, &g->w0.net);
	trainer_gradients(t, &b, dw.a, &r);
	for (int k = 0; k < NET_ARRAYS; k++) {
		char name[16], text[32];
		size_t count;
		float *want;

		snprintf(name, sizeof name, "%d", k);
		snprintf(text, sizeof text, "gradient of array %d", k);
		want = load_member(z, name, &count);
		/* array 9's true gradient is 0; Keras's is rounding noise */
		are_near(dw.a[k], want, count,
		         k == DENSE1_B ? 1e-6 : 1e-5 * largest(want, count), text);
		free(want);
	}
	trainer_free(t);
	weights_release(&dw);
	npz_close(z);
}

/*
 * How far Adam's first step may move from Keras's at a gradient that float32 knows to a unit in the
 * last place of its array's largest: the derivative of g / (|g| + e) by g, at Keras's g. More
 * than 1e-5 only where a gradient is some millionths of the largest.
 */
static void first_step_room(struct npz *grads, int k, double *room, const struct adam *adam)
{
	char name[16];
	size_t count;
	float *g;
	double unit, eps = adam->epsilon / sqrt(1 - (double)adam->beta2);

	snprintf(name, sizeof name, "%d", k);
	g = load_member(grads, name, &count);
	unit = FLT_EPSILON * largest(g, count);
	for (size_t i = 0; i < count; i++) {
		double slope = eps / pow(fabs((double)g[i]) + eps, 2);

		/* exactly 0 behind a dead unit */
		room[i] = g[i] == 0 ? 0 : fmin(adam->rate * slope * unit, 2.0 * adam->rate);
	}
	free(g);
}

static void compare_weights(const struct net *net, const struct weights *got,
                            const char *path, int steps, const struct adam *adam)
{
	struct npz *grads = npz_open(GOLDEN "grads.npz", &e);
	struct model want;

	must(model_load(&want, path, 0, &e), &e);
	for (int k = 0; k < NET_ARRAYS; k++) {
		/* Adam turns rounding noise into full steps there */
		bool noise = k == DENSE1_B || k == BN_MEAN;
		size_t count = net_count(net, (enum net_array)k);
		double *tolerance = xmalloc(count, sizeof *tolerance);
		char text[64];

		memset(tolerance, 0, count * sizeof *tolerance);
		if (!noise && k != BN_VAR)
			first_step_room(grads, k, tolerance, adam);
		for (size_t i = 0; i < count; i++)
			tolerance[i] += noise ? steps * 1e-3 : 1e-5;
		snprintf(text, sizeof text, "array %d after %d steps", k, steps);
		are_within(got->a[k], want.w[k], count, tolerance, text);
		free(tolerance);
	}
	npz_close(grads);
	model_release(&want);
}

static void ten_steps(const struct golden *g)
{
	float *loss = load_floats(GOLDEN "losses.npy", STEPS);
	struct adam adam = adam_keras(1e-3f);
	struct trainer *t = small_trainer(g);
	struct weights w;

	weights_init(&w, &g->w0.net);
	for (int s = 0; s < STEPS; s++) {
		struct batch b = batch_of(g, s * BATCH);
		struct batch_result r;
		char text[32];

		trainer_step(t, &b, &adam, &r);
		snprintf(text, sizeof text, "loss of step %d", s + 1);
		is_near(r.loss / BATCH, loss[s], 1e-5, text);
		trainer_get(t, w.a, NULL, NULL);
		if (s == 0)
			compare_weights(&g->w0.net, &w, GOLDEN "w1.npz", 1, &adam);
		if (s == 1)
			compare_weights(&g->w0.net, &w, GOLDEN "w2.npz", 2, &adam);
	}
	compare_weights(&g->w0.net, &w, GOLDEN "w10.npz", STEPS, &adam);
	trainer_free(t);
	weights_release(&w);
	free(loss);
}

/* ---- full size, from the formula ---- */

static uint32_t hash(uint32_t i)
{
	i ^= i >> 16;
	i *= 0x85ebca6b;
	i ^= i >> 13;
	i *= 0xc2b2ae35;
	return i ^ i >> 16;
}

static double uniform(uint32_t stream, uint32_t i)
{
	return hash(i + (stream + 1) * 0x9e3779b9u) * 0x1p-32;
}

static void formula_weights(const struct net *net, struct weights *w)
{
	weights_init(w, net);
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4], count = net_count(net, (enum net_array)k);
		int dims = net_shape(net, (enum net_array)k, shape);
		double limit = .1, base = 0;

		if (dims > 1)
			limit = sqrt(6.0 / (double)(count / shape[dims - 1] +
			                            count / shape[dims - 2]));
		for (size_t i = 0; i < count; i++) {
			double u = uniform((uint32_t)k, (uint32_t)i);

			base = k == BN_GAMMA ? .5 + u
			       : k == BN_VAR ? .05 + .1 * u
			                     : (u - .5) * 2 * limit;
			w->a[k][i] = (float)base;
		}
	}
}

static void formula_images(float *x, const float **image, int n, uint32_t stream)
{
	for (uint32_t i = 0; i < (uint32_t)(n * PIXELS); i++)
		x[i] = (float)(hash(i + stream * 0x9e3779b9u) >> 24) / 255.0f;
	for (int i = 0; i < n; i++)
		image[i] = x + (size_t)i * PIXELS;
}

static void full_inference(const struct engine *engine, const struct net *net,
                           const struct weights *w, struct threads *pool)
{
	float *x = xaligned(2 * PIXELS, sizeof *x), logits[2 * 15];
	float *want = load_floats(GOLDEN "full_infer.npy", 2 * 15);
	const float *image[2];
	char text[64];
	struct predictor *p = predictor_new(engine, net, weights_const(w), 2, pool);

	formula_images(x, image, 2, 2000);
	predictor_run(p, image, 2, logits, NULL);
	for (int i = 0; i < 2; i++)
		softmax(logits + 15 * i, logits + 15 * i, 15);
	snprintf(text, sizeof text, "%s: full size, outputs", engine->name);
	are_near(logits, want, 2 * 15, 1e-6, text);
	predictor_free(p);
	free(x);
	free(want);
}

/*
 * From golden/keras/full_train.json: loss and the gradients' norms, in Keras's order
 * without the statistics.
 */
static void full_gradients(const struct engine *engine, const struct net *net,
                           const struct weights *w, struct threads *pool)
{
	static const int label[4] = { 3, 0, 14, 7 };
	float *x = xaligned(4 * PIXELS, sizeof *x);
	const float *image[4];
	struct batch b = { .count = 4, .image = image, .label = label };
	struct batch_result r;
	struct weights dw;
	struct infile f;
	struct json *v;
	struct trainer *t = trainer_new(engine, net, 4, pool);
	char text[64];

	must(infile_open(&f, GOLDEN "full_train.json", 1 << 16, &e), &e);
	v = json_parse((const char *)f.data, f.size, &e);
	infile_release(&f);
	formula_images(x, image, 4, 3000);
	weights_init(&dw, net);
	trainer_set(t, weights_const(w), NULL, NULL, 0);
	trainer_gradients(t, &b, dw.a, &r);
	snprintf(text, sizeof text, "%s: full size, loss", engine->name);
	is_near(r.loss / 4, json_get(v, "loss")->number, 1e-5, text);
	for (int k = 0, j = 0; k < NET_ARRAYS; k++) {
		double sum = 0, want;

		if (net_is_statistic(k))
			continue;
		want = json_get(v, "grad_l2")->items[j++].number;
		for (size_t i = 0; i < net_count(net, (enum net_array)k); i++)
			sum += (double)dw.a[k][i] * dw.a[k][i];
		snprintf(text, sizeof text, "%s: full size, norm of gradient %d", engine->name, k);
		is_near(sqrt(sum), want, k == DENSE1_B ? 1e-5 : 1e-4 * want, text);
	}
	json_free(v);
	trainer_free(t);
	weights_release(&dw);
	free(x);
}

static void full_size(struct threads *pool)
{
	const struct engine *engine[2] = { &engine_layers, NULL };
	struct weights w;
	struct net net;

	must(net_tutorial(&net, FULL, 15, &e), &e);
	engine[1] = engine_pick(&net, &e);
	if (!engine[1])
		must(-1, &e);
	formula_weights(&net, &w);
	is_near(w.a[0][0], 0.0199762918, 1e-10, "first weight of the formula");
	for (int i = 0; i < 2; i++) {
		if (i && engine[1] == engine[0])
			continue;
		full_inference(engine[i], &net, &w, pool);
		full_gradients(engine[i], &net, &w, pool);
	}
	weights_release(&w);
}

int main(void)
{
	struct golden g = {0};
	struct model w10;

	golden_init(&g);
	infer(&g, &g.w0, 8, GOLDEN "infer.npy", "outputs of the first weights");
	must(model_load(&w10, GOLDEN "w10.npz", 0, &e), &e);
	infer(&g, &w10, 77, GOLDEN "infer_w10.npy", "outputs after ten steps, a batch of 77");
	layer_by_layer(&g, 0);
	layer_by_layer(&g, 1);
	gradients(&g);
	ten_steps(&g);
	if (!tap_is_slow())
		full_size(g.pool);
	model_release(&w10);
	model_release(&g.w0);
	threads_free(g.pool);
	free(g.x);
	return tap_end();
}
