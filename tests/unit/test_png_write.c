/* PNG files, written and read again. */
#include "tap.h"

#include "image/image_read.h"
#include "image/png_write.h"

enum { WIDTH = 37, HEIGHT = 11, PIXELS = WIDTH * HEIGHT };

static void fill(uint8_t rgb[3 * PIXELS])
{
	for (int i = 0; i < 3 * PIXELS; i++)
		rgb[i] = (uint8_t)(i * 7 % 251);
}

static int differing(const struct image *im, const uint8_t *rgb)
{
	int count = 0;

	for (int i = 0; i < PIXELS; i++)
		count += memcmp(im->pixels + 4 * i, rgb + 3 * i, 3) || im->pixels[4 * i + 3] != 255;
	return count;
}

static void test_round_trip(enum png_write_kind kind)
{
	uint8_t rgb[3 * PIXELS];
	struct image im = {0};
	struct err e = {0};
	char *bytes = NULL;
	size_t size;
	FILE *f = open_memstream(&bytes, &size);

	fill(rgb);
	is_int(png_write_rgb(f, rgb, WIDTH, HEIGHT, kind, &e), 0, "written");
	fclose(f);
	is_int(image_read(&im, (const uint8_t *)bytes, size, &e), 0, "read again");
	ok(im.width == WIDTH && im.height == HEIGHT, "its size");
	is_int(differing(&im, rgb), 0, "its pixels");
	image_release(&im);
	free(bytes);
}

static void test_full_disk(void)
{
	uint8_t rgb[3 * PIXELS];
	struct err e = {0};
	FILE *f = fopen("/dev/full", "w");

	fill(rgb);
	setvbuf(f, NULL, _IONBF, 0);
	is_int(png_write_rgb(f, rgb, WIDTH, HEIGHT, PNG_WRITE_DRAWING, &e), -1, "onto a full disk");
	is_text(e.text, "No space left on device", "says so");
	fclose(f);
}

int main(void)
{
	test_round_trip(PNG_WRITE_DRAWING);
	test_round_trip(PNG_WRITE_PHOTO);
	test_full_disk();
	return tap_end();
}
