/* Picture files as the network's input: pictures and arrays, the right sizes and others. */
#include "data/picture.h"

#include "format/npy.h"
#include "image/image_read.h"
#include "scratch.h"
#include "tap.h"

enum { SIZE = 5, C = IMAGE_CHANNELS, N = SIZE * SIZE * C };
static const char rgb[] = "tests/data/images/rgb8.png", rgba[] = "tests/data/images/rgba8.png";

static void test_picture(void)
{
	struct picture p;
	uint8_t first[N];
	float floats[N], input[N], want[N];
	struct err e = {0};

	picture_init(&p, SIZE, RESIZE_BICUBIC);
	ok(picture_load(&p, rgb, &e) == 0, "a picture %s", e.text);
	memcpy(first, p.bytes, N);
	for (int i = 0; i < N; i++)
		want[i] = (float)first[i] / 255.0f;
	picture_floats(&p, floats);
	are_near(floats, want, N, 0, "its bytes, divided by 255");
	ok(picture_load(&p, rgba, &e) == 0 && memcmp(p.bytes, first, N), "another one %s", e.text);
	ok(picture_input(&p, input, C, rgb, &e) == 0, "as the network's input %s", e.text);
	are_near(input, want, N, 0, "the same numbers");
	is_int(picture_load(&p, "tests/data/images/pixels.tsv", &e), -1, "no picture");
	is_text(e.text, "tests/data/images/pixels.tsv: not a TIFF, PNG or JPEG image", "why");
	ok(picture_input(&p, input, 3, rgb, &e) == -1 &&
	   strstr(e.text, "rgb8.png: a picture has 4 channels, the network takes 3"),
	   "another number of channels: %s", e.text);
	picture_release(&p);
	picture_release(&p);
}

static void test_array(void)
{
	static const size_t shape[] = { SIZE, SIZE, C };
	const char *bytes_path = scratch_path("bytes.npy");
	const char *floats_path = scratch_path("floats.npy");
	struct picture p, other;
	uint8_t bytes[N];
	float floats[N], got[N];
	struct err e = {0};

	for (int i = 0; i < N; i++) {
		bytes[i] = (uint8_t)(2 * i + 1);
		floats[i] = (float)bytes[i] / 255.0f;
	}
	npy_save(bytes_path, "|u1", 3, shape, bytes, sizeof bytes, false, &e);
	npy_save(floats_path, "<f4", 3, shape, floats, sizeof floats, false, &e);
	picture_init(&p, SIZE, RESIZE_BICUBIC);
	ok(picture_input(&p, got, C, bytes_path, &e) == 0, "an array of bytes %s", e.text);
	are_near(got, floats, N, 0, "divided by 255");
	ok(picture_input(&p, got, C, floats_path, &e) == 0, "an array of floats %s", e.text);
	are_near(got, floats, N, 0, "as they are");
	picture_init(&other, SIZE + 1, RESIZE_BICUBIC);
	ok(picture_input(&other, got, C, floats_path, &e) == -1 &&
	   strstr(e.text, "floats.npy: is 5 x 5 x 4 of <f4, the network takes 6 x 6 x 4 of"),
	   "another size: %s", e.text);
	picture_release(&other);
	picture_release(&p);
}

/* The picture that the input was made of, at its own size. */
static void test_original(void)
{
	static const size_t shape[] = { SIZE, SIZE, C }, rgb_shape[] = { SIZE, SIZE, 3 },
	                    grey_shape[] = { SIZE, SIZE, 1 };
	const char *path = scratch_path("bytes.npy"), *rgb_path = scratch_path("rgb.npy"),
	           *grey_path = scratch_path("grey.npy");
	struct picture p;
	struct image want = {0};
	uint8_t bytes[N];
	float in[N];
	struct err e = {0};

	for (int i = 0; i < N; i++)
		bytes[i] = (uint8_t)(2 * i + 1);
	npy_save(path, "|u1", 3, shape, bytes, N, false, &e);
	npy_save(rgb_path, "|u1", 3, rgb_shape, bytes, SIZE * SIZE * 3, false, &e);
	npy_save(grey_path, "|u1", 3, grey_shape, bytes, SIZE * SIZE, false, &e);
	image_read_file(&want, rgba, &e);
	picture_init(&p, SIZE, RESIZE_BICUBIC);
	ok(picture_input(&p, in, C, rgba, &e) == 0 && picture_original(&p, in, C, &e) == 0 &&
	   p.width == want.width && p.height == want.height && p.image.width == want.width &&
	   !memcmp(p.image.pixels, want.pixels, (size_t)want.width * (size_t)want.height * C),
	   "of a picture: as its file has it");
	ok(picture_input(&p, in, C, path, &e) == 0 && p.width == SIZE && p.height == SIZE &&
	   picture_original(&p, in, C, &e) == 0 && p.image.width == SIZE &&
	   !memcmp(p.image.pixels, bytes, N) && !p.image.opaque, "of an array: its pixels");
	ok(picture_input(&p, in, 3, rgb_path, &e) == 0 && picture_original(&p, in, 3, &e) == 0 &&
	   !memcmp(p.image.pixels + C, bytes + 3, 3) && p.image.pixels[7] == 255,
	   "of three channels: opaque");
	ok(picture_input(&p, in, 1, grey_path, &e) == 0 && picture_original(&p, in, 1, &e) == 0 &&
	   p.image.pixels[C] == 3 && p.image.pixels[C + 1] == 3 && p.image.pixels[C + 2] == 3,
	   "of one: grey");
	p.image.width = 0;
	ok(picture_original(&p, in, 2, &e) == -1 &&
	   !strcmp(e.text, "an array of 2 channels is no picture"), "of two: %s", e.text);
	image_release(&want);
	picture_release(&p);
}

int main(void)
{
	scratch_begin();
	test_picture();
	test_array();
	test_original();
	return tap_end();
}
