/*
 * Grad-CAM of every engine against a network in double, whose gradients are central differences,
 * and against Keras's (tests/data/keras/gradcam.npy).
 */
#include "nn/gradcam.h"

#include "base/mem.h"
#include "base/rng.h"
#include "fused/fused.h"
#include "kernels/kernels.h"
#include "model/model.h"
#include "nn/softmax.h"
#include "gradient.h"
#include "layers_double.h"
#include "must.h"
#include "npy_file.h"
#include "tap.h"

/*
 * Of a map's range, 0..1: engines sum thousands of products in single precision, in orders of their
 * own, and the weighted sum of the filters takes from each other what is nearly equal.
 */
static const double MAP_LOSS = 2e-5;
/* between two positions of the logit, whose kinks lie further apart */
static const double STEP = 1e-6;

static struct err e;

/* ---- a network in double ---- */

struct reference {
	struct net net;
	float *w[NET_ARRAYS];
	double *d[NET_ARRAYS];
	float *image;
	double *conv4;                  /* after relu */
	double *shifted, *pool, *y, *z; /* of logit */
};

static double *doubles(const float *x, size_t n)
{
	double *d = xmalloc(n, sizeof *d);

	for (size_t i = 0; i < n; i++)
		d[i] = x[i];
	return d;
}

/* Weights of a size that keeps activations near 1. */
static void draw_weights(struct reference *r, struct rng *rng)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4], count = net_count(&r->net, (enum net_array)k);
		int dims = net_shape(&r->net, (enum net_array)k, shape);
		double scale = dims == 1 ? .1 : 1;

		for (int i = 0; i + 1 < dims; i++)
			scale /= sqrt((double)shape[i]);
		r->w[k] = xaligned(count, sizeof(float));
		for (size_t i = 0; i < count; i++)
			r->w[k][i] = (float)(scale * rng_normal(rng)) +
			             (k == BN_GAMMA || k == BN_VAR ? 1 : 0);
		r->d[k] = doubles(r->w[k], count);
	}
}

static size_t map_count(const struct net *net)
{
	return (size_t)net->conv4_size * (size_t)net->conv4_size;
}

/* From the image to conv4, after relu. */
static void convolutions(struct reference *r)
{
	const struct net *n = &r->net;
	double *x = doubles(r->image, (size_t)(n->size * n->size * n->channels));
	int side = n->size, C = n->channels;

	for (int i = 0; i < 4; i++) {
		struct conv c = { side, side, C, n->filters[i], i % 2 == 0 };
		double *y;

		side = conv_out(side, c.same);
		C = c.K;
		y = xmalloc((size_t)(side * side * C), sizeof *y);
		conv_double(&c, y, x, r->d[2 * i], r->d[2 * i + 1]);
		relu_double(y, (size_t)(side * side * C));
		free(x);
		x = y;
		if (i != 1)
			continue;
		y = xmalloc((size_t)(side / 2 * (side / 2) * C), sizeof *y);
		pool_double(y, x, side, side, C);
		side /= 2;
		free(x);
		x = y;
	}
	r->conv4 = x;
}

static void reference_init(struct reference *r, const struct net *net, uint64_t seed)
{
	size_t pixels = (size_t)(net->size * net->size * net->channels);
	struct rng rng;

	*r = (struct reference){ .net = *net };
	rng_init(&rng, seed, RNG_SPLIT, 1);
	draw_weights(r, &rng);
	r->image = xaligned(pixels, sizeof(float));
	for (size_t i = 0; i < pixels; i++)
		r->image[i] = (float)rng_unit(&rng);
	convolutions(r);
	r->shifted = xmalloc(map_count(net) * (size_t)net->filters[3], sizeof(double));
	r->pool = xmalloc((size_t)net->flat, sizeof(double));
	r->y = xmalloc((size_t)net->dense, sizeof(double));
	r->z = xmalloc((size_t)net->classes, sizeof(double));
}

