/*
 * TIFF: blocks of samples (strips or tiles), which libtiff decodes where they are compressed;
 * what they mean is said by tiff_tags.h. The orientation tag is obeyed, as Pillow does when
 * it loads a TIFF.
 */
#include "image/image_tiff.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "base/mem.h"
#include "image/alpha.h"
#include "image/cmyk.h"
#include "image/tiff_ifd.h"
#include "image/tiff_tags.h"

enum { WORDS = 256, SMALL_BYTES = 1 << 20 };

struct reader {
	const uint8_t *bytes;
	size_t size, at;
	char words[WORDS];              /* libtiff's first complaint that matters; or "" */
	struct tiff_tags tags;
	TIFF *tif;                      /* NULL: the samples are not compressed */
	struct image *im;
	uint32_t width, height;         /* as in the tags */
	int planes;                     /* of the file */
	bool by_libtiff;                /* YCbCr that libjpeg does not convert */
};

bool image_is_tiff(const uint8_t *bytes, size_t size)
{
	return tiff_ifd_begins(bytes, size);
}

/* ---- libtiff's memory ---- */

/*
 * In place of libtiff's own: without memory for a tag it crashes (TIFFSetField) or drops the tag.
 * What is small comes, or the program ends; large blocks, which the file asks for, may be refused.
 */
__attribute__((weak)) void *_TIFFmalloc(tmsize_t size)
{
	if (size <= 0)
		return NULL;
	return size > SMALL_BYTES ? malloc((size_t)size) : xmalloc((size_t)size, 1);
}

__attribute__((weak)) void *_TIFFrealloc(void *p, tmsize_t size)
{
	return size <= 0 || size > SMALL_BYTES ? realloc(p, (size_t)size)
	                                       : xrealloc(p, (size_t)size, 1);
}

/* ---- libtiff's view of the file ---- */

static tmsize_t read_bytes(thandle_t handle, void *out, tmsize_t n)
{
	struct reader *r = handle;
	size_t left = r->at < r->size ? r->size - r->at : 0;

	if ((size_t)n > left)
		n = (tmsize_t)left;
	memcpy(out, r->bytes + r->at, (size_t)n);
	r->at += (size_t)n;
	return n;
}

static tmsize_t write_bytes(thandle_t handle, void *data, tmsize_t n)
{
	(void)handle;
	(void)data;
	(void)n;
	return 0;
}

static toff_t seek_to(thandle_t handle, toff_t offset, int whence)
{
	struct reader *r = handle;
	uint64_t base = whence == SEEK_CUR ? r->at : whence == SEEK_END ? r->size : 0;

	r->at = (size_t)(base + offset);
	return r->at;
}

