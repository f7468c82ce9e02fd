#pragma once
/* max(x, 0), in place; its derivative at 0 is 0 (TensorFlow). */
#include <stddef.h>

enum { RELU_LANES = 16 };               /* a constant count becomes vectors: a third of the time */

static inline void relu_forward(float *x, size_t n)
{
	size_t i = 0;

	for (; i + RELU_LANES <= n; i += RELU_LANES)
		for (int j = 0; j < RELU_LANES; j++)
			x[i + j] = x[i + j] > 0 ? x[i + j] : 0;
	for (; i < n; i++)
		x[i] = x[i] > 0 ? x[i] : 0;
}

/* DY becomes 0 where Y, the output, is not positive. */
static inline void relu_backward(float *dy, const float *y, size_t n)
{
	size_t i = 0;

	for (; i + RELU_LANES <= n; i += RELU_LANES)
		for (int j = 0; j < RELU_LANES; j++)
			dy[i + j] = y[i + j] > 0 ? dy[i + j] : 0;
	for (; i < n; i++)
		dy[i] = y[i] > 0 ? dy[i] : 0;
}