static void reference_release(struct reference *r)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		free(r->w[k]);
		free(r->d[k]);
	}
	free(r->image);
	free(r->conv4);
	free(r->shifted);
	free(r->pool);
	free(r->y);
	free(r->z);
}

/* Logit LABEL where BY is added to filter K of conv4's output at every position. */
static double logit(struct reference *r, int label, int k, double by)
{
	const struct net *n = &r->net;
	double *const *w = r->d;

	for (size_t i = 0; i < map_count(n) * (size_t)n->filters[3]; i++)
		r->shifted[i] = r->conv4[i] + ((int)i % n->filters[3] == k ? by : 0);
	pool_double(r->pool, r->shifted, n->conv4_size, n->conv4_size, n->filters[3]);
	dense_double(r->y, r->pool, w[DENSE1_W], w[DENSE1_B], 1, n->flat, n->dense);
	for (int d = 0; d < n->dense; d++)
		r->y[d] = w[BN_GAMMA][d] * (r->y[d] - w[BN_MEAN][d]) / sqrt(w[BN_VAR][d] + 1e-3) +
		          w[BN_BETA][d];
	relu_double(r->y, (size_t)n->dense);
	dense_double(r->z, r->y, w[DENSE2_W], w[DENSE2_B], 1, n->dense, n->classes);
	return r->z[label];
}

/*
 * The sum over the positions of a filter's gradient is the derivative along the shift of all of
 * them: however a pool breaks ties between the zeros of a block, the block moves as a whole.
 */
static void reference_map(struct reference *r, int label, float *map)
{
	const struct net *n = &r->net;
	int K = n->filters[3];
	double *sum = xcalloc(map_count(n), sizeof *sum), largest = 0;

	for (int k = 0; k < K; k++) {
		double weight = (logit(r, label, k, STEP) - logit(r, label, k, -STEP)) /
		                (2 * STEP) / (double)map_count(n);

		for (size_t i = 0; i < map_count(n); i++)
			sum[i] += weight * r->conv4[i * (size_t)K + (size_t)k];
	}
	for (size_t i = 0; i < map_count(n); i++)
		largest = fmax(largest, sum[i]);
	for (size_t i = 0; i < map_count(n); i++)
		map[i] = largest > 0 ? (float)(fmax(sum[i], 0) / largest) : 0;
	free(sum);
}

/* ---- the engines ---- */

/* Number I of those that compute NET here; NULL past the end. */
static const struct engine *engine_at(const struct net *net, int i)
{
	if (i == 0)
		return &engine_layers;
	return fused_fits(net) && kernels_at(i - 1) ? fused_engine(kernels_at(i - 1)) : NULL;
}

static void check_engine(const struct engine *engine, struct reference *r,
                         float *const *want)
{
	const struct net *n = &r->net;
	struct gradcam *g = gradcam_new(engine, n, (const float *const *)r->w);
	float *map = xmalloc(map_count(n), sizeof *map), *probability, z[64];
	char what[100];

	probability = xmalloc((size_t)n->classes, sizeof *probability);
	memcpy(probability, gradcam_forward(g, r->image), (size_t)n->classes * sizeof(float));
	for (int label = 0; label < n->classes; label++)
		z[label] = (float)logit(r, label, 0, 0);
	softmax(z, z, n->classes);
	snprintf(what, sizeof what, "%s: probabilities of %d pixels", engine->name, n->size);
	are_near(probability, z, (size_t)n->classes, 1e-5, what);
	for (int label = 0; label < n->classes; label++) {
		must(gradcam_map(g, label, map, &e), &e);
		snprintf(what, sizeof what, "%s: map of %d pixels, class %d", engine->name, n->size,
		         label);
		are_near(map, want[label], map_count(n), MAP_LOSS, what);
	}
	free(map);
	free(probability);
	gradcam_free(g);
}

