/* Max-pooling; see pool.h. */
#include "nn/pool.h"

#include <stddef.h>
#include <string.h>

enum { LANES = 16 };                    /* a constant count becomes vectors */

/* The four pixels of a block, COUNT channels of each. Y: the largest. */
static inline __attribute__((always_inline))
void largest(float *restrict y, const float *restrict p, const float *restrict q,
             const float *restrict r, const float *restrict s, int count)
{
	for (int c = 0; c < count; c++) {
		float best = q[c] > p[c] ? q[c] : p[c];

		best = r[c] > best ? r[c] : best;
		y[c] = s[c] > best ? s[c] : best;
	}
}

/* The first of the four that is Y. */
static inline __attribute__((always_inline))
void winner(uint8_t *restrict at, const float *restrict y, const float *restrict p,
            const float *restrict q, const float *restrict r, const float *restrict s, int count)
{
	int32_t which[LANES];

	for (int c = 0; c < count; c++) {
		which[c] = s[c] == y[c] ? 3 : 0;
		which[c] = r[c] == y[c] ? 2 : which[c];
		which[c] = q[c] == y[c] ? 1 : which[c];
		which[c] = p[c] == y[c] ? 0 : which[c];
	}
	for (int c = 0; c < count; c++)
		at[c] = (uint8_t)which[c];
}

static inline __attribute__((always_inline))
void pool_channels(float *y, uint8_t *at, const float *p, size_t C, size_t row, int count)
{
	largest(y, p, p + C, p + row, p + row + C, count);
	if (at)
		winner(at, y, p, p + C, p + row, p + row + C, count);
}

void pool_forward(float *y, uint8_t *at, const float *x, int H, int W, int C)
{
	size_t pixel = (size_t)C, row = (size_t)W * pixel;

	for (int i = 0; i < H / 2; i++)
		for (int j = 0; j < W / 2; j++) {
			const float *p = x + (size_t)(2 * i) * row + (size_t)(2 * j) * pixel;
			int c = 0;

			for (; c + LANES <= C; c += LANES)
				pool_channels(y + c, at ? at + c : NULL, p + c, pixel, row, LANES);
			if (c < C)
				pool_channels(y + c, at ? at + c : NULL, p + c, pixel, row, C - c);
			y += C;
			at = at ? at + C : NULL;
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
