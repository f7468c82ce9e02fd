/*
 * Pictures and arrays as the input of a network of RGBA and of one of grey: what is read is within
 * 0..1, and a picture again at its own size.
 */
#include <stdint.h>
#include <stdlib.h>

#include "data/picture.h"
#include "data/pixels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE = 3, MOST_PIXELS = 1 << 14 };

static void check(struct picture *p, int channels, const uint8_t *data, size_t size)
{
	float x[SIDE * SIDE * IMAGE_CHANNELS];
	struct err e;

	if (picture_read(p, x, channels, data, size, &e) < 0)
		return;
	for (int i = 0; i < SIDE * SIDE * channels; i++)
		if (!(x[i] >= -PIXELS_ROUNDING && x[i] <= 1 + PIXELS_ROUNDING))
			abort();
	if (picture_original(p, x, channels, &e) < 0 || p->image.width != p->width ||
	    p->image.height != p->height)
		abort();
	for (int i = 0; i < p->width * p->height * IMAGE_CHANNELS; i++)
		__asm__ volatile("" : : "r"(p->image.pixels[i]));      /* all of them are there */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picture p;

	picture_init(&p, SIDE, RESIZE_BICUBIC);
	p.most = MOST_PIXELS;
	check(&p, IMAGE_CHANNELS, data, size);
	check(&p, 1, data, size);
	picture_forget(&p);
	picture_release(&p);
	return 0;
}
