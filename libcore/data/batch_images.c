/* The images of one batch; see batch_images.h. */
#include "data/batch_images.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum { SYMMETRIES = 8 };

void batch_images_init(struct batch_images *b, const struct dataset *d, struct threads *pool,
                       int max)
{
	size_t n = (size_t)max;

	*b = (struct batch_images){ .d = d, .pool = pool, .max = max };
	b->image = xcalloc(n, sizeof *b->image);
	b->label = xcalloc(n, sizeof *b->label);
	b->view = xcalloc(n, sizeof *b->view);
	b->failed = xcalloc(n, sizeof *b->failed);
	b->error = xcalloc(n, sizeof *b->error);
	b->buffer = xaligned(n * dataset_image_numbers(d), sizeof *b->buffer);
}

static void unview_all(struct batch_images *b)
{
	for (int i = 0; i < b->max; i++)
		pixels_unview(&b->view[i]);
}

void batch_images_release(struct batch_images *b)
{
	if (b->view)
		unview_all(b);
	free(b->image);
	free(b->label);
	free(b->view);
	free(b->failed);
	free(b->error);
	free(b->buffer);
	*b = (struct batch_images){0};
}

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

/* Replaces X, the image at INDEX, by one of its likenesses. */
static void augment(const struct batch_images *b, float *x, uint32_t index, float *spare)
{
	int side = b->d->height, channels = b->d->channels;
	uint32_t draw[4];

	rng_block(draw, b->seed, RNG_AUGMENT, b->epoch, index);
	turn(spare, x, side, channels, draw[0] % SYMMETRIES);
	if (b->augment == AUGMENT_ROTATE)
		rotate(x, spare, side, channels, draw[1] * (2 * M_PI / 0x1p32));
	else
		memcpy(x, spare, dataset_image_numbers(b->d) * sizeof *x);
}

static int fill_image(struct batch_images *b, size_t i, struct err *e)
{
	size_t numbers = dataset_image_numbers(b->d);
	float *buffer = b->buffer + i * numbers;

	if (!b->d->bytes && b->augment == AUGMENT_NONE) {
		if (dataset_view(b->d, b->index[i], &b->view[i], e) < 0)
			return -1;
		b->image[i] = b->view[i].pixels;
		return 0;
	}
	if (dataset_image(b->d, b->index[i], buffer, e) < 0)
		return -1;
	if (b->augment != AUGMENT_NONE) {
		float *spare = xmalloc(numbers, sizeof *spare);

		augment(b, buffer, b->index[i], spare);
		free(spare);
	}
	b->image[i] = buffer;
	return 0;
}

static void fill_job(void *arg, size_t i, int worker)
{
	struct batch_images *b = arg;

	(void)worker;
	b->label[i] = b->d->labels[b->index[i]];
	b->failed[i] = fill_image(b, i, &b->error[i]) < 0;
}

int batch_images_fill(struct batch_images *b, const uint32_t *index, int n,
                      enum augment kind, uint64_t seed, uint32_t epoch, struct err *e)
{
	unview_all(b);
	b->index = index;
	b->augment = kind;
	b->seed = seed;
	b->epoch = epoch;
	threads_run(b->pool, (size_t)n, fill_job, b);
	for (int i = 0; i < n; i++)
		if (b->failed[i]) {
			*e = b->error[i];
			return -1;
		}
	return 0;
}
