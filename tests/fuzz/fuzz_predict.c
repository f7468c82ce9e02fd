/*
 * A weights file, all the way to a prediction of a picture and of floats: what is answered are
 * probabilities, in order.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "fuzz/mutate_zip.h"
#include "base/mem.h"
#include "image/png_write.h"
#include "train/predict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PICTURE_SIDE = 16, MOST_NUMBERS = 1 << 16 };

static void check_answer(void *arg, const struct predict_answer *a, int n)
{
	const int *classes = arg;
	double sum = 0;

	if (n != 1 || (a->failed ? !a->error.text[0] : !a->probability || !a->order))
		abort();
	if (a->failed)
		return;
	for (int i = 0; i < *classes; i++) {
		float p = a->probability[i];

		if (!(p >= 0 && p <= 1) || a->order[i] < 0 || a->order[i] >= *classes)
			abort();
		if (i && a->probability[a->order[i]] > a->probability[a->order[i - 1]])
			abort();
		sum += p;
	}
	if (!(fabs(sum - 1) < 1e-4))
		abort();
}

static void predict_picture_of(struct predict *p, int *classes)
{
	static char *png;
	static size_t size;
	uint8_t rgb[PICTURE_SIDE * PICTURE_SIDE * 3];
	struct err e;
	FILE *f;

	if (!png) {
		for (size_t i = 0; i < sizeof rgb; i++)
			rgb[i] = (uint8_t)(i * 7);
		f = xmemstream(&png, &size);
		if (png_write_rgb(f, rgb, PICTURE_SIDE, PICTURE_SIDE, PNG_WRITE_PHOTO, &e) < 0)
			abort();
		xmemclose(f);
	}
	predict_memory(p, "p", (uint8_t *)png, size, check_answer, classes, &e);
}

static void predict_floats_of(struct predict *p, int *classes)
{
	size_t numbers = net_image_numbers(&predict_model(p)->net);
	float *x = xmalloc(numbers, sizeof *x);
	struct err e;

	for (size_t i = 0; i < numbers; i++)
		x[i] = (float)(i % 7) / 7;
	predict_floats(p, x, 1, check_answer, classes, &e);
	free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e;
	struct predict *p = predict_new(memfile(data, size), 1, 1, MODEL_UNCHECKED, &e);
	int classes;

	if (!p)
		return 0;
	classes = predict_classes(p)->count;
	predict_size_guessed(p, &e);
	predict_check_sums(p, &e);
	if (net_image_numbers(&predict_model(p)->net) <= MOST_NUMBERS) {
		predict_picture_of(p, &classes);
		predict_floats_of(p, &classes);
	}
	predict_free(p);
	return 0;
}
