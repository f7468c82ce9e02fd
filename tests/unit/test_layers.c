/*
 * Each layer, forward and backward, and the network as a whole against the formulas of
 * the headers in double: gradients against central differences of the loss. Sizes are
 * odd, and channels fill no vector.
 */
#include "nn/engine.h"

#include "base/mem.h"
#include "base/rng.h"
#include "nn/dropout.h"
#include "nn/gemm.h"
#include "nn/norm.h"
#include "nn/pool.h"
#include "nn/elementwise.h"
#include "nn/softmax.h"
#include "nn/trainer.h"
#include "conv_forward.h"
#include "tap.h"

/*
 * What single precision may lose, relative to the largest number of the array: the sums
 * have up to 3000 terms, whose rounding errors of 2^-24 add up like a random walk. The
 * differences themselves are good to 1e-8: the third derivative is near 1, and doubles
 * give 1e-16 / STEP.
 */
static const double LOSS = 1e-5, STEP = 1e-5;

/* Numbers that single precision holds exactly, for both sides to start from. */
struct numbers {
	size_t n;
	float *f;
	double *d;
};

static struct numbers numbers(struct rng *r, size_t n, double scale)
{
	struct numbers x = { n, xaligned(n, sizeof(float)), xmalloc(n, sizeof(double)) };

	for (size_t i = 0; i < n; i++)
		x.d[i] = x.f[i] = (float)(scale * rng_normal(r));
	return x;
}

static void release(struct numbers *x)
{
	free(x->f);
	free(x->d);
}

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* GOT is float, WANT double; LOSS relative to the largest that is wanted. */
static void close_to(const float *got, const double *want, size_t n, const char *what)
{
	float *rounded = xaligned(n, sizeof *rounded);
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		rounded[i] = (float)want[i];
		most = fabs(want[i]) > most ? fabs(want[i]) : most;
	}
	are_near(got, rounded, n, LOSS * most + 1e-7, what);
	free(rounded);
}

/* GOT against central differences of LOSS in the N variables X. */
static void check_gradient(const float *got, double *x, size_t n,
                           double (*loss)(const void *), const void *arg,
                           const char *what)
{
	double *want = xmalloc(n, sizeof *want);

	for (size_t i = 0; i < n; i++) {
		double at = x[i], up;

		x[i] = at + STEP;
		up = loss(arg);
		x[i] = at - STEP;
		want[i] = (up - loss(arg)) / (2 * STEP);
		x[i] = at;
	}
	close_to(got, want, n, what);
	free(want);
}

/* ---- the formulas in double ---- */

static void conv_double(const struct conv *c, double *y, const double *x, const double *w,
                        const double *b)
{
	int rows = conv_out(c->H, c->same), cols = conv_out(c->W, c->same), pad = c->same;

	for (int i = 0; i < rows; i++)
		for (int j = 0; j < cols; j++)
			for (int k = 0; k < c->K; k++) {
				double sum = b[k];

				for (int t = 0; t < 9; t++) {
					int row = i + t / 3 - pad, col = j + t % 3 - pad;

					if (row < 0 || row >= c->H || col < 0 || col >= c->W)
						continue;
					for (int a = 0; a < c->C; a++)
						sum += x[(row * c->W + col) * c->C + a] *
						       w[(t * c->C + a) * c->K + k];
				}
				y[(i * cols + j) * c->K + k] = sum;
			}
}

static void pool_double(double *y, const double *x, int H, int W, int C)
{
	for (int i = 0; i < H / 2; i++)
		for (int j = 0; j < W / 2; j++)
			for (int c = 0; c < C; c++) {
				double most = -INFINITY;

				for (int t = 0; t < 4; t++)
					most = fmax(
						most,
						x[((2 * i + t / 2) * W + 2 * j + t % 2) *
					                  C +
					          c]);
				*y++ = most;
			}
}

static void relu_double(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = fmax(x[i], 0);
}

/* By the statistics of the N rows themselves. */
static void norm_double(double *y, const double *x, const double *gamma,
                        const double *beta, int N, int D)
{
	for (int d = 0; d < D; d++) {
		double mean = 0, var = 0;

		for (int n = 0; n < N; n++)
			mean += x[n * D + d] / N;
		for (int n = 0; n < N; n++)
			var += (x[n * D + d] - mean) * (x[n * D + d] - mean) / N;
		for (int n = 0; n < N; n++)
			y[n * D + d] = gamma[d] * (x[n * D + d] - mean) /
			                       sqrt(var + 1e-3) +
			               beta[d];
	}
}

