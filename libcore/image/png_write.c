/* PNG encoder; see png_write.h. */
#include "image/png_write.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

enum { CHANNELS = 3 };

static void on_error(png_structp png, png_const_charp message)
{
	err_set(png_get_error_ptr(png), "%s", errno ? strerror(errno) : message);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

/* In a function of its own so that no variable lives across the jump. */
static int write_image(png_structp png, png_infop info, FILE *f, const uint8_t *rgb,
                       int width, int height, enum png_write_kind kind)
{
	if (setjmp(png_jmpbuf(png)))
		return -1;
	png_init_io(png, f);
	png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8,
	             PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	             PNG_FILTER_TYPE_DEFAULT);
	/* Any filter makes drawings larger. */
	png_set_filter(png, PNG_FILTER_TYPE_BASE,
	               kind == PNG_WRITE_PHOTO ? PNG_ALL_FILTERS : PNG_FILTER_NONE);
	png_write_info(png, info);
	for (int y = 0; y < height; y++)
		png_write_row(png, rgb + (size_t)y * (size_t)width * CHANNELS);
	png_write_end(png, info);
	return 0;
}

int png_write_rgb(FILE *f, const uint8_t *rgb, int width, int height,
                  enum png_write_kind kind, struct err *e)
{
	png_structp png;
	png_infop info;
	int result;

	errno = 0;
	png = png_create_write_struct(PNG_LIBPNG_VER_STRING, e, on_error, on_warning);
	info = png ? png_create_info_struct(png) : NULL;
	if (!info) {
		png_destroy_write_struct(&png, NULL);
		return err_set(e, "libpng does not start: out of memory");
	}
	result = write_image(png, info, f, rgb, width, height, kind);
	png_destroy_write_struct(&png, &info);
	return result;
}
