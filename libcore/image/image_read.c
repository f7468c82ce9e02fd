/* Which decoder reads a file; see image_read.h. */
#include "image/image_read.h"

#include <string.h>
#include <strings.h>

#include "base/infile.h"
#include "image/image_jpeg.h"
#include "image/image_png.h"
#include "image/image_tiff.h"

static const size_t max_file_bytes = (size_t)1 << 32;

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
	im->note = NULL;
	if (image_is_tiff(bytes, size))
		rc = image_tiff_read(im, bytes, size, e);
	else if (image_is_png(bytes, size))
		rc = image_png_read(im, bytes, size, e);
	else if (image_is_jpeg(bytes, size))
		rc = image_jpeg_read(im, bytes, size, e);
	else
		rc = err_set(e, size ? "not a TIFF, PNG or JPEG image" : "empty file");
	if (rc < 0)
		im->width = im->height = 0;
	else
		im->opaque = is_opaque(im);
	return rc;
}

int image_read_file(struct image *im, const char *path, struct err *e)
{
	struct infile f;
	int rc;

	if (infile_open(&f, path, max_file_bytes, e) < 0) {
		e->machine = true;      /* none of these is the picture's fault */
		return -1;
	}
	rc = image_read(im, f.data, f.size, e);
	infile_release(&f);
	return rc < 0 ? err_in(e, infile_name(path)) : 0;
}

size_t image_read_stem(const char *name)
{
	static const char *const endings[] = { ".tiff", ".tif", ".png", ".jpg", ".jpeg" };
	size_t all = strlen(name);

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t n = strlen(endings[i]);

		if (all > n && !strcasecmp(name + all - n, endings[i]))
			return all - n;
	}
	return 0;
}