static void dense_double(double *y, const double *x, const double *w, const double *b,
                         int N, int in, int out)
{
	for (int n = 0; n < N; n++)
		for (int o = 0; o < out; o++) {
			double sum = b[o];

			for (int i = 0; i < in; i++)
				sum += x[n * in + i] * w[i * out + o];
			y[n * out + o] = sum;
		}
}

static double loss_double(const double *z, int label, int classes)
{
	double sum = 0;

	for (int k = 0; k < classes; k++)
		sum += exp(z[k] - z[label]);
	return log(sum);
}

/* ---- convolution ---- */

struct conv_case {
	struct conv c;
	struct numbers x, w, b, dy;
	double *y;
};

static double conv_loss(const void *arg)
{
	const struct conv_case *t = arg;

	conv_double(&t->c, t->y, t->x.d, t->w.d, t->b.d);
	return dot(t->y, t->dy.d, t->dy.n);
}

static void convolution(struct rng *r, struct conv c)
{
	size_t in = (size_t)(c.H * c.W * c.C),
	       out = (size_t)(conv_out(c.H, c.same) * conv_out(c.W, c.same) * c.K);
	struct conv_case t = { c,
		               numbers(r, in, 1),
		               numbers(r, (size_t)(9 * c.C * c.K), .3),
		               numbers(r, (size_t)c.K, 1),
		               numbers(r, out, 1),
		               xmalloc(out, sizeof(double)) };
	struct numbers y = numbers(r, out, 1), dx = numbers(r, in, 1),
		       dw = numbers(r, t.w.n, 1), db = numbers(r, t.b.n, 1);
	float *scratch = xaligned(conv_scratch(&c), sizeof *scratch);
	char text[96], name[80];

	snprintf(name, sizeof name, "convolution %d x %d x %d to %d, %s", c.H, c.W, c.C,
	         c.K, c.same ? "same" : "valid");
	conv_loss(&t);
	conv_forward(&c, y.f, t.x.f, t.w.f, t.b.f, scratch);
	close_to(y.f, t.y, out, name);
	conv_backward(&c, dx.f, dw.f, db.f, t.dy.f, t.x.f, t.w.f, scratch);
	snprintf(text, sizeof text, "%s: dx", name);
	check_gradient(dx.f, t.x.d, in, conv_loss, &t, text);
	snprintf(text, sizeof text, "%s: dw", name);
	check_gradient(dw.f, t.w.d, t.w.n, conv_loss, &t, text);
	snprintf(text, sizeof text, "%s: db", name);
	check_gradient(db.f, t.b.d, t.b.n, conv_loss, &t, text);
	conv_backward(&c, NULL, dw.f, db.f, t.dy.f, t.x.f, t.w.f, scratch);
	snprintf(text, sizeof text, "%s: dw without dx", name);
	check_gradient(dw.f, t.w.d, t.w.n, conv_loss, &t, text);
	struct numbers *all[] = { &t.x, &t.w, &t.b, &t.dy, &y, &dx, &dw, &db };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		release(all[i]);
	free(t.y);
	free(scratch);
}

/*
 * An image that takes several strips of windows: the gradients as sums, since differences
 * would take minutes.
 */
