/* Batch normalisation; see norm.h. */
#include "nn/norm.h"

#include <math.h>
#include <stddef.h>

static const float KEEP = NORM_KEEP, TAKE = .01f;

void norm_affine(float *scale, float *shift, const float *gamma, const float *beta,
                 const float *mean, const float *var, int D)
{
	for (int d = 0; d < D; d++) {
		scale[d] = gamma[d] / sqrtf(var[d] + NORM_EPSILON);
		shift[d] = beta[d] - mean[d] * scale[d];
	}
}

void norm_apply(float *y, const float *x, const float *scale, const float *shift, int N, int D)
{
	for (int n = 0; n < N; n++, x += D, y += D)
		for (int d = 0; d < D; d++)
			y[d] = x[d] * scale[d] + shift[d];
}

void norm_statistics(float *mean, float *var, const float *x, int N, int D)
{
	for (int d = 0; d < D; d++) {
		double sum = 0, squares = 0, m;

		for (int n = 0; n < N; n++)
			sum += x[(size_t)n * (size_t)D + (size_t)d];
		m = sum / N;
		for (int n = 0; n < N; n++) {
			double c = x[(size_t)n * (size_t)D + (size_t)d] - m;

			squares += c * c;
		}
		mean[d] = (float)m;
		var[d] = (float)(squares / N);
	}
}

void norm_update(float *moving, const float *batch, int D)
{
	for (int d = 0; d < D; d++)
		moving[d] = moving[d] * KEEP + batch[d] * TAKE;
}

/*
 * With c = x - mean, r = 1 / sqrt(var + epsilon):
 *   dbeta = sum dy,  dgamma = sum dy c r,  dx = gamma r (dy - dbeta / N - c r dgamma / N)
 */
void norm_backward(float *dx, float *dgamma, float *dbeta, const float *dy,
                   const float *x, const float *mean, const float *var,
                   const float *gamma, int N, int D)
{
	for (int d = 0; d < D; d++) {
		double r = 1 / sqrt((double)var[d] + NORM_EPSILON), b = 0, g = 0;

		for (int n = 0; n < N; n++) {
			size_t at = (size_t)n * (size_t)D + (size_t)d;

			b += dy[at];
			g += dy[at] * (x[at] - (double)mean[d]) * r;
		}
		dbeta[d] = (float)b;
		dgamma[d] = (float)g;
		for (int n = 0; n < N; n++) {
			size_t at = (size_t)n * (size_t)D + (size_t)d;
			double c = (x[at] - (double)mean[d]) * r;

			dx[at] = (float)(gamma[d] * r * (dy[at] - b / N - c * g / N));
		}
	}
}
