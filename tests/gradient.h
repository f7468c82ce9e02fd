#pragma once
/* Gradients of layers against central differences in double. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tap.h"

/*
 * What single precision may lose, relative to the largest number of the array: the sums
 * have up to 3000 terms, whose rounding errors of 2^-24 add up like a random walk. The
 * differences themselves are good to 1e-8: the third derivative is near 1, and doubles
 * give 1e-16 / GRADIENT_STEP.
 */
static const double GRADIENT_LOSS = 1e-5, GRADIENT_STEP = 1e-5;

/* Numbers that single precision holds exactly, for both sides to start from. */
struct numbers {
	size_t n;
	float *f;
	double *d;
};

__attribute__((unused))
static struct numbers numbers(struct rng *r, size_t n, double scale)
{
	struct numbers x = { n, xaligned(n, sizeof(float)), xmalloc(n, sizeof(double)) };

	for (size_t i = 0; i < n; i++)
		x.d[i] = x.f[i] = (float)(scale * rng_normal(r));
	return x;
}

__attribute__((unused))
static void release(struct numbers *x)
{
	free(x->f);
	free(x->d);
}

__attribute__((unused))
static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* GOT is float, WANT double; GRADIENT_LOSS relative to the largest that is wanted. */
__attribute__((unused))
static void close_to(const float *got, const double *want, size_t n, const char *what)
{
	float *rounded = xaligned(n, sizeof *rounded);
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		rounded[i] = (float)want[i];
		most = fabs(want[i]) > most ? fabs(want[i]) : most;
	}
	are_near(got, rounded, n, GRADIENT_LOSS * most + 1e-7, what);
	free(rounded);
}

/* GOT against central differences of LOSS in the N variables X. */
__attribute__((unused))
static void check_gradient(const float *got, double *x, size_t n,
                           double (*loss)(const void *), const void *arg,
                           const char *what)
{
	double *want = xmalloc(n, sizeof *want);

	for (size_t i = 0; i < n; i++) {
		double at = x[i], up;

		x[i] = at + GRADIENT_STEP;
		up = loss(arg);
		x[i] = at - GRADIENT_STEP;
		want[i] = (up - loss(arg)) / (2 * GRADIENT_STEP);
		x[i] = at;
	}
	close_to(got, want, n, what);
	free(want);
}