static void convolution_in_strips(struct rng *r, bool same)
{
	struct conv c = { 23, 70, 24, 3, same };
	int rows = conv_out(c.H, same), cols = conv_out(c.W, same);
	struct numbers x = numbers(r, (size_t)(c.H * c.W * c.C), 1),
		       w = numbers(r, (size_t)(9 * c.C * c.K), .1);
	struct numbers b = numbers(r, (size_t)c.K, 1),
		       dy = numbers(r, (size_t)(rows * cols * c.K), 1);
	struct numbers dx = numbers(r, x.n, 1), dw = numbers(r, w.n, 1),
		       db = numbers(r, b.n, 1), y = numbers(r, dy.n, 1);
	float *scratch = xaligned(conv_scratch(&c), sizeof *scratch);

	ok(conv_scratch(&c) < (size_t)(9 * c.C) * (size_t)(rows * cols) / 2,
	   "more than two strips");
	conv_forward(&c, y.f, x.f, w.f, b.f, scratch);
	conv_backward(&c, dx.f, dw.f, db.f, dy.f, x.f, w.f, scratch);
	conv_double(&c, y.d, x.d, w.d, b.d);
	memset(dx.d, 0, dx.n * sizeof *dx.d);
	memset(dw.d, 0, dw.n * sizeof *dw.d);
	for (int i = 0; i < rows * cols * 9; i++) {
		int at = i / 9, row = at / cols + i % 9 / 3 - same, col = at % cols + i % 3 - same;

		if (row < 0 || row >= c.H || col < 0 || col >= c.W)
			continue;
		for (int j = 0; j < c.C * c.K; j++) {
			size_t pixel = (size_t)((row * c.W + col) * c.C + j / c.K),
			       tap = (size_t)(i % 9 * c.C * c.K + j);
			double g = dy.d[at * c.K + j % c.K];

			dx.d[pixel] += g * w.d[tap];
			dw.d[tap] += g * x.d[pixel];
		}
	}
	close_to(y.f, y.d, y.n, same ? "strips, same" : "strips, valid");
	close_to(dx.f, dx.d, dx.n, same ? "strips, same: dx" : "strips, valid: dx");
	close_to(dw.f, dw.d, dw.n, same ? "strips, same: dw" : "strips, valid: dw");
	struct numbers *all[] = { &x, &w, &b, &dy, &y, &dx, &dw, &db };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		release(all[i]);
	free(scratch);
}

/* ---- pool and relu ---- */

struct pool_case {
	int H, W, C;
	struct numbers x, dy;
	double *y;
};

static double pool_loss(const void *arg)
{
	const struct pool_case *t = arg;

	pool_double(t->y, t->x.d, t->H, t->W, t->C);
	return dot(t->y, t->dy.d, t->dy.n);
}

static void pooling(struct rng *r, int H, int W, int C)
{
	size_t in = (size_t)(H * W * C), out = (size_t)(H / 2 * (W / 2) * C);
	struct pool_case t = { H,
		               W,
		               C,
		               numbers(r, in, 1),
		               numbers(r, out, 1),
		               xmalloc(out, sizeof(double)) };
	struct numbers y = numbers(r, out, 1), dx = numbers(r, in, 1);
	uint8_t *at = xmalloc(out, 1);
	char text[64];

	snprintf(text, sizeof text, "pool %d x %d x %d", H, W, C);
	pool_loss(&t);
	pool_forward(y.f, at, t.x.f, H, W, C);
	close_to(y.f, t.y, out, text);
	pool_backward(dx.f, t.dy.f, at, H, W, C);
	snprintf(text, sizeof text, "pool %d x %d x %d: dx", H, W, C);
	check_gradient(dx.f, t.x.d, in, pool_loss, &t, text);
	struct numbers *all[] = { &t.x, &t.dy, &y, &dx };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		release(all[i]);
	free(t.y);
	free(at);
}

/* Vectors, and what is left of them. */
static void elementwise(void)
{
	enum { N = 37 };
	static const float some[5] = { -3, -1e-30f, 0, 1e-30f, 2 };
	static const float relu[5] = { 0, 0, 0, 1e-30f, 2 }, passed[5] = { 0, 0, 0, 7, 7 };
	float x[N], dy[N], sum[N], want[N], want_dy[N], want_sum[N];

	for (int i = 0; i < N; i++) {
		x[i] = some[i % 5];
		want[i] = relu[i % 5];
		dy[i] = 7;
		want_dy[i] = passed[i % 5];
		sum[i] = (float)i;
		want_sum[i] = sum[i] + want[i];
	}
	elementwise_relu(x, N);
	are_near(x, want, N, 0, "relu");
	elementwise_relu_backward(dy, x, N);
	are_near(dy, want_dy, N, 0, "relu: the gradient at 0 is 0");
	elementwise_add(sum, x, N);
	are_near(sum, want_sum, N, 0, "sums");
}

/* ---- batch norm ---- */

struct norm_case {
	int N, D;
	struct numbers x, gamma, beta, dy;
	double *y;
};

