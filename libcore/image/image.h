#pragma once
/* One picture as 8-bit RGBA, whatever its file held; image_read.h fills it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { IMAGE_CHANNELS = 4, IMAGE_MAX_SIDE = 1 << 20, IMAGE_MAX_PIXELS = 1 << 28 };

struct image {
	int width, height;
	uint8_t *pixels;                /* height x width x 4: red, green, blue, alpha; owned */
	bool opaque;                    /* alpha is 255 everywhere */
	const char *note;               /* what its user should know, or NULL; a constant */
	size_t room;                    /* bytes at PIXELS, which the next picture uses again */
	int most;                       /* pixels, refused above; 0: IMAGE_MAX_PIXELS */
};

/* The note of grey pictures with 16-bit samples above 255, all of which become white. */
extern const char image_clipped[];

/* The image is zero then. */
void image_release(struct image *im);

/*
 * For the decoders: makes room in IM for WIDTH x HEIGHT pixels of any content. CLAIMED bytes of
 * samples are said to come out of SIZE bytes of file; more than RATIO to one is taken for a lie
 * before anything is allocated.
 */
int image_alloc(struct image *im, uint32_t width, uint32_t height, double claimed,
                size_t size, double ratio, struct err *e);

/*
 * Row-major picture IM seen so that its row 0 is the visual top, by an ORIENTATION of 1 to 8 (TIFF
 * 6.0, tag 274). Needs as much memory again.
 */
int image_turn(struct image *im, int orientation, struct err *e);
