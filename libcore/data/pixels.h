#pragma once
/*
 * The numbers of one image: bytes, or floats in 0..1, as stored in .npy files. What the files
 * are called and in what order they come is dataset.h's affair.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/infile.h"
#include "format/npy.h"

enum { PIXELS_DIMS = 3 };               /* height, width, channels */

struct pixels_form {
	int height, width, channels;
	bool bytes;                     /* '|u1' (value/255), otherwise '<f4' */
};

/* The network's floats of N bytes: value/255. */
void pixels_from_bytes(float *out, const uint8_t *bytes, size_t n);

size_t pixels_numbers(const struct pixels_form *f);     /* height x width x channels */
size_t pixels_bytes(const struct pixels_form *f);

/*
 * Takes the type of A, and SHAPE (height, width, channels), as those of all images. Returns
 * 0, or -1 with E set: no type or size that an image has.
 */
int pixels_form_take(struct pixels_form *f, const struct npy *a, const size_t *shape,
                     struct err *e);

/* The form of the image in the .npy file at PATH. Returns 0, or -1 with E set, PATH named. */
int pixels_form_load(struct pixels_form *f, const char *path, struct err *e);

/* One image, mapped. PIXELS: as the form says, aligned to 4 bytes, until pixels_unview. */
struct pixels_view {
	const void *pixels;
	struct infile file;             /* zero if the image lies in somebody else's memory */
	void *copy;                     /* of pixels unaligned in their file, or NULL */
};

/*
 * Fills in V, which must be zero: from the .npy file at PATH, or PIXELS in memory that outlives V.
 * Thread-safe. Returns 0, or -1 with E set (PATH named): missing, damaged, of another form.
 */
int pixels_view_file(struct pixels_view *v, const struct pixels_form *f, const char *path,
                     struct err *e);
int pixels_view_memory(struct pixels_view *v, const struct pixels_form *f, const void *pixels,
                       struct err *e);
void pixels_unview(struct pixels_view *v);

/* What an image's floats may lie outside 0..1: resizing in floats elsewhere leaves so much. */
#define PIXELS_ROUNDING 1e-4f

/*
 * -1 with E set if one of the N floats of the image called ID (NULL: it has no name) is no pixel:
 * NaN, or outside 0..1.
 */
int pixels_check(const float *x, size_t n, const char *id, struct err *e);