static double norm_loss(const void *arg)
{
	const struct norm_case *t = arg;

	norm_double(t->y, t->x.d, t->gamma.d, t->beta.d, t->N, t->D);
	return dot(t->y, t->dy.d, t->dy.n);
}

static void normalisation(struct rng *r, int N, int D)
{
	size_t n = (size_t)(N * D), d = (size_t)D;
	struct norm_case t = { N,
		               D,
		               numbers(r, n, 1),
		               numbers(r, d, 1),
		               numbers(r, d, 1),
		               numbers(r, n, 1),
		               xmalloc(n, sizeof(double)) };
	struct numbers y = numbers(r, n, 1), dx = numbers(r, n, 1),
		       dgamma = numbers(r, d, 1), dbeta = numbers(r, d, 1);
	struct numbers mean = numbers(r, d, 1), var = numbers(r, d, 1),
		       scale = numbers(r, d, 1), shift = numbers(r, d, 1);
	char text[64];

	snprintf(text, sizeof text, "batch norm of %d x %d", N, D);
	norm_loss(&t);
	norm_statistics(mean.f, var.f, t.x.f, N, D);
	norm_affine(scale.f, shift.f, t.gamma.f, t.beta.f, mean.f, var.f, D);
	norm_apply(y.f, t.x.f, scale.f, shift.f, N, D);
	close_to(y.f, t.y, n, text);
	norm_backward(dx.f, dgamma.f, dbeta.f, t.dy.f, t.x.f, mean.f, var.f, t.gamma.f, N, D);
	snprintf(text, sizeof text, "batch norm of %d x %d: dx", N, D);
	check_gradient(dx.f, t.x.d, n, norm_loss, &t, text);
	snprintf(text, sizeof text, "batch norm of %d x %d: dgamma", N, D);
	check_gradient(dgamma.f, t.gamma.d, d, norm_loss, &t, text);
	snprintf(text, sizeof text, "batch norm of %d x %d: dbeta", N, D);
	check_gradient(dbeta.f, t.beta.d, d, norm_loss, &t, text);
	struct numbers *all[] = { &t.x,    &t.gamma, &t.beta, &t.dy, &y,     &dx,
		                  &dgamma, &dbeta,   &mean,   &var,  &scale, &shift };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		release(all[i]);
	free(t.y);
}

static void norm_details(void)
{
	const float gamma = 2, beta = 3, mean = 5, below = -5e-4f, batch = 10;
	float scale, shift, moving = 1;

	norm_affine(&scale, &shift, &gamma, &beta, &mean, &below, 1);
	is_near(scale, 2 / sqrt(5e-4), 1e-4, "a variance below 0 counts as it is");
	is_near(shift, 3 - 10 / sqrt(5e-4), 1e-3, "and in the shift");
	norm_update(&moving, &batch, 1);
	is_near(moving, 1.09, 1e-6, "moving statistics take one part in a hundred");
}

/* ---- products ---- */

/* C = A B + beta C for all three forms, inside larger arrays whose other numbers must stay. */
static void product(struct rng *r, enum gemm_form form, int m, int n, int k, float beta)
{
	static const char *const name[] = { "NN", "NT", "TN" };
	int lda = (form == GEMM_TN ? m : k) + 3, ldb = (form == GEMM_NT ? k : n) + 2, ldc = n + 1;
	struct numbers a = numbers(r, (size_t)((form == GEMM_TN ? k : m) * lda), 1);
	struct numbers b = numbers(r, (size_t)((form == GEMM_NT ? n : k) * ldb), 1),
		       c = numbers(r, (size_t)(m * ldc), 1);
	char text[64];

	gemm(form, m, n, k, a.f, lda, b.f, ldb, beta, c.f, ldc);
	for (int i = 0; i < m; i++)
		for (int j = 0; j < n; j++) {
			double sum = beta * c.d[i * ldc + j];

			for (int l = 0; l < k; l++)
				sum += a.d[form == GEMM_TN ? l * lda + i : i * lda + l] *
				       b.d[form == GEMM_NT ? j * ldb + l : l * ldb + j];
			c.d[i * ldc + j] = sum;
		}
	snprintf(text, sizeof text, "product %s, %d x %d x %d, beta %g", name[form], m, n,
	         k, (double)beta);
	close_to(c.f, c.d, c.n, text);
	release(&a);
	release(&b);
	release(&c);
}