static void check_net(int size, const int filters[4], int dense, int classes)
{
	const struct engine *engine;
	struct reference r;
	struct net net;
	float *want[64];

	must(net_init(&net, size, 4, filters, dense, classes, &e), &e);
	reference_init(&r, &net, (uint64_t)size);
	for (int label = 0; label < classes; label++) {
		want[label] = xmalloc(map_count(&net), sizeof(float));
		reference_map(&r, label, want[label]);
	}
	for (int i = 0; (engine = engine_at(&net, i)); i++)
		check_engine(engine, &r, want);
	for (int label = 0; label < classes; label++)
		free(want[label]);
	reference_release(&r);
}

/* What a class has no weights for looks nowhere; numbers beyond floats are told. */
static void check_extremes(void)
{
	const int filters[4] = { 32, 32, 32, 32 };
	const struct engine *engine;
	struct reference r;
	struct net net;
	float map[16];

	must(net_init(&net, 14, 4, filters, 32, 3, &e), &e);
	reference_init(&r, &net, 1);
	for (int d = 0; d < net.dense; d++)
		r.w[DENSE2_W][d * 3 + 1] = 0;
	for (int i = 0; (engine = engine_at(&net, i)); i++) {
		struct gradcam *g = gradcam_new(engine, &net, (const float *const *)r.w);
		bool zero = true;

		gradcam_forward(g, r.image);
		must(gradcam_map(g, 1, map, &e), &e);
		for (size_t p = 0; p < map_count(&net); p++)
			zero &= map[p] == 0;
		ok(zero, "%s: without weights the map is all zero", engine->name);
		gradcam_free(g);
	}
	for (int k = 0; k < net.filters[3]; k++)
		r.w[CONV4_B][k] = 3e38f;
	for (int i = 0; (engine = engine_at(&net, i)); i++) {
		struct gradcam *g = gradcam_new(engine, &net, (const float *const *)r.w);

		gradcam_forward(g, r.image);
		ok(gradcam_map(g, 0, map, &e) < 0 && strstr(e.text, "infinite"),
		   "%s: numbers that become infinite", engine->name);
		gradcam_free(g);
	}
	gradcam_free(NULL);
	reference_release(&r);
}

/* ---- Keras's maps ---- */

static float *golden(const char *path, size_t count)
{
	struct npy a = {0};
	float *x;

	must(npy_file(&a, path, 1 << 20, &e), &e);
	if (npy_count(&a) < count)
		must(err_set(&e, "%s: too few numbers", path), &e);
	x = xmalloc(npy_count(&a), sizeof *x);
	must(npy_to_f4(&a, x, &e), &e);
	npy_release(&a);
	return x;
}

static void check_keras(void)
{
	enum { IMAGES = 3, CLASSES = 15, PIXELS = 20 * 20 * 4, MAP = 7 * 7 };
	float *x = golden("tests/data/keras/x.npy", IMAGES * PIXELS);
	float *want = golden("tests/data/keras/gradcam.npy", IMAGES * CLASSES * MAP), map[MAP];
	struct gradcam *g;
	struct model m;

	must(model_load(&m, "tests/data/keras/w10.npz", 0, &e), &e);
	g = gradcam_new(&engine_layers, &m.net, m.w);
	for (int i = 0; i < IMAGES * PIXELS; i++)
		x[i] /= 255.0f;
	for (int i = 0; i < IMAGES * CLASSES; i++) {
		char what[64];

		if (i % CLASSES == 0)
			gradcam_forward(g, x + (size_t)(i / CLASSES) * PIXELS);
		must(gradcam_map(g, i % CLASSES, map, &e), &e);
		snprintf(what, sizeof what, "Keras: image %d, class %d", i / CLASSES, i % CLASSES);
		are_near(map, want + (size_t)i * MAP, MAP, 1e-5, what);
	}
	gradcam_free(g);
	model_release(&m);
	free(x);
	free(want);
}

int main(void)
{
	static const int small[4] = { 32, 32, 32, 64 }, odd[4] = { 3, 4, 5, 7 };

	/* with and without a last row and column that the pools drop, one and two rows of tiles */
	for (int size = 14; size <= 17; size++)
		check_net(size, small, 32, 3);
	check_net(25, small, 64, 2);
	check_net(19, odd, 20, 4);
	check_extremes();
	check_keras();
	return tap_end();
}