static int close_nothing(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t size_of(thandle_t handle)
{
	return ((struct reader *)handle)->size;
}

static int map_bytes(thandle_t handle, void **base, toff_t *size)
{
	struct reader *r = handle;

	*base = (void *)(uintptr_t)r->bytes;    /* libtiff only reads: mode "r" */
	*size = r->size;
	return 1;
}

static void unmap_nothing(thandle_t handle, void *base, toff_t size)
{
	(void)handle;
	(void)base;
	(void)size;
}

__attribute__((format(printf, 3, 0)))
static void note(thandle_t handle, const char *module, const char *format, va_list ap)
{
	struct reader *r = handle;

	/* libtiff would go on with what libjpeg has not made, and crash */
	if (module && !strcmp(module, "JPEGLib") && errno == ENOMEM)
		mem_exhausted();
	if (!r || r->words[0])
		return;
	vsnprintf(r->words, sizeof r->words, format, ap);
	if (!r->words[0])
		strcpy(r->words, "unknown error");
}

/* libjpeg goes on after damage with a warning. Stray bytes between markers do no harm. */
__attribute__((format(printf, 3, 0)))
static void note_warning(thandle_t handle, const char *module, const char *format, va_list ap)
{
	struct reader *r = handle;
	char words[WORDS];

	if (!module || strcmp(module, "JPEGLib"))
		return;
	vsnprintf(words, sizeof words, format, ap);
	if (r && !r->words[0] && !strstr(words, "extraneous bytes"))
		memcpy(r->words, words, sizeof words);
}

/* Handlers are libtiff's only global state; each message brings its reader along. */
static void set_handlers(void)
{
	TIFFSetErrorHandler(NULL);
	TIFFSetWarningHandler(NULL);
	TIFFSetErrorHandlerExt(note);
	TIFFSetWarningHandlerExt(note_warning);
}

static int damaged(const struct reader *r, const char *otherwise, struct err *e)
{
	return err_set(e, "damaged TIFF: %s", r->words[0] ? r->words : otherwise);
}

/*
 * How many bytes of samples a byte of the file can become. LZW: its longest strings, 3838
 * codes of 9 to 12 bits for 7.4 million bytes. JPEG: a block of 64 samples takes two bits
 * at least, four chroma samples cover one. Fax: a bit a row.
 */
static double expansion(const struct reader *r)
{
	switch (r->tags.compression) {
	case COMPRESSION_NONE:
		return 1;
	case COMPRESSION_PACKBITS:
		return 64;
	case COMPRESSION_LZW:
		return 1400;
	case COMPRESSION_ADOBE_DEFLATE:
	case COMPRESSION_DEFLATE:
		return 1032;
	case COMPRESSION_JPEG:
		return 1024;
	case COMPRESSION_CCITTRLE:
	case COMPRESSION_CCITTFAX3:
	case COMPRESSION_CCITTFAX4:
		return 8.0 * (double)TIFFScanlineSize(r->tif);
	default:
		return 1 << 14;
	}
}

static bool knows_compression(const struct reader *r)
{
	switch (r->tags.compression) {
	case COMPRESSION_NONE:
	case COMPRESSION_CCITTRLE:
	case COMPRESSION_CCITTFAX3:
	case COMPRESSION_CCITTFAX4:
	case COMPRESSION_LZW:
	case COMPRESSION_JPEG:
	case COMPRESSION_ADOBE_DEFLATE:
	case COMPRESSION_DEFLATE:
	case COMPRESSION_PACKBITS:
	case COMPRESSION_LZMA:
	case COMPRESSION_ZSTD:
		return TIFFIsCODECConfigured(r->tags.compression);
	}
	return false;
}

/* Nothing that libtiff makes of the tags may differ from what we make of them. */
static int check_tag(struct reader *r, uint32_t tag, uint32_t want, struct err *e)
{
	uint16_t v = 0;

	if (TIFFGetFieldDefaulted(r->tif, tag, &v) == 1 && v == want)
		return 0;
	return err_set(e, "damaged TIFF: tag %u is %u or %u", tag, want, v);
}

static int check_tags(struct reader *r, struct err *e)
{
	const struct tiff_tags *t = &r->tags;
	uint32_t width = 0, height = 0;
	uint16_t photometric = 0;

	TIFFGetField(r->tif, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(r->tif, TIFFTAG_IMAGELENGTH, &height);
	if (width != r->width || height != r->height)
		return damaged(r, "no size, or two", e);
	/* of the photometric interpretations libtiff only does something about this one */
	TIFFGetField(r->tif, TIFFTAG_PHOTOMETRIC, &photometric);
	if ((photometric == PHOTOMETRIC_YCBCR) != (t->photometric == PHOTOMETRIC_YCBCR))
		return damaged(r, "no photometric interpretation, or two", e);
	if (check_tag(r, TIFFTAG_COMPRESSION, t->compression, e) < 0 ||
	    check_tag(r, TIFFTAG_BITSPERSAMPLE, t->bits, e) < 0 ||
	    check_tag(r, TIFFTAG_SAMPLESPERPIXEL, t->samples, e) < 0)
		return -1;
	return check_tag(r, TIFFTAG_PLANARCONFIG, t->planar, e);
}

static bool has_alpha(const struct reader *r)
{
	return r->tags.alpha;
}

/* Samples that carry the colour, without alpha. */
static int colours(const struct reader *r)
{
	return r->tags.used - has_alpha(r);
}

/* ---- samples: each pixel's go to the front of its four bytes ---- */

/* WIDTH samples of 1, 2 or 4 bits. */
static void unpack_bits(uint8_t *out, const uint8_t *in, uint32_t width, int bits)
{
	int mask = (1 << bits) - 1;

	for (uint32_t x = 0; x < width; x++) {
		size_t bit = (size_t)x * bits;

		out[x * IMAGE_CHANNELS] = (in[bit / 8] >> (8 - bits - bit % 8)) & mask;
	}
}

/* Samples of 16 bits: grey clips at 255 (and at 0), colours lose their low byte. */
static uint8_t narrow(const struct reader *r, const uint8_t *in)
{
	uint16_t v;
	int n;

	memcpy(&v, in, sizeof v);
	if (colours(r) > 1)
		return (uint8_t)(v >> 8);
	n = r->tags.is_signed ? (int16_t)v : v;
	if (n > 255)
		r->im->note = image_clipped;
	return (uint8_t)(n < 0 ? 0 : n > 255 ? 255 : n);
}

/* COUNT samples of each of WIDTH pixels, whose samples lie PITCH apart. */
static void unpack_bytes(uint8_t *out, const uint8_t *in, uint32_t width, int count,
                         int pitch)
{
	for (uint32_t x = 0; x < width; x++, in += pitch, out += IMAGE_CHANNELS)
		for (int s = 0; s < count; s++)
			out[s] = in[s];
}

static void unpack_words(const struct reader *r, uint8_t *out, const uint8_t *in,
                         uint32_t width, int count, int pitch)
{
	for (uint32_t x = 0; x < width; x++, in += 2 * pitch, out += IMAGE_CHANNELS)
		for (int s = 0; s < count; s++)
			out[s] = narrow(r, in + 2 * s);
}

/* A row of one plane, or of all. */
static void unpack(const struct reader *r, uint8_t *out, const uint8_t *in,
                   uint32_t width, int plane)
{
	int count = r->planes > 1 ? 1 : r->tags.used;
	int pitch = r->planes > 1 ? 1 : r->tags.samples;

	out += plane;
	if (r->tags.bits < 8)
		unpack_bits(out, in, width, r->tags.bits);
	else if (r->tags.bits == 16)
		unpack_words(r, out, in, width, count, pitch);
	else if (count == IMAGE_CHANNELS && pitch == IMAGE_CHANNELS)
		memcpy(out, in, (size_t)width * IMAGE_CHANNELS);
	else if (count == 3 && pitch == 3)
		unpack_bytes(out, in, width, 3, 3);
	else
		unpack_bytes(out, in, width, count, pitch);
}

/* ---- blocks ---- */

/* Tiles, or strips seen as tiles as wide as the picture. */
struct blocks {
	bool tiled;
	bool direct;                    /* decoded rows are those of the picture */
	uint32_t width, height;
	uint32_t across, down;          /* how many; of those that are not compressed */
	uint64_t first;                 /* index among the offsets */
	size_t row_bytes;               /* of a decoded block */
	uint8_t *buffer;
};

/* Rows of block Y of the picture; the last may be short. */
static uint32_t rows_at(const struct reader *r, const struct blocks *b, uint32_t y)
{
	return r->height - y < b->height ? r->height - y : b->height;
}

/* Blocks as libtiff has them. */
static int ask_blocks(struct reader *r, struct blocks *b, struct err *e)
{
	b->tiled = TIFFIsTiled(r->tif);
	if (b->tiled) {
		if (TIFFGetField(r->tif, TIFFTAG_TILEWIDTH, &b->width) != 1 ||
		    TIFFGetField(r->tif, TIFFTAG_TILELENGTH, &b->height) != 1)
			return damaged(r, "no tile size", e);
	} else {
		b->width = r->width;
		TIFFGetFieldDefaulted(r->tif, TIFFTAG_ROWSPERSTRIP, &b->height);
		if (b->height > r->height)
			b->height = r->height;
	}
	return 0;
}

/* Their bytes must be as many for libtiff as for us. */
static int check_blocks(struct reader *r, const struct blocks *b, struct err *e)
{
	size_t row_bytes = (size_t)(b->tiled ? TIFFTileRowSize(r->tif)
	                                     : TIFFScanlineSize(r->tif));
	size_t bytes = (size_t)(b->tiled ? TIFFTileSize(r->tif) : TIFFStripSize(r->tif));

	if (row_bytes != b->row_bytes || bytes / b->row_bytes != b->height)
		return damaged(r, "strips or tiles of an odd size", e);
	return 0;
}

/*
 * There must be offsets of all blocks, of all planes that are kept. Where one block is the whole
 * picture, the last of several counts, as for Pillow.
 */
static int check_offsets(struct reader *r, struct blocks *b, struct err *e)
{
	uint64_t across = (r->width - 1) / b->width + 1,
	         down = (r->height - 1) / b->height + 1,
	         have = r->tags.offsets.count, want = across * down;

	b->across = (uint32_t)across;
	b->down = (uint32_t)down;
	if (r->planes == 1 && want == 1 && r->tags.block_height == r->height) {
		b->first = have - 1;
		return 0;
	}
	if (r->planes == 1 ? have != want : have < want * r->tags.used ||
	                                    have > want * (uint64_t)r->planes)
		return err_set(e, "damaged TIFF: %llu strips or tiles, expected %llu",
		               (unsigned long long)have,
		               (unsigned long long)want * (uint64_t)r->planes);
	return 0;
}

static int measure_blocks(struct reader *r, struct blocks *b, struct err *e)
{
	size_t bits;
	double bytes;

	b->tiled = r->tags.tiled;
	b->width = r->tags.block_width;
	b->height = r->tags.block_height;
	if (b->height > r->height)
		b->height = r->height;
	if (r->tif && ask_blocks(r, b, e) < 0)
		return -1;
	bits = (size_t)b->width * r->tags.bits * (r->planes > 1 ? 1 : r->tags.samples);
	b->row_bytes = (bits + 7) / 8;
	bytes = (double)b->row_bytes * b->height;
	if (!b->width || !b->height || (b->tiled && bits % 8))
		return damaged(r, "strips or tiles of an odd size", e);
	if (bytes > expansion(r) * (double)r->size)
		return err_set(e, "claims strips of %.0f bytes, too many for a file of %zu",
		               bytes, r->size);
	if ((r->tif ? check_blocks(r, b, e) : check_offsets(r, b, e)) < 0)
		return -1;
	b->direct = !b->tiled && r->planes == 1 && r->tags.bits == 8 &&
	            r->tags.samples == IMAGE_CHANNELS && r->tags.used == r->tags.samples;
	if (!b->direct && !(b->buffer = mem_try(b->row_bytes * b->height, 1, e)))
		return -1;
	return 0;
}

static uint8_t reverse_bits(uint8_t v)
{
	v = (uint8_t)(v >> 4 | v << 4);
	v = (uint8_t)((v & 0xcc) >> 2 | (v & 0x33) << 2);
	return (uint8_t)((v & 0xaa) >> 1 | (v & 0x55) << 1);
}

static void swap_words(uint8_t *p, size_t bytes)
{
	for (; bytes >= 2; bytes -= 2, p += 2) {
		uint8_t first = p[0];

		p[0] = p[1];
		p[1] = first;
	}
}

/* A block that is not compressed; the number of bytes that the file says it has is no matter. */
static int copy_block(struct reader *r, const struct blocks *b, uint8_t *out, uint32_t x,
                      uint32_t y, int plane, uint32_t rows, struct err *e)
{
	uint64_t index = b->first + x / b->width +
	                 ((uint64_t)plane * b->down + y / b->height) * b->across;
	uint64_t at = tiff_tags_number(&r->tags, &r->tags.offsets, index);
	size_t bytes = b->row_bytes * rows;

	if (at > r->size || bytes > r->size - at)
		return damaged(r, "pixels are missing", e);
	memcpy(out, r->bytes + at, bytes);
	if (r->tags.fill_order == 2)
		for (size_t i = 0; i < bytes; i++)
			out[i] = reverse_bits(out[i]);
	if (r->tags.bits == 16 && r->tags.swapped)
		swap_words(out, bytes);
	return 0;
}

/* Decodes the block at X, Y into OUT; all bytes of its ROWS must come. */
static int decode_block(struct reader *r, const struct blocks *b, uint8_t *out,
                        uint32_t x, uint32_t y, int plane, uint32_t rows, struct err *e)
{
	uint16_t sample = (uint16_t)plane;
	uint32_t index = b->tiled ? TIFFComputeTile(r->tif, x, y, 0, sample)
	                          : TIFFComputeStrip(r->tif, y, sample);
	tmsize_t want = (tmsize_t)(b->row_bytes * rows), got;

	if (b->tiled)
		got = TIFFReadEncodedTile(r->tif, index, out,
		                          (tmsize_t)(b->row_bytes * b->height));
	else
		got = TIFFReadEncodedStrip(r->tif, index, out, want);
	if (got < want || r->words[0])
		return damaged(r, "pixels are missing", e);
	return 0;
}

static int get_block(struct reader *r, const struct blocks *b, uint8_t *out, uint32_t x,
                     uint32_t y, int plane, uint32_t rows, struct err *e)
{
	if (r->tif)
		return decode_block(r, b, out, x, y, plane, rows, e);
	return copy_block(r, b, out, x, y, plane, rows, e);
}

static int read_block(struct reader *r, const struct blocks *b, uint32_t x, uint32_t y,
                      int plane, struct err *e)
{
	uint32_t rows = rows_at(r, b, y);
	uint32_t width = r->width - x < b->width ? r->width - x : b->width;
	size_t pitch = (size_t)r->width * IMAGE_CHANNELS;
	uint8_t *out = r->im->pixels + y * pitch + (size_t)x * IMAGE_CHANNELS;

	if (b->direct)
		return get_block(r, b, out, x, y, plane, rows, e);
	if (get_block(r, b, b->buffer, x, y, plane, rows, e) < 0)
		return -1;
	for (uint32_t i = 0; i < rows; i++)
		unpack(r, out + i * pitch, b->buffer + i * b->row_bytes, width, plane);
	return 0;
}

static int read_blocks(struct reader *r, struct err *e)
{
	struct blocks b = {0};
	int rc = measure_blocks(r, &b, e);

	for (int plane = 0; rc == 0 && plane < r->planes && plane < r->tags.used; plane++)
		for (uint32_t y = 0; rc == 0 && y < r->height; y += rows_at(r, &b, y))
			for (uint32_t x = 0; rc == 0 && x < r->width; x += b.width)
				rc = read_block(r, &b, x, y, plane, e);
	free(b.buffer);
	return rc;
}

/* Subsampled colour differences: libtiff's own conversion, as in Pillow. */
static int read_by_libtiff(struct reader *r, struct err *e)
{
	TIFFRGBAImage rgba;
	char words[1024] = "";
	int got;

	if (!TIFFRGBAImageOK(r->tif, words) || !TIFFRGBAImageBegin(&rgba, r->tif, 1, words))
		return damaged(r, words, e);
	rgba.orientation = rgba.req_orientation = ORIENTATION_TOPLEFT;
	got = TIFFRGBAImageGet(&rgba, (void *)r->im->pixels, r->width, r->height);
	TIFFRGBAImageEnd(&rgba);
	return got && !r->words[0] ? 0 : damaged(r, "pixels are missing", e);
}

/* ---- colours: four bytes of samples become RGBA, in place ---- */

static void fill_grey(uint8_t *p, size_t pixels, const struct reader *r)
{
	int scale = r->tags.bits < 8 ? 255 / ((1 << r->tags.bits) - 1) : 1;
	int flip = r->tags.photometric == PHOTOMETRIC_MINISWHITE && r->tags.bits <= 8 ? 255 : 0;
	bool alpha = has_alpha(r);

	for (; pixels; pixels--, p += IMAGE_CHANNELS) {
		p[3] = alpha ? p[1] : 255;
		p[0] = p[1] = p[2] = (uint8_t)((p[0] * scale) ^ flip);
	}
}

static void fill_palette(uint8_t *p, size_t pixels, const struct reader *r)
{
	bool alpha = has_alpha(r);

	for (; pixels; pixels--, p += IMAGE_CHANNELS) {
		p[3] = alpha ? p[1] : 255;
		memcpy(p, r->tags.palette[p[0]], sizeof *r->tags.palette);
	}
}

static void fill_cmyk(uint8_t *p, size_t pixels)
{
	for (; pixels; pixels--, p += IMAGE_CHANNELS)
		cmyk_to_rgba(p);
}

/*
 * Y, Cb, Cr to RGB as Pillow has it (ConvertYCbCr.c): each factor times the distance from 128, in
 * 64ths, rounded by adding a half and cutting towards 0.
 */
static int chroma(double factor, uint8_t v)
{
	return (int)(factor * (v - 128) * 64 + .5);
}

static uint8_t clip(int v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static void fill_ycbcr(uint8_t *p, size_t pixels)
{
	for (; pixels; pixels--, p += IMAGE_CHANNELS) {
		int y = p[0], green = chroma(-.34414, p[1]) + chroma(-.71414, p[2]);
		int blue = chroma(1.772, p[1]), red = chroma(1.402, p[2]);

		p[0] = clip(y + (red >> 6));
		p[1] = clip(y + (green >> 6));
		p[2] = clip(y + (blue >> 6));
		p[3] = 255;
	}
}

static void fill_alpha(uint8_t *p, size_t pixels)
{
	for (; pixels; pixels--, p += IMAGE_CHANNELS)
		p[3] = 255;
}

/* Associated alpha: colours were stored times alpha. Where that is 0, none are left. */
static void divide_by_alpha(uint8_t *p, size_t pixels)
{
	for (; pixels; pixels--, p += IMAGE_CHANNELS)
		for (int c = 0; c < 3; c++)
			p[c] = p[3] ? alpha_divide(p[c], p[3]) : 0;
}

static void fill_colours(struct reader *r)
{
	uint8_t *p = r->im->pixels;
	size_t pixels = (size_t)r->width * r->height;

	if (r->by_libtiff)
		fill_alpha(p, pixels);
	else if (r->tags.photometric == PHOTOMETRIC_PALETTE)
		fill_palette(p, pixels, r);
	else if (r->tags.photometric == PHOTOMETRIC_SEPARATED)
		fill_cmyk(p, pixels);
	else if (colours(r) == 1)
		fill_grey(p, pixels, r);
	else if (r->tags.photometric == PHOTOMETRIC_YCBCR && !r->tif)
		fill_ycbcr(p, pixels);
	else if (!has_alpha(r))
		fill_alpha(p, pixels);
	if (has_alpha(r) && r->tags.alpha == EXTRASAMPLE_ASSOCALPHA)
		divide_by_alpha(p, pixels);
}

/* ---- all of it ---- */

/*
 * Opens the file for libtiff. What that complained of meanwhile are tags: those that matter are
 * compared with ours, whatever the others hold.
 */
static int open_compressed(struct reader *r, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, set_handlers);
	/* c: no chopping of large strips into small ones, which would only cost time */
	r->tif = TIFFClientOpen("", "rc", r, read_bytes, write_bytes, seek_to, close_nothing,
	                        size_of, map_bytes, unmap_nothing);
	if (!r->tif)
		return damaged(r, "not readable", e);
	r->words[0] = 0;
	return check_tags(r, e);
}

static int check_compression(struct reader *r, struct err *e)
{
	const struct tiff_tags *t = &r->tags;

	if (!knows_compression(r))
		return err_set(e, "TIFF of compression %u is not supported", t->compression);
	if (t->photometric != PHOTOMETRIC_YCBCR)
		return 0;
	if (t->compression == COMPRESSION_NONE ? t->subsampled : t->samples != 3)
		return err_set(e, "TIFF of YCbCr with %u samples%s and compression %u is not "
		               "supported", t->samples, t->subsampled ? ", subsampled," : "",
		               t->compression);
	return 0;
}

static double claimed_bytes(const struct reader *r)
{
	const struct tiff_tags *t = &r->tags;

	if (r->tif)
		return (double)TIFFScanlineSize(r->tif) * r->height * r->planes;
	return (double)r->width * r->height * t->bits * (r->planes > 1 ? t->used : t->samples) / 8;
}

static int read_picture(struct reader *r, struct err *e)
{
	const struct tiff_tags *t = &r->tags;

	if (check_compression(r, e) < 0)
		return -1;
	r->width = t->width;
	r->height = t->height;
	r->planes = t->planar == PLANARCONFIG_SEPARATE ? t->samples : 1;
	if (t->compression != COMPRESSION_NONE && open_compressed(r, e) < 0)
		return -1;
	if (r->tif && t->photometric == PHOTOMETRIC_YCBCR) {
		r->by_libtiff = t->compression != COMPRESSION_JPEG || r->planes > 1;
		if (!r->by_libtiff)
			TIFFSetField(r->tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
	}
	if (image_alloc(r->im, r->width, r->height, claimed_bytes(r), r->size, expansion(r),
	                e) < 0)
		return -1;
	if ((r->by_libtiff ? read_by_libtiff(r, e) : read_blocks(r, e)) < 0)
		return -1;
	fill_colours(r);
	return image_turn(r->im, t->orientation, e);
}

int image_tiff_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e)
{
	struct reader r = { .bytes = bytes, .size = size, .im = im };
	int rc;

	if (tiff_tags_read(&r.tags, bytes, size, e) < 0)
		return -1;
	errno = 0;
	rc = read_picture(&r, e);
	if (rc < 0 && errno == ENOMEM)          /* whatever libtiff made of that */
		err_machine(e, "libtiff: out of memory");
	if (r.tif)
		TIFFClose(r.tif);
	return rc;
}