static void products(struct rng *r)
{
	for (int form = GEMM_NN; form <= GEMM_TN; form++) {
		product(r, (enum gemm_form)form, 1, 1, 1, 0);
		product(r, (enum gemm_form)form, 5, 7, 3, 0);
		product(r, (enum gemm_form)form, 33, 15, 130, 1);
	}
}

/* ---- softmax ---- */

struct softmax_case {
	double z[7];
	int label, classes;
};

static double softmax_case_loss(const void *arg)
{
	const struct softmax_case *t = arg;

	return .25 * loss_double(t->z, t->label, t->classes);
}

static void softmax_of(struct rng *r, int classes, int label, double scale)
{
	struct softmax_case t = { .label = label, .classes = classes };
	float z[7], dz[7], p[7];
	double sum = 0;

	for (int k = 0; k < classes; k++)
		t.z[k] = z[k] = (float)(scale * rng_normal(r));
	is_near(softmax_loss(z, label, classes), 4 * softmax_case_loss(&t), 1e-12, "softmax: loss");
	softmax_gradient(dz, z, label, .25f, classes);
	check_gradient(dz, t.z, (size_t)classes, softmax_case_loss, &t, "softmax: gradient");
	softmax(p, z, classes);
	for (int k = 0; k < classes; k++)
		sum += p[k];
	is_near(sum, 1, 1e-6, "softmax: probabilities add up to 1");
}

static void softmax_details(void)
{
	static const float large[3] = { 1000, 999, -1000 }, tie[4] = { 1, 3, 3, 2 },
			   sure[2] = { 0, 60 };
	float p[3];

	softmax(p, large, 3);
	is_near(p[0], 1 / (1 + exp(-1)), 1e-7, "softmax: logits of a thousand do not overflow");
	is_near(softmax_loss(sure, 0, 2), 60, 1e-9, "softmax: the loss is not clipped");
	is_int(softmax_argmax(tie, 4), 1, "the lowest index wins a tie");
}

/* ---- the network ---- */

enum { IMAGES = 5, MOST = 2000 };

struct network {
	struct net net;
	struct numbers w[NET_ARRAYS], x[IMAGES];
	int label[IMAGES];
	float weight[IMAGES];
	bool dropout;
};

enum { SEED = 11, DROPOUT_STEP = 3 };

