#pragma once
/*
 * One picture as 8-bit RGBA, whatever the file held: TIFF or PNG, told apart by their
 * first bytes, and converted as Pillow's Image.open(path).convert("RGBA") does. A file
 * that is damaged anywhere in the picture is an error.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { IMAGE_CHANNELS = 4, IMAGE_MAX_SIDE = 1 << 20, IMAGE_MAX_PIXELS = 1 << 28 };

struct image {
	int width, height;
	uint8_t *pixels;                /* height x width x 4: red, green, blue, alpha; owned */
	bool opaque;                    /* alpha is 255 everywhere */
	size_t room;                    /* bytes at PIXELS, which the next picture uses again */
};

/*
 * Reads the file at PATH ("-": stdin) into IM, which is zero, released, or holds an
 * earlier picture.
 * Returns 0, or -1 with E set (PATH named in it): IM has no size then, and is released as
 * ever.
 */
int image_load(struct image *im, const char *path, struct err *e);

/* The same for a file that lies in memory. Thread-safe. */
int image_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e);

void image_release(struct image *im);

/* ---- for the decoders ---- */

/*
 * Makes room in IM for WIDTH x HEIGHT pixels of any content. CLAIMED bytes of samples are
 * said to come out of SIZE bytes of file; more than RATIO to one is taken for a lie
 * before anything is allocated.
 */
int image_alloc(struct image *im, uint32_t width, uint32_t height, double claimed,
                size_t size, double ratio, struct err *e);
