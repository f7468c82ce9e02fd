/* Batch norm against its formula, its gradients against differences. */
#include "nn/norm.h"

#include "gradient.h"
#include "layers_double.h"

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

int main(void)
{
	struct rng r;

	rng_init(&r, 1, 1, 1);
	normalisation(&r, 5, 3);
	normalisation(&r, 2, 17);
	normalisation(&r, 1, 4);
	norm_details();
	return tap_end();
}
