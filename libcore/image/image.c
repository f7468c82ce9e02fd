/* Which decoder reads a file, and what its pictures have in common. */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "image/image_png.h"
#include "image/image_tiff.h"

static const size_t max_file_bytes = (size_t)1 << 32;

/*
 * A thread that reads one picture after the other keeps its memory: getting 640 kB afresh
 * costs 0.1 ms of page faults.
 */
static int reserve(struct image *im, size_t bytes, struct err *e)
{
	if (bytes <= im->room)
		return 0;
	image_release(im);
	im->pixels = mem_try(bytes, 1, e);
	if (!im->pixels)
		return -1;
	im->room = bytes;
	return 0;
}

int image_alloc(struct image *im, uint32_t width, uint32_t height, double claimed,
                size_t size, double ratio, struct err *e)
{
	if (!width || !height)
		return err_set(e, "picture of %u x %u pixels", width, height);
	if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE ||
	    (uint64_t)width * height > IMAGE_MAX_PIXELS)
		return err_set(e, "a picture of %u x %u pixels: at most %d, %d a side", width,
		               height, IMAGE_MAX_PIXELS, IMAGE_MAX_SIDE);
	if (claimed > ratio * (double)size)
		return err_set(e, "claims %u x %u pixels, too many for a file of %zu bytes",
		               width, height, size);
	if (reserve(im, (size_t)width * height * IMAGE_CHANNELS, e) < 0)
		return -1;
	im->width = (int)width;
	im->height = (int)height;
	return 0;
}

void image_release(struct image *im)
{
	free(im->pixels);
	*im = (struct image){0};
}

/* Looks at all of a row at once: without a branch inside, two pixels a step. */
static bool is_opaque(const struct image *im)
{
	const uint64_t alphas = 0xff000000ff000000;
	size_t bytes = (size_t)im->width * im->height * IMAGE_CHANNELS, i = 0;
	uint64_t all = alphas, pair;

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		return false;
	for (; i + sizeof pair <= bytes; i += sizeof pair) {
		memcpy(&pair, im->pixels + i, sizeof pair);
		all &= pair;
	}
	return all == alphas && im->pixels[bytes - 1] == 255;
}

int image_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e)
{
	int rc;

	im->width = im->height = 0;
	if (image_is_tiff(bytes, size))
		rc = image_tiff_read(im, bytes, size, e);
	else if (image_is_png(bytes, size))
		rc = image_png_read(im, bytes, size, e);
	else
		rc = err_set(e, size ? "neither a TIFF nor a PNG image" : "empty file");
	if (rc < 0)
		im->width = im->height = 0;
	else
		im->opaque = is_opaque(im);
	return rc;
}

int image_load(struct image *im, const char *path, struct err *e)
{
	struct infile f;
	int rc;

	if (infile_open(&f, path, max_file_bytes, e) < 0)
		return -1;
	rc = image_read(im, f.data, f.size, e);
	infile_release(&f);
	return rc < 0 ? err_in(e, path) : 0;
}
