/* Max-pooling, its gradients against differences, and which of equal numbers it takes. */
#include "nn/pool.h"

#include "gradient.h"
#include "layers_double.h"

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

/* Of equal numbers the first in the order of rows gets the gradient. */
static void ties(void)
{
	static const float x[4][4] = {
		{ 1, 1, 1, 1 }, { 0, 1, 1, 0 }, { 0, 0, 2, 2 }, { -1, -2, -3, -1 }
	};
	static const int winner[4] = { 0, 1, 2, 0 };
	const float one = 1;
	float y, dx[4];
	uint8_t at;

	for (int i = 0; i < 4; i++) {
		pool_forward(&y, &at, x[i], 2, 2, 1);
		is_int(at, winner[i], "pool: the first of equal numbers");
		pool_backward(dx, &one, &at, 2, 2, 1);
		for (int k = 0; k < 4; k++)
			if (dx[k] != (k == winner[i]))
				ok(false, "pool: gradient %g at %d", dx[k], k);
	}
}

/* Blocks of many channels, a case of ties each: vectors, and what is left of them. */
static void ties_of_vectors(void)
{
	enum { CHANNELS = 37 };
	float x[4][CHANNELS], y[CHANNELS];
	uint8_t at[CHANNELS];
	int wrong = 0;

	for (int c = 0; c < CHANNELS; c++)
		for (int k = 0; k < 4; k++)
			x[k][c] = (float)(c * (k + 1) % 3);
	pool_forward(y, at, x[0], 2, 2, CHANNELS);
	for (int c = 0; c < CHANNELS; c++) {
		int best = 0;

		for (int k = 1; k < 4; k++)
			best = x[k][c] > x[best][c] ? k : best;
		wrong += at[c] != best || y[c] != x[best][c];
	}
	is_int(wrong, 0, "pool: the first of equal numbers in 37 channels");
	memset(y, 0, sizeof y);
	pool_forward(y, NULL, x[0], 2, 2, CHANNELS);
	for (int c = 0; c < CHANNELS; c++)
		wrong += y[c] != x[at[c]][c];
	is_int(wrong, 0, "pool: the same without places");
}

int main(void)
{
	struct rng r;

	rng_init(&r, 1, 1, 1);
	pooling(&r, 2, 2, 1);
	pooling(&r, 7, 5, 3);
	pooling(&r, 6, 9, 17);
	ties();
	ties_of_vectors();
	return tap_end();
}
