/* Picture files as the network's input; see picture.h. */
#include "data/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "format/npy.h"
#include "image/image_read.h"
#include "data/hint.h"
#include "data/pixels.h"

static const size_t file_limit = (size_t)1 << 32;
static const size_t large = 1 << 20;
static const char npy_magic[] = "\x93NUMPY";

static size_t numbers(const struct picture *p, int channels)
{
	return (size_t)p->size * (size_t)p->size * (size_t)channels;
}

void picture_init(struct picture *p, int size, enum resize_filter filter)
{
	*p = (struct picture){ .size = size, .resize = resize_new(size, size, filter) };
	p->bytes = xmalloc(numbers(p, IMAGE_CHANNELS), 1);
}

void picture_release(struct picture *p)
{
	image_release(&p->image);
	resize_free(p->resize);
	free(p->bytes);
	*p = (struct picture){0};
}

static int shrink(struct picture *p, struct err *e)
{
	const struct image *im = &p->image;

	return resize_run(p->resize, p->bytes, im->pixels, im->width, im->height, im->opaque,
	                  e);
}

int picture_load(struct picture *p, const char *path, struct err *e)
{
	if (image_read_file(&p->image, path, e) < 0)
		return hint_add(e, path, HINT_IMAGE);
	return shrink(p, e) < 0 ? err_in(e, path) : 0;
}

void picture_floats(const struct picture *p, float *out)
{
	pixels_from_bytes(out, p->bytes, numbers(p, IMAGE_CHANNELS));
}

void picture_forget(struct picture *p)
{
	if (p->image.room > large)
		image_release(&p->image);
	resize_forget(p->resize);
}

/* ---- either a picture or an array ---- */

static int from_npy(struct picture *p, float *out, int channels, const uint8_t *data, size_t size,
                    struct err *e)
{
	struct npy a = {0};
	char text[128];
	size_t side = (size_t)p->size;
	bool bytes;

	if (npy_parse_only(&a, data, size, e) < 0)
		return -1;
	bytes = a.kind == 'u' && a.item_bytes == 1 && !a.fortran;
	if (a.dims != 3 || a.shape[0] != side || a.shape[1] != side ||
	    a.shape[2] != (size_t)channels || !(bytes || npy_is_f4(&a)))
		return err_set(e, "is %s, the network takes %d x %d x %d of <f4 or |u1",
		               npy_describe(&a, text, sizeof text), p->size, p->size,
		               channels);
	if (bytes)
		pixels_from_bytes(out, a.data, numbers(p, channels));
	else
		memcpy(out, a.data, numbers(p, channels) * sizeof *out);
	return bytes ? 0 : pixels_check(out, numbers(p, channels), NULL, e);
}

static int from_picture(struct picture *p, float *out, int channels, const uint8_t *data,
                        size_t size, struct err *e)
{
	if (channels != IMAGE_CHANNELS)
		return err_set(e, "a picture has %d channels, the network takes %d",
		               IMAGE_CHANNELS, channels);
	if (image_read(&p->image, data, size, e) < 0 || shrink(p, e) < 0)
		return -1;
	picture_floats(p, out);
	return 0;
}

int picture_read(struct picture *p, float *out, int channels, const uint8_t *bytes, size_t size,
                 struct err *e)
{
	size_t magic = sizeof npy_magic - 1;
	int result;

	p->image.note = NULL;
	p->image.width = p->image.height = 0;
	p->image.most = p->most;
	if (size >= magic && !memcmp(bytes, npy_magic, magic))
		result = from_npy(p, out, channels, bytes, size, e);
	else
		result = from_picture(p, out, channels, bytes, size, e);
	p->width = p->image.width ? p->image.width : p->size;
	p->height = p->image.height ? p->image.height : p->size;
	return result;
}

int picture_input(struct picture *p, float *out, int channels, const char *path,
                  struct err *e)
{
	struct infile f;
	int result;

	if (infile_open(&f, path, file_limit, e) < 0)
		return hint_add(e, path, HINT_IMAGE);
	result = picture_read(p, out, channels, f.data, f.size, e);
	infile_release(&f);
	if (result == 0)
		return 0;
	err_in(e, infile_name(path));
	return hint_add(e, path, HINT_IMAGE);
}

int picture_from_floats(struct image *im, const float *in, int width, int height, int channels,
                        struct err *e)
{
	size_t pixels = (size_t)width * (size_t)height;
	uint8_t *to;

	if (channels != 1 && channels != IMAGE_CHANNELS - 1 && channels != IMAGE_CHANNELS)
		return err_set(e, "an array of %d channels is no picture", channels);
	if (image_alloc(im, (uint32_t)width, (uint32_t)height, 0, 0, 0, e) < 0)
		return -1;
	to = im->pixels;
	for (size_t i = 0; i < pixels; i++, in += channels)
		for (int c = 0; c < IMAGE_CHANNELS; c++)
			*to++ = c == IMAGE_CHANNELS - 1 && channels != IMAGE_CHANNELS
			                ? 255
			                : (uint8_t)lroundf(255 * in[channels == 1 ? 0 : c]);
	im->opaque = channels != IMAGE_CHANNELS;
	return 0;
}

int picture_original(struct picture *p, const float *in, int channels, struct err *e)
{
	if (p->image.width)
		return 0;
	return picture_from_floats(&p->image, in, p->size, p->size, channels, e);
}
