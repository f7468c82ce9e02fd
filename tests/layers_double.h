#pragma once
/* The layers as their headers' formulas have them, in double. */
#include <math.h>

#include "nn/conv.h"

__attribute__((unused))
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

__attribute__((unused))
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

__attribute__((unused))
static void relu_double(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = fmax(x[i], 0);
}

/* By the statistics of the N rows themselves. */
__attribute__((unused))
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

__attribute__((unused))
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

__attribute__((unused))
static double loss_double(const double *z, int label, int classes)
{
	double sum = 0;

	for (int k = 0; k < classes; k++)
		sum += exp(z[k] - z[label]);
	return log(sum);
}
