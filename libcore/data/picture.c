/* One picture file as the network's input; see picture.h. */
#include "data/picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "format/npy.h"
#include "image/image_read.h"

enum { FILE_LIMIT = 1 << 30 };
static const char NPY_MAGIC[] = "\x93NUMPY";

static size_t numbers(int size, int channels)
{
	return (size_t)size * (size_t)size * (size_t)channels;
}

static void from_bytes(float *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (float)bytes[i] / 255.0f;
}

static int from_npy(float *out, const struct infile *f, int size, int channels, struct err *e)
{
	struct npy a = {0};
	char text[128];
	size_t side = (size_t)size;
	bool bytes;

	if (npy_parse(&a, f->data, f->size, e) < 0)
		return -1;
	bytes = a.kind == 'u' && a.item_bytes == 1 && !a.fortran;
	if (a.dims != 3 || a.shape[0] != side || a.shape[1] != side ||
	    a.shape[2] != (size_t)channels || !(bytes || npy_is_f4(&a)))
		return err_set(e, "is %s, the network takes %d x %d x %d of <f4 or |u1",
		               npy_describe(&a, text, sizeof text), size, size,
		               channels);
	if (bytes)
		from_bytes(out, a.data, numbers(size, channels));
	else
		memcpy(out, a.data, numbers(size, channels) * sizeof *out);
	return 0;
}

static int from_picture(float *out, const struct infile *f, int size, int channels,
                        struct resize *r, struct err *e)
{
	struct image im = {0};
	uint8_t *small = NULL;
	int result = -1;

	if (channels != IMAGE_CHANNELS)
		return err_set(e, "a picture has %d channels, the network takes %d",
		               IMAGE_CHANNELS, channels);
	if (image_read(&im, f->data, f->size, e) < 0)
		return -1;
	small = xmalloc(numbers(size, channels), 1);
	if (resize_run(r, small, im.pixels, im.width, im.height, IMAGE_CHANNELS,
	               im.opaque ? RESIZE_OPAQUE : RESIZE_ALPHA, e) == 0) {
		from_bytes(out, small, numbers(size, channels));
		result = 0;
	}
	free(small);
	image_release(&im);
	return result;
}

int picture_load(float *out, const char *path, int size, int channels, struct resize *r,
                 struct err *e)
{
	size_t magic = sizeof NPY_MAGIC - 1;
	struct infile f;
	int result;

	if (infile_open(&f, path, FILE_LIMIT, e) < 0)
		return -1;
	if (f.size >= magic && !memcmp(f.data, NPY_MAGIC, magic))
		result = from_npy(out, &f, size, channels, e);
	else
		result = from_picture(out, &f, size, channels, r, e);
	infile_release(&f);
	return result < 0 ? err_in(e, infile_name(path)) : 0;
}
