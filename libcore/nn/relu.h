#pragma once
/* max(x, 0), in place; its derivative at 0 is 0 (TensorFlow). */
#include <stddef.h>

static inline void relu_forward(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = x[i] > 0 ? x[i] : 0;
}

/* DY becomes 0 where Y, the output, is not positive. */
static inline void relu_backward(float *dy, const float *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dy[i] = y[i] > 0 ? dy[i] : 0;
}
