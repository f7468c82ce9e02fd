/*
 * PNG through libpng, which only unpacks: conversion to RGBA follows Pillow 13 instead,
 * which compares 8-bit values with the low byte of a transparent colour, and clips 16-bit
 * grey at 255.
 */
#include "image/image_png.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	SIGNATURE_BYTES = 8,
	DEFLATE_RATIO = 1032,           /* the most that deflate can expand a byte to */
	PALETTE = 256,
};

/* All that a long jump out of libpng must not lose. */
struct reader {
	const uint8_t *bytes;
	size_t size, at;
	struct err *e;
	struct image *im;
	png_structp png;
	png_infop info;
	uint8_t *raw;                   /* all rows as libpng gives them */
	size_t row_bytes;
	int depth, type;
	uint8_t palette[PALETTE][IMAGE_CHANNELS];
	bool no_memory;                 /* an allocation of libpng's failed */
	bool has_key;
	uint8_t key[3];                 /* the transparent grey (three times) or colour */
};

bool image_is_png(const uint8_t *bytes, size_t size)
{
	return size >= SIGNATURE_BYTES && !png_sig_cmp(bytes, 0, SIGNATURE_BYTES);
}

static void on_error(png_structp png, png_const_charp words)
{
	struct reader *r = png_get_error_ptr(png);

	if (r->no_memory)
		err_machine(r->e, "libpng: out of memory");
	else
		err_set(r->e, "damaged PNG: %s", words);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp words)
{
	(void)png;
	(void)words;
}

static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
	struct reader *r = png_get_mem_ptr(png);
	void *p = malloc(size);

	if (!p)
		r->no_memory = true;
	return p;
}

static void release(png_structp png, png_voidp p)
{
	(void)png;
	free(p);
}

static void take(png_structp png, png_bytep out, size_t n)
{
	struct reader *r = png_get_io_ptr(png);

	if (n > r->size - r->at)
		png_error(png, "the file ends too early");
	memcpy(out, r->bytes + r->at, n);
	r->at += n;
}

static void put(uint8_t *out, uint8_t red, uint8_t green, uint8_t blue, uint8_t alpha)
{
	out[0] = red;
	out[1] = green;
	out[2] = blue;
	out[3] = alpha;
}

/* What lies beyond an incomplete palette is black, as in Pillow. */
static void read_palette(struct reader *r)
{
	png_colorp colour = NULL;
	png_bytep alpha = NULL;
	int colours = 0, alphas = 0;

	png_get_PLTE(r->png, r->info, &colour, &colours);
	png_get_tRNS(r->png, r->info, &alpha, &alphas, NULL);
	for (int i = 0; i < PALETTE; i++)
		put(r->palette[i], 0, 0, 0, 255);
	for (int i = 0; i < colours; i++)
		put(r->palette[i], colour[i].red, colour[i].green, colour[i].blue,
		    i < alphas ? alpha[i] : 255);
}

static void read_key(struct reader *r)
{
	png_color_16p key = NULL;

	if (!png_get_tRNS(r->png, r->info, NULL, NULL, &key) || !key)
		return;
	r->has_key = true;
	if (r->type == PNG_COLOR_TYPE_RGB) {
		r->key[0] = (uint8_t)key->red;
		r->key[1] = (uint8_t)key->green;
		r->key[2] = (uint8_t)key->blue;
	} else {
		memset(r->key, r->depth == 1 && key->gray ? 255 : (uint8_t)key->gray,
		       sizeof r->key);
	}
}

static int read_header(struct reader *r)
{
	uint32_t width, height;
	double claimed;

	png_read_info(r->png, r->info);
	width = png_get_image_width(r->png, r->info);
	height = png_get_image_height(r->png, r->info);
	r->depth = png_get_bit_depth(r->png, r->info);
	r->type = png_get_color_type(r->png, r->info);
	claimed = (double)png_get_rowbytes(r->png, r->info) * height;
	if (image_alloc(r->im, width, height, claimed, r->size, DEFLATE_RATIO, r->e) < 0)
		return -1;
	if (r->type == PNG_COLOR_TYPE_PALETTE)
		read_palette(r);
	else
		read_key(r);
	return 0;
}

