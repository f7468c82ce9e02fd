#pragma once
/*
 * What layers do number by number, in place. Loops of a constant count become vectors: a third of
 * the time, where the compiler may not look at the processor.
 */
#include <stddef.h>

enum { ELEMENTWISE_LANES = 16 };

/* max(x, 0); its derivative at 0 is 0 (TensorFlow). */
static inline void elementwise_relu(float *x, size_t n)
{
	size_t i = 0;

	for (; i + ELEMENTWISE_LANES <= n; i += ELEMENTWISE_LANES)
		for (int j = 0; j < ELEMENTWISE_LANES; j++)
			x[i + j] = x[i + j] > 0 ? x[i + j] : 0;
	for (; i < n; i++)
		x[i] = x[i] > 0 ? x[i] : 0;
}

/* DY becomes 0 where Y, the output, is not positive. */
static inline void elementwise_relu_backward(float *restrict dy, const float *restrict y, size_t n)
{
	size_t i = 0;

	for (; i + ELEMENTWISE_LANES <= n; i += ELEMENTWISE_LANES)
		for (int j = 0; j < ELEMENTWISE_LANES; j++)
			dy[i + j] = y[i + j] > 0 ? dy[i + j] : 0;
	for (; i < n; i++)
		dy[i] = y[i] > 0 ? dy[i] : 0;
}

static inline void elementwise_add(float *restrict to, const float *restrict x, size_t n)
{
	size_t i = 0;

	for (; i + ELEMENTWISE_LANES <= n; i += ELEMENTWISE_LANES)
		for (int j = 0; j < ELEMENTWISE_LANES; j++)
			to[i + j] += x[i + j];
	for (; i < n; i++)
		to[i] += x[i];
}
