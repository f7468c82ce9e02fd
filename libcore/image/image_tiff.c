/*
 * TIFF through libtiff, which decodes blocks of samples (strips or tiles); what they mean
 * follows Pillow's table of modes. The orientation tag is obeyed, as Pillow does when it
 * loads a TIFF.
 */
#include "image/image_tiff.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "base/mem.h"
#include "image/alpha.h"
#include "image/cmyk.h"

enum { MAGIC_BYTES = 4, PALETTE = 256, WORDS = 256 };

struct reader {
	const uint8_t *bytes;
	size_t size, at;
	char words[WORDS];              /* libtiff's first complaint that matters; or "" */
	TIFF *tif;
	struct image *im;
	uint32_t width, height;
	uint16_t compression, photometric, planar, bits, samples, format, extras;
	uint16_t extra;                 /* meaning of the first of them */
	int planes, used;               /* planes of the file; samples that we keep */
	bool by_libtiff;                /* YCbCr that libjpeg does not convert */
	uint8_t palette[PALETTE][3];
};

bool image_is_tiff(const uint8_t *bytes, size_t size)
{
	static const char magic[][MAGIC_BYTES + 1] = {
		"II*\0", "MM\0*", "II+\0", "MM\0+",
	};

	for (size_t i = 0; size >= MAGIC_BYTES && i < sizeof magic / sizeof *magic; i++)
		if (!memcmp(bytes, magic[i], MAGIC_BYTES))
			return true;
	return false;
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

	(void)module;
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

/* ---- what the tags say ---- */

static uint16_t tag16(const struct reader *r, uint32_t tag)
{
	uint16_t v = 0;

	TIFFGetFieldDefaulted(r->tif, tag, &v);
	return v;
}

static int read_tags(struct reader *r, struct err *e)
{
	uint16_t *kinds = NULL;

	if (TIFFGetField(r->tif, TIFFTAG_IMAGEWIDTH, &r->width) != 1 ||
	    TIFFGetField(r->tif, TIFFTAG_IMAGELENGTH, &r->height) != 1)
		return damaged(r, "no width or height", e);
	r->compression = tag16(r, TIFFTAG_COMPRESSION);
	r->photometric = tag16(r, TIFFTAG_PHOTOMETRIC);
	r->planar = tag16(r, TIFFTAG_PLANARCONFIG);
	r->bits = tag16(r, TIFFTAG_BITSPERSAMPLE);
	r->samples = tag16(r, TIFFTAG_SAMPLESPERPIXEL);
	r->format = tag16(r, TIFFTAG_SAMPLEFORMAT);
	/* not ...Defaulted, which makes some up where the file says nothing */
	if (TIFFGetField(r->tif, TIFFTAG_EXTRASAMPLES, &r->extras, &kinds) != 1)
		r->extras = 0;
	if (r->extras)
		r->extra = kinds[0];
	return 0;
}

/*
 * How many bytes of samples a byte of the file can become. LZW: its longest strings, 3838
 * codes of 9 to 12 bits for 7.4 million bytes. JPEG: a block of 64 samples takes two bits
 * at least, four chroma samples cover one. Fax: a bit a row.
 */
static double expansion(const struct reader *r)
{
	switch (r->compression) {
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
	switch (r->compression) {
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
		return TIFFIsCODECConfigured(r->compression);
	}
	return false;
}

/* Samples of a pixel that carry its colour; 0: a kind of picture that we do not read. */
static int colour_samples(uint16_t photometric)
{
	switch (photometric) {
	case PHOTOMETRIC_MINISWHITE:
	case PHOTOMETRIC_MINISBLACK:
	case PHOTOMETRIC_PALETTE:
		return 1;
	case PHOTOMETRIC_RGB:
	case PHOTOMETRIC_YCBCR:
		return 3;
	case PHOTOMETRIC_SEPARATED:
		return 4;
	}
	return 0;
}

static bool has_alpha(const struct reader *r)
{
	return r->used == colour_samples(r->photometric) + 1;
}

/* Bits and number formats that exist for this kind of picture, as in Pillow's table. */
static bool knows_depth(const struct reader *r)
{
	int colours = colour_samples(r->photometric);

	if (r->format == SAMPLEFORMAT_INT)
		return r->photometric == PHOTOMETRIC_MINISBLACK && r->samples == 1 &&
		       (r->bits == 8 || r->bits == 16);
	if (r->format != SAMPLEFORMAT_UINT)
		return false;
	if (r->bits == 8)
		return true;
	if (colours == 1)
		return r->samples == 1 &&
		       (r->bits == 1 || r->bits == 2 || r->bits == 4 ||
		        (r->bits == 16 && r->photometric != PHOTOMETRIC_PALETTE));
	return r->bits == 16 && r->photometric != PHOTOMETRIC_YCBCR;
}

/*
 * Which samples are kept. Four samples of RGB without a word about the fourth are RGBA;
 * an extra sample of unknown meaning (kind 0) is dropped.
 */
static void choose_samples(struct reader *r)
{
	int colours = colour_samples(r->photometric);

	r->used = colours;
	if (r->photometric == PHOTOMETRIC_RGB && r->samples == colours + 1 &&
	    !r->extras) {
		r->extra = EXTRASAMPLE_UNASSALPHA;
		r->used++;
	} else if (colours <= 3 && r->samples > colours && r->extras &&
	           r->extra != EXTRASAMPLE_UNSPECIFIED) {
		r->used++;
	}
}

static int check_kind(struct reader *r, struct err *e)
{
	int colours = colour_samples(r->photometric);

	if (!knows_compression(r))
		return err_set(e, "TIFF of compression %u is not supported", r->compression);
	if (!colours)
		return err_set(e, "TIFF of photometric interpretation %u is not supported",
		               r->photometric);
	if (r->samples < colours || !knows_depth(r))
		return err_set(e, "TIFF of photometric interpretation %u with %u samples of %u "
		               "bits, format %u, is not supported",
		               r->photometric, r->samples, r->bits, r->format);
	choose_samples(r);
	r->planes = r->planar == PLANARCONFIG_SEPARATE ? r->samples : 1;
	return 0;
}

static int read_palette(struct reader *r, struct err *e)
{
	uint16_t *red, *green, *blue;

	if (r->photometric != PHOTOMETRIC_PALETTE)
		return 0;
	if (TIFFGetField(r->tif, TIFFTAG_COLORMAP, &red, &green, &blue) != 1)
		return damaged(r, "no colour map", e);
	for (int i = 0; i < 1 << r->bits; i++) {
		r->palette[i][0] = (uint8_t)(red[i] >> 8);
		r->palette[i][1] = (uint8_t)(green[i] >> 8);
		r->palette[i][2] = (uint8_t)(blue[i] >> 8);
	}
	return 0;
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
	if (colour_samples(r->photometric) > 1)
		return (uint8_t)(v >> 8);
	n = r->format == SAMPLEFORMAT_INT ? (int16_t)v : v;
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
	int count = r->planes > 1 ? 1 : r->used;
	int pitch = r->planes > 1 ? 1 : r->samples;

	out += plane;
	if (r->bits < 8)
		unpack_bits(out, in, width, r->bits);
	else if (r->bits == 16)
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
	size_t row_bytes;               /* of a decoded block */
	uint8_t *buffer;
};

/* Rows of block Y of the picture; the last may be short. */
static uint32_t rows_at(const struct reader *r, const struct blocks *b, uint32_t y)
{
	return r->height - y < b->height ? r->height - y : b->height;
}

static int measure_blocks(struct reader *r, struct blocks *b, struct err *e)
{
	size_t bits, bytes;

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
	b->row_bytes = (size_t)(b->tiled ? TIFFTileRowSize(r->tif)
	                                 : TIFFScanlineSize(r->tif));
	bytes = (size_t)(b->tiled ? TIFFTileSize(r->tif) : TIFFStripSize(r->tif));
	bits = (size_t)b->width * r->bits * (r->planes > 1 ? 1 : r->samples);
	if (!b->width || !b->height || b->row_bytes != (bits + 7) / 8 ||
	    bytes / b->row_bytes != b->height)
		return damaged(r, "strips or tiles of an odd size", e);
	if (bytes > expansion(r) * (double)r->size)
		return err_set(e, "claims strips of %zu bytes, too many for a file of %zu",
		               bytes, r->size);
	b->direct = !b->tiled && r->planes == 1 && r->bits == 8 &&
	            r->samples == IMAGE_CHANNELS && r->used == r->samples;
	if (!b->direct && !(b->buffer = mem_try(bytes, 1, e)))
		return -1;
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

static int read_block(struct reader *r, const struct blocks *b, uint32_t x, uint32_t y,
                      int plane, struct err *e)
{
	uint32_t rows = rows_at(r, b, y);
	uint32_t width = r->width - x < b->width ? r->width - x : b->width;
	size_t pitch = (size_t)r->width * IMAGE_CHANNELS;
	uint8_t *out = r->im->pixels + y * pitch + (size_t)x * IMAGE_CHANNELS;

	if (b->direct)
		return decode_block(r, b, out, x, y, plane, rows, e);
	if (decode_block(r, b, b->buffer, x, y, plane, rows, e) < 0)
		return -1;
	for (uint32_t i = 0; i < rows; i++)
		unpack(r, out + i * pitch, b->buffer + i * b->row_bytes, width, plane);
	return 0;
}

static int read_blocks(struct reader *r, struct err *e)
{
	struct blocks b = {0};
	int rc = measure_blocks(r, &b, e);

	for (int plane = 0; rc == 0 && plane < r->planes && plane < r->used; plane++)
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
	int scale = r->bits < 8 ? 255 / ((1 << r->bits) - 1) : 1;
	int flip = r->photometric == PHOTOMETRIC_MINISWHITE && r->bits <= 8 ? 255 : 0;
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
		memcpy(p, r->palette[p[0]], sizeof *r->palette);
	}
}

static void fill_cmyk(uint8_t *p, size_t pixels)
{
	for (; pixels; pixels--, p += IMAGE_CHANNELS)
		cmyk_to_rgba(p);
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
	else if (r->photometric == PHOTOMETRIC_PALETTE)
		fill_palette(p, pixels, r);
	else if (r->photometric == PHOTOMETRIC_SEPARATED)
		fill_cmyk(p, pixels);
	else if (colour_samples(r->photometric) == 1)
		fill_grey(p, pixels, r);
	else if (!has_alpha(r))
		fill_alpha(p, pixels);
	if (has_alpha(r) && r->extra == EXTRASAMPLE_ASSOCALPHA)
		divide_by_alpha(p, pixels);
}

/* ---- orientation ---- */

/* Row-major picture FROM seen so that its row 0 is the visual top; TIFF 6.0, tag 274. */
static int turn(struct image *im, int orientation, struct err *e)
{
	bool across = orientation >= 5;                 /* rows become columns */
	bool from_right = strchr("\2\3\7\10", orientation);
	bool from_bottom = strchr("\3\4\6\7", orientation);
	int width = across ? im->height : im->width;
	int height = across ? im->width : im->height;
	uint8_t *turned, *out;

	if (orientation < 2 || orientation > 8)
		return 0;
	turned = out = mem_try((size_t)width * height, IMAGE_CHANNELS, e);
	if (!turned)
		return -1;
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++, out += IMAGE_CHANNELS) {
			int i = from_bottom ? (across ? width - 1 - x : height - 1 - y)
			                    : (across ? x : y);
			int j = from_right ? (across ? height - 1 - y : width - 1 - x)
			                   : (across ? y : x);

			memcpy(out, im->pixels + ((size_t)i * im->width + j) * IMAGE_CHANNELS,
			       IMAGE_CHANNELS);
		}
	free(im->pixels);
	*im = (struct image){
		.width = width, .height = height, .pixels = turned,
		.room = (size_t)width * height * IMAGE_CHANNELS,
	};
	return 0;
}

/* ---- all of it ---- */

static int read_picture(struct reader *r, struct err *e)
{
	double claimed;

	if (read_tags(r, e) < 0 || check_kind(r, e) < 0 || read_palette(r, e) < 0)
		return -1;
	if (r->photometric == PHOTOMETRIC_YCBCR) {
		r->by_libtiff = r->compression != COMPRESSION_JPEG || r->planes > 1;
		if (!r->by_libtiff)
			TIFFSetField(r->tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
	}
	claimed = (double)TIFFScanlineSize(r->tif) * r->height * r->planes;
	if (image_alloc(r->im, r->width, r->height, claimed, r->size, expansion(r), e) < 0)
		return -1;
	if ((r->by_libtiff ? read_by_libtiff(r, e) : read_blocks(r, e)) < 0)
		return -1;
	fill_colours(r);
	return turn(r->im, tag16(r, TIFFTAG_ORIENTATION), e);
}

int image_tiff_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct reader r = { .bytes = bytes, .size = size, .im = im };
	int rc;

	pthread_once(&once, set_handlers);
	/* c: no chopping of large strips into small ones, which would only cost time */
	r.tif = TIFFClientOpen("", "rc", &r, read_bytes, write_bytes, seek_to,
	                       close_nothing, size_of, map_bytes, unmap_nothing);
	if (!r.tif)
		return damaged(&r, "not readable", e);
	rc = read_picture(&r, e);
	TIFFClose(r.tif);
	return rc;
}
