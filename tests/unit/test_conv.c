/* Convolutions, forward and backward, of odd sizes and channels that fill no vector. */
#include "nn/conv.h"

#include "conv_forward.h"
#include "gradient.h"
#include "layers_double.h"

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
	return tap_end();
}