static void drop(const struct network *t, double *x, int layer, int image, size_t n)
{
	uint8_t keep[MOST];

	if (!t->dropout)
		return;
	dropout_mask(keep, layer, SEED, DROPOUT_STEP, (uint32_t)image, 0, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		x[i] = keep[i] ? x[i] / (1 - dropout_rate[layer]) : 0;
}

static void features_double(const struct network *t, double *flat, int image)
{
	double a[MOST], b[MOST];
	int side = t->net.size, C = t->net.channels;

	memcpy(a, t->x[image].d, t->x[image].n * sizeof *a);
	for (int i = 0; i < 4; i++) {
		struct conv c = { side, side, C, t->net.filters[i], i % 2 == 0 };

		conv_double(&c, b, a, t->w[2 * i].d, t->w[2 * i + 1].d);
		side = conv_out(side, c.same);
		C = c.K;
		relu_double(b, (size_t)(side * side * C));
		memcpy(a, b, (size_t)(side * side * C) * sizeof *a);
		if (i % 2 == 0)
			continue;
		pool_double(a, b, side, side, C);
		side /= 2;
		drop(t, a, i / 2, image, (size_t)(side * side * C));
	}
	memcpy(flat, a, (size_t)t->net.flat * sizeof *flat);
}

static double network_loss(const void *arg)
{
	const struct network *t = arg;
	const struct net *n = &t->net;
	double flat[IMAGES * 64], z[IMAGES * 16], a[IMAGES * 16], loss = 0;

	for (int i = 0; i < IMAGES; i++)
		features_double(t, flat + i * n->flat, i);
	dense_double(z, flat, t->w[DENSE1_W].d, t->w[DENSE1_B].d, IMAGES, n->flat, n->dense);
	norm_double(a, z, t->w[BN_GAMMA].d, t->w[BN_BETA].d, IMAGES, n->dense);
	relu_double(a, (size_t)(IMAGES * n->dense));
	for (int i = 0; i < IMAGES; i++)
		drop(t, a + i * n->dense, 2, i, (size_t)n->dense);
	dense_double(z, a, t->w[DENSE2_W].d, t->w[DENSE2_B].d, IMAGES, n->dense, n->classes);
	for (int i = 0; i < IMAGES; i++)
		loss += t->weight[i] *
		        loss_double(z + i * n->classes, t->label[i], n->classes) / IMAGES;
	return loss;
}

static void network_init(struct network *t, struct rng *r, int size)
{
	static const int filters[4] = { 3, 5, 4, 6 };
	struct err e;

	if (net_init(&t->net, size, 2, filters, 7, 3, &e) < 0)
		exit(1);
	for (int k = 0; k < NET_ARRAYS; k++) {
		t->w[k] = numbers(r, net_count(&t->net, (enum net_array)k), .3);
		for (size_t i = 0; k == BN_VAR && i < t->w[k].n; i++)
			t->w[k].d[i] = t->w[k].f[i] = 1;
	}
	for (int i = 0; i < IMAGES; i++) {
		t->x[i] = numbers(r, (size_t)(size * size * 2), 1);
		t->label[i] = i % 3;
		t->weight[i] = .5f + (float)i / 4;
	}
}

static void network(struct rng *r, int size, bool dropout)
{
	struct network t = { .dropout = dropout };
	float *w[NET_ARRAYS], *dw[NET_ARRAYS];
	const float *image[IMAGES];
	struct threads *pool = threads_new(2);
	struct batch_result got;
	struct trainer *trainer;
	char text[80];

	network_init(&t, r, size);
	for (int k = 0; k < NET_ARRAYS; k++) {
		w[k] = t.w[k].f;
		dw[k] = xaligned(t.w[k].n, sizeof(float));
	}
	for (int i = 0; i < IMAGES; i++)
		image[i] = t.x[i].f;
	trainer = trainer_new(&engine_layers, &t.net, IMAGES, pool);
	trainer_set(trainer, (const float *const *)w, NULL, NULL, 0);
	trainer_gradients(trainer,
	                  &(struct batch){ .count = IMAGES,
	                                   .image = image,
	                                   .label = t.label,
	                                   .weight = t.weight,
	                                   .dropout = dropout,
	                                   .seed = SEED,
	                                   .step = DROPOUT_STEP },
	                  dw, &got);
	snprintf(text, sizeof text, "network of size %d, dropout %s: loss", size,
	         dropout ? "on" : "off");
	is_near(got.loss / IMAGES, network_loss(&t), 1e-6, text);
	for (int k = 0; k < NET_ARRAYS; k++) {
		if (net_is_statistic(k))
			continue;
		snprintf(text, sizeof text, "network of size %d, dropout %s: gradient %d",
		         size, dropout ? "on" : "off", k);
		check_gradient(dw[k], t.w[k].d, t.w[k].n, network_loss, &t, text);
	}
	trainer_free(trainer);
	threads_free(pool);
	for (int k = 0; k < NET_ARRAYS; k++) {
		release(&t.w[k]);
		free(dw[k]);
	}
	for (int i = 0; i < IMAGES; i++)
		release(&t.x[i]);
}

int main(void)
{
	struct rng r;

	rng_init(&r, 1, 1, 1);
	for (int same = 0; same < 2; same++) {
		convolution(&r, (struct conv){ 3, 3, 1, 1, same });
		convolution(&r, (struct conv){ 5, 7, 3, 5, same });
		convolution(&r, (struct conv){ 9, 4, 6, 10, same });
		convolution_in_strips(&r, same);
	}
	convolution(&r, (struct conv){ 1, 1, 2, 3, true });
	convolution(&r, (struct conv){ 1, 6, 2, 3, true });
	pooling(&r, 2, 2, 1);
	pooling(&r, 7, 5, 3);
	pooling(&r, 6, 9, 17);
	elementwise();
	normalisation(&r, 5, 3);
	normalisation(&r, 2, 17);
	normalisation(&r, 1, 4);
	norm_details();
	products(&r);
	softmax_of(&r, 2, 1, 1);
	softmax_of(&r, 7, 0, 5);
	softmax_details();
	network(&r, 10, false);
	network(&r, 13, false);
	network(&r, 13, true);
	return tap_end();
}
