/* Rows of numbers in a few bits each; see quant.h. */
#include "model/quant.h"

#include <math.h>

/* The largest |y - p| over LIMIT as a float, rounded up: no quotient may round beyond LIMIT. */
static float find_scale(const float *y, const float *p, size_t n, int limit)
{
	double most = 0;
	float scale;

	for (size_t i = 0; i < n; i++) {
		double size = fabs((double)y[i] - p[i]);

		most = size > most ? size : most;
	}
	scale = (float)(most / limit);
	return (double)scale * limit < most ? nextafterf(scale, INFINITY) : scale;
}

float quant_row(int8_t *q, const float *y, const float *p, size_t n, int bits)
{
	float scale = find_scale(y, p, n, (1 << (bits - 1)) - 1);

	for (size_t i = 0; i < n; i++)
		q[i] = scale > 0 ? (int8_t)rint(((double)y[i] - p[i]) / scale) : 0;
	return scale;
}

void quant_restore(float *y, const int8_t *q, const float *p, float scale, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = (float)(p[i] + (double)scale * q[i]);
}
