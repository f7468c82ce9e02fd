#pragma once
/*
 * Image.resize of Pillow, bit for bit, of RGBA: two passes of fixed-point weights, each rounded to
 * 8 bits. The order of the passes is that of Pillow 13: across, then down; down first
 * where the height shrinks by more than twice what the width does. Versions 9.3 to 12
 * always go across first; square images never differ.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum resize_filter {
	RESIZE_NEAREST,
	RESIZE_BOX,
	RESIZE_BILINEAR,
	RESIZE_HAMMING,
	RESIZE_BICUBIC,
	RESIZE_LANCZOS,
	RESIZE_FILTERS
};

/* Their names, in this order, as OPT_CHOICE wants them. */
#define RESIZE_FILTER_WORDS "nearest|box|bilinear|hamming|bicubic|lanczos"
const char *resize_filter_name(enum resize_filter filter);

enum { RESIZE_MAX_SIDE = 1 << 20, RESIZE_CHANNELS = 4 };

/*
 * Makes images of one size. It keeps the weights and the memory of the last input size
 * for the next image, so it belongs to one thread at a time.
 */
struct resize;
struct resize *resize_new(int width, int height, enum resize_filter filter);
void resize_free(struct resize *r);

/* Gives back the memory of the last image, if it is large; NULL is allowed. */
void resize_forget(struct resize *r);

/*
 * Resizes IN, height x width RGBA pixels (sides up to RESIZE_MAX_SIDE), into OUT. Like Pillow it
 * averages colours premultiplied. OPAQUE: alpha is 255 everywhere, which gives the same sooner.
 * Returns 0, or -1 with E set: out of memory.
 */
int resize_run(struct resize *r, uint8_t *out, const uint8_t *in, int width, int height,
               bool opaque, struct err *e);

/*
 * Pillow's mode F: one channel of floats, IN height x width, into OUT, out_height x out_width. Any
 * filter but nearest. Returns 0, or -1 with E set: out of memory.
 */
int resize_floats(float *out, int out_width, int out_height, const float *in, int width,
                  int height, enum resize_filter filter, struct err *e);

/* The name of the passes in use: "avx2" or "ref". */
const char *resize_kernels(void);
