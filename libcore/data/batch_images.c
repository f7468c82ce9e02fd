/* The images of one batch; see batch_images.h. */
#include "data/batch_images.h"

#include <stdlib.h>

#include "base/mem.h"

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

		augment_image(buffer, spare, b->d->height, b->d->channels, b->augment, b->seed,
		              b->epoch, b->index[i]);
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
