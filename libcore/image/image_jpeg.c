/*
 * JPEG through libjpeg-turbo, whose defaults (accurate integer DCT, smooth upsampling) give
 * the pixels that Pillow has. Four inks are taken as Photoshop stores them, inverted, and the
 * orientation that a camera notes is passed over: as in Pillow.
 */
#include "image/image_jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "image/cmyk.h"

#ifndef LIBJPEG_TURBO_VERSION
#error "libjpeg-turbo is needed: other libraries of this interface make other pixels"
#endif

enum {
	MAGIC_BYTES = 3,
	PRECISION = 8,
	MAX_SCANS = 500,                /* encoders make a dozen; each costs a pass */
	/* samples of a byte: four components, and a bit at least for 64 samples of one */
	HUFFMAN_RATIO = 2048,
	ARITHMETIC_RATIO = 1 << 16,     /* no bound; flat pictures of 200 bytes pass */
};

/* All that a long jump out of libjpeg must not lose. */
struct reader {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_source_mgr source;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
	const uint8_t *bytes;
	size_t size;
	struct image *im;
	struct err *e;
};

bool image_is_jpeg(const uint8_t *bytes, size_t size)
{
	return size >= MAGIC_BYTES && !memcmp(bytes, "\xff\xd8\xff", MAGIC_BYTES);
}

/* ---- what libjpeg calls ---- */

_Noreturn static void leave(struct reader *r)
{
	longjmp(r->out, 1);
}

_Noreturn static void on_error(j_common_ptr jpeg)
{
	struct reader *r = jpeg->client_data;
	char words[JMSG_LENGTH_MAX];

	jpeg->err->format_message(jpeg, words);
	if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
		err_machine(r->e, "libjpeg: out of memory");
	else
		err_set(r->e, "damaged JPEG: %s", words);
	leave(r);
}

/* Warnings that leave the pixels alone; after any other, libjpeg makes some up. */
static bool is_harmless(int code)
{
	return code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR ||
	       code == JWRN_ADOBE_XFORM || code == JWRN_NOT_SEQUENTIAL;
}

/* LEVEL -1 is a warning, others follow what the library does. */
static void on_message(j_common_ptr jpeg, int level)
{
	if (level < 0 && !is_harmless(jpeg->err->msg_code))
		on_error(jpeg);
}

static void print_nothing(j_common_ptr jpeg)
{
	(void)jpeg;
}

static void start_source(j_decompress_ptr jpeg)
{
	(void)jpeg;
}

/* All bytes were there from the start: none are left. Whoever needs them is told so. */
static boolean take_more(j_decompress_ptr jpeg)
{
	(void)jpeg;
	return FALSE;
}

static void skip(j_decompress_ptr jpeg, long n)
{
	struct jpeg_source_mgr *source = jpeg->src;
	size_t bytes = n < 0 ? 0 : (size_t)n;

	if (bytes > source->bytes_in_buffer)
		bytes = source->bytes_in_buffer;
	source->next_input_byte += bytes;
	source->bytes_in_buffer -= bytes;
}

static void count_scans(j_common_ptr jpeg)
{
	struct reader *r = jpeg->client_data;

	if (r->jpeg.input_scan_number > MAX_SCANS) {
		err_set(r->e, "JPEG of more than %d scans", MAX_SCANS);
		leave(r);
	}
}

/* ---- decoding ---- */

static void set_up(struct reader *r)
{
	r->jpeg.err = jpeg_std_error(&r->errors);
	r->errors.error_exit = on_error;
	r->errors.emit_message = on_message;
	r->errors.output_message = print_nothing;
	r->jpeg.client_data = r;
	jpeg_create_decompress(&r->jpeg);
	r->source = (struct jpeg_source_mgr){
		.next_input_byte = r->bytes,
		.bytes_in_buffer = r->size,
		.init_source = start_source,
		.fill_input_buffer = take_more,
		.skip_input_data = skip,
		.resync_to_restart = jpeg_resync_to_restart,
		.term_source = start_source,
	};
	r->jpeg.src = &r->source;
	r->progress.progress_monitor = count_scans;
	r->jpeg.progress = &r->progress;
}

static int too_short(const struct reader *r)
{
	return err_set(r->e, "damaged JPEG: the file ends too early");
}

static int read_header(struct reader *r)
{
	struct jpeg_decompress_struct *j = &r->jpeg;
	double claimed;

	if (jpeg_read_header(j, TRUE) == JPEG_SUSPENDED)
		return too_short(r);
	if (j->data_precision != PRECISION)
		return err_set(r->e, "JPEG of %d bits is not supported", j->data_precision);
	if (j->num_components != 1 && j->num_components != 3 && j->num_components != 4)
		return err_set(r->e, "JPEG of %d components is not supported",
		               j->num_components);
	j->out_color_space = j->num_components == 4 ? JCS_CMYK : JCS_EXT_RGBA;
	claimed = (double)j->image_width * j->image_height * j->num_components;
	return image_alloc(r->im, j->image_width, j->image_height, claimed, r->size,
	                   j->arith_code ? ARITHMETIC_RATIO : HUFFMAN_RATIO, r->e);
}

/*
 * The end marker may come before all scans did. Coefficients that are missing would be guessed
 * from their neighbours, not by every version in the same way.
 */
static int check_complete(const struct reader *r)
{
	const struct jpeg_decompress_struct *j = &r->jpeg;

	for (int c = 0; c < j->num_components; c++) {
		bool missing = !j->comp_info[c].quant_table;

		for (int i = 0; j->coef_bits && i < DCTSIZE2; i++)
			missing |= j->coef_bits[c][i] != 0;
		if (missing)
			return err_set(r->e, "damaged JPEG: a scan is missing");
	}
	return 0;
}

/* Bytes that are missing behind the last row, the end marker's for instance, do no harm. */
static int read_rows(struct reader *r)
{
	size_t row_bytes = (size_t)r->jpeg.image_width * IMAGE_CHANNELS;

	if (!jpeg_start_decompress(&r->jpeg))
		return too_short(r);
	if (check_complete(r) < 0)
		return -1;
	while (r->jpeg.output_scanline < r->jpeg.output_height) {
		JSAMPROW row = r->im->pixels + r->jpeg.output_scanline * row_bytes;

		if (jpeg_read_scanlines(&r->jpeg, &row, 1) != 1)
			return too_short(r);
	}
	jpeg_finish_decompress(&r->jpeg);
	return 0;
}

static void convert_inks(const struct image *im)
{
	uint8_t *p = im->pixels;

	for (size_t i = (size_t)im->width * im->height; i; i--, p += IMAGE_CHANNELS) {
		for (int c = 0; c < IMAGE_CHANNELS; c++)
			p[c] ^= 255;
		cmyk_to_rgba(p);
	}
}

/* Everything that libjpeg may jump out of. */
static int decode(struct reader *r)
{
	if (setjmp(r->out))
		return -1;
	set_up(r);
	if (read_header(r) < 0)
		return -1;
	return read_rows(r);
}

int image_jpeg_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e)
{
	struct reader r = { .bytes = bytes, .size = size, .im = im, .e = e };
	int rc = decode(&r);

	if (rc == 0 && r.jpeg.num_components == 4)
		convert_inks(im);
	jpeg_destroy_decompress(&r.jpeg);
	return rc;
}
