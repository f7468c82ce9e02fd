/* Max-pooling; see pool.h. */
#include "nn/pool.h"

#include <stddef.h>
#include <string.h>

void pool_forward(float *y, uint8_t *at, const float *x, int H, int W, int C)
{
	for (int i = 0; i < H / 2; i++)
		for (int j = 0; j < W / 2; j++, y += C, at += C)
			for (int c = 0; c < C; c++) {
				const float *p = x +
				                 ((size_t)(2 * i) * (size_t)W +
				                  (size_t)(2 * j)) *
				                         (size_t)C +
				                 c;
				const float four[4] = { p[0], p[C],
					                p[(size_t)W * (size_t)C],
					                p[((size_t)W + 1) * (size_t)C] };
				int best = 0;

				for (int k = 1; k < 4; k++)
					if (four[k] > four[best])
						best = k;
				y[c] = four[best];
				at[c] = (uint8_t)best;
			}
}

void pool_backward(float *dx, const float *dy, const uint8_t *at, int H, int W, int C)
{
	memset(dx, 0, (size_t)H * (size_t)W * (size_t)C * sizeof *dx);
	for (int i = 0; i < H / 2; i++)
		for (int j = 0; j < W / 2; j++, dy += C, at += C)
			for (int c = 0; c < C; c++) {
				size_t row = (size_t)(2 * i + at[c] / 2),
				       col = (size_t)(2 * j + at[c] % 2);

				dx[(row * (size_t)W + col) * (size_t)C + (size_t)c] = dy[c];
			}
}