static int read_rows(struct reader *r)
{
	int passes = png_set_interlace_handling(r->png);

	png_set_packing(r->png);
	png_read_update_info(r->png, r->info);
	r->row_bytes = png_get_rowbytes(r->png, r->info);
	if (r->type == PNG_COLOR_TYPE_RGBA && r->depth == 8)
		r->raw = r->im->pixels;
	else if (!(r->raw = mem_try(r->im->height, r->row_bytes, r->e)))
		return -1;
	while (passes--)
		for (int y = 0; y < r->im->height; y++)
			png_read_row(r->png, r->raw + y * r->row_bytes, NULL);
	png_read_end(r->png, NULL);
	return 0;
}

/* Everything that libpng may jump out of. */
static int decode(struct reader *r)
{
	if (setjmp(png_jmpbuf(r->png)))
		return -1;
	png_set_read_fn(r->png, r, take);
	png_set_user_limits(r->png, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE);
	png_set_crc_action(r->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
	/* passes over all chunks but those that make the pixels */
	png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	if (read_header(r) < 0 || read_rows(r) < 0)
		return -1;
	if (r->no_memory)               /* libpng went on without a chunk */
		return err_machine(r->e, "libpng: out of memory");
	return 0;
}

/* A grey sample of any depth as Pillow's mode L has it. */
static uint8_t grey(const struct reader *r, const uint8_t *in)
{
	if (r->depth == 16 && in[0]) {
		r->im->note = image_clipped;
		return 255;
	}
	if (r->depth == 16)
		return in[1];
	return (uint8_t)(in[0] * 255 / ((1 << r->depth) - 1));
}

static uint8_t key_alpha(const struct reader *r, const uint8_t *rgb)
{
	return r->has_key && !memcmp(rgb, r->key, sizeof r->key) ? 0 : 255;
}

/* One pixel; of each sample, STEP bytes, the first one counts. */
static void convert(const struct reader *r, uint8_t *out, const uint8_t *in, int step)
{
	switch (r->type) {
	case PNG_COLOR_TYPE_PALETTE:
		memcpy(out, r->palette[in[0]], IMAGE_CHANNELS);
		break;
	case PNG_COLOR_TYPE_GRAY:
		memset(out, grey(r, in), 3);
		out[3] = key_alpha(r, out);
		break;
	case PNG_COLOR_TYPE_GRAY_ALPHA:
		put(out, in[0], in[0], in[0], in[step]);
		break;
	case PNG_COLOR_TYPE_RGB:
		put(out, in[0], in[step], in[2 * step], 255);
		out[3] = key_alpha(r, out);
		break;
	default:
		put(out, in[0], in[step], in[2 * step], in[3 * step]);
	}
}

static void convert_rows(const struct reader *r)
{
	int step = r->depth == 16 ? 2 : 1;
	size_t pixel_bytes = r->row_bytes / r->im->width;
	uint8_t *out = r->im->pixels;

	for (int y = 0; y < r->im->height; y++)
		for (int x = 0; x < r->im->width; x++, out += IMAGE_CHANNELS)
			convert(r, out, r->raw + y * r->row_bytes + x * pixel_bytes, step);
}

int image_png_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e)
{
	struct reader r = { .bytes = bytes, .size = size, .e = e, .im = im };
	int rc = -1;

	r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, on_error, on_warning, &r,
	                                 allocate, release);
	r.info = r.png ? png_create_info_struct(r.png) : NULL;
	if (r.info)
		rc = decode(&r);
	else
		err_machine(e, "libpng: out of memory");
	png_destroy_read_struct(&r.png, &r.info, NULL);
	if (r.raw != im->pixels) {
		if (rc == 0)
			convert_rows(&r);
		free(r.raw);
	}
	return rc;
}
