#pragma once
/* Images so small that a test can tell each number of each image. */
#include <string.h>

#include "data/dataset.h"
#include "tap.h"

enum { H = 3, W = 4, C = 4, PIXELS = H * W * C };

__attribute__((unused))
static void make_pixels(void *pixels, bool bytes, size_t i)
{
	for (size_t k = 0; k < PIXELS; k++)
		if (bytes)
			((uint8_t *)pixels)[k] = (uint8_t)(i * PIXELS + k);
		else
			((float *)pixels)[k] = (float)(i * PIXELS + k) / 255.0f;
}

__attribute__((unused))
static void test_pixels(const struct dataset *d)
{
	float got[PIXELS], want[PIXELS];
	struct err e = {0};

	for (size_t i = 0; i < d->count; i++) {
		for (size_t k = 0; k < PIXELS; k++)
			want[k] = (float)(i * PIXELS + k) / 255.0f;
		ok(dataset_image(d, i, got, &e) == 0, "image %zu %s", i, e.text);
		are_near(got, want, PIXELS, 0, "its pixels");
	}
}

__attribute__((unused))
static void refuses(const char *path, const char *message)
{
	struct dataset d = {0};
	struct err e = {0};
	int result = dataset_open(&d, path, &e);

	ok(result == -1 && strstr(e.text, message) && d.count == 0, "refused: %s (%s)",
	   message, e.text);
	dataset_release(&d);
}
