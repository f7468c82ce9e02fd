/* Likenesses of one image; see augment.h. */
#include "data/augment.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/rng.h"

enum { SYMMETRIES = 8 };

/* Symmetry K of the square: bit 0 transposes, bits 1 and 2 mirror rows and columns. */
static void turn(float *to, const float *from, int side, int channels, uint32_t k)
{
	size_t pixel = (size_t)channels * sizeof *to;

	for (int i = 0; i < side; i++)
		for (int j = 0; j < side; j++, to += channels) {
			int row = k & 1 ? j : i, col = k & 1 ? i : j;

			row = k & 2 ? side - 1 - row : row;
			col = k & 4 ? side - 1 - col : col;
			memcpy(to,
			       from + ((size_t)row * (size_t)side + (size_t)col) *
			                       (size_t)channels,
			       pixel);
		}
}

static double clamp(double x, double high)
{
	return x < 0 ? 0 : x > high ? high : x;
}

/* Rotation by ANGLE about the centre: each pixel of TO is sampled from FROM. */
static void rotate(float *to, const float *from, int side, int channels, double angle)
{
	double c = cos(angle), s = sin(angle), centre = (side - 1) / 2.0, high = side - 1;

	for (int i = 0; i < side; i++)
		for (int j = 0; j < side; j++, to += channels) {
			double y = clamp(centre + c * (i - centre) + s * (j - centre), high);
			double x = clamp(centre - s * (i - centre) + c * (j - centre), high);
			int row = (int)y, col = (int)x, down = row < side - 1,
			    right = col < side - 1;
			float v = (float)(y - row), u = (float)(x - col);
			const float *p = from +
			                 ((size_t)row * (size_t)side + (size_t)col) *
			                         (size_t)channels;
			const float *q = p + (size_t)down * (size_t)side * (size_t)channels;

			for (int k = 0; k < channels; k++) {
				int next = k + right * channels;

				to[k] = (p[k] * (1 - u) + p[next] * u) * (1 - v) +
				        (q[k] * (1 - u) + q[next] * u) * v;
			}
		}
}

void augment_image(float *x, float *spare, int side, int channels, enum augment kind, uint64_t seed,
                   uint32_t epoch, uint32_t index)
{
	uint32_t draw[4];

	rng_block(draw, seed, RNG_AUGMENT, epoch, index);
	turn(spare, x, side, channels, draw[0] % SYMMETRIES);
	if (kind == AUGMENT_ROTATE)
		rotate(x, spare, side, channels, draw[1] * (2 * M_PI / 0x1p32));
	else
		memcpy(x, spare, (size_t)side * (size_t)side * (size_t)channels * sizeof *x);
}
