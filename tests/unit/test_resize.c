/*
 * resize.c against what Pillow made (tests/data/resize), each case with the vector passes
 * and the plain ones.
 */
#include <stdio.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "format/npy.h"
#include "image/image_read.h"
#include "image/resize.c"                /* its two ways to make a pass are static */
#include "npy_file.h"
#include "tap.h"

#define DIR "tests/data/resize/"

enum { SIZE = 100, GUARD = 64, MAX_ARRAY = 1 << 20 };

static const struct resize_passes *passes;      /* of every object */

static struct resize *new_object(int width, int height, enum resize_filter filter)
{
	struct resize *r = resize_new(width, height, filter);

	r->passes = passes;
	return r;
}

/*
 * RGBA pixels, of which a file may hold fewer channels: L and RGB lie in the first of them, with
 * alpha 255; of LA the second is alpha.
 */
struct picture {
	uint8_t *pixels;
	int width, height;
	int channels;                   /* of the file */
};

/* Byte of an RGBA pixel where channel C of CHANNELS lies. */
static int place_of(int c, int channels)
{
	return channels == 2 && c == 1 ? 3 : c;
}

static void to_rgba(struct picture *p, const uint8_t *pixels)
{
	size_t count = (size_t)p->width * p->height;

	p->pixels = xmalloc(count, 4);
	memset(p->pixels, 255, count * 4);
	for (size_t i = 0; i < count * p->channels; i++)
		p->pixels[i / p->channels * 4 + place_of(i % p->channels, p->channels)] = pixels[i];
}

/* The reverse, in place: only the bytes that the file has. Returns how many. */
static size_t narrow(uint8_t *pixels, size_t count, int channels)
{
	for (size_t i = 0; i < count * channels; i++)
		pixels[i] = pixels[i / channels * 4 + place_of(i % channels, channels)];
	return count * channels;
}

/* NAME.npy, or NAME.png (RGBA) where that is the smaller file. */
static void picture_load(struct picture *p, const char *name)
{
	char *npy = xasprintf(DIR "%s.npy", name), *png = xasprintf(DIR "%s.png", name);
	struct npy array = {0};
	struct image image = {0};
	struct err e = {0};

	if (npy_file(&array, npy, MAX_ARRAY, &e) == 0) {
		*p = (struct picture){ NULL, (int)array.shape[1], (int)array.shape[0],
		                       array.dims == 3 ? (int)array.shape[2] : 1 };
		to_rgba(p, array.data);
	} else if (image_read_file(&image, png, &e) == 0) {
		*p = (struct picture){ NULL, image.width, image.height, IMAGE_CHANNELS };
		to_rgba(p, image.pixels);
	} else {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	npy_release(&array);
	image_release(&image);
	free(npy);
	free(png);
}

static void picture_release(struct picture *p)
{
	free(p->pixels);
}

static bool is_opaque(const struct picture *p)
{
	return p->channels % 2;
}

/* Into new memory, which is seen to end where it must. */
static uint8_t *resized(const struct picture *p, int width, int height,
                        enum resize_filter filter, bool opaque)
{
	size_t bytes = (size_t)width * height * 4;
	uint8_t *out = xmalloc(bytes + GUARD, 1);
	struct resize *r = new_object(width, height, filter);
	struct err e = {0};
	int intact = 1;

	memset(out + bytes, 0xa5, GUARD);
	if (resize_run(r, out, p->pixels, p->width, p->height, opaque, &e) < 0)
		ok(false, "resize_run: %s", e.text);
	for (int i = 0; i < GUARD; i++)
		intact &= out[bytes + i] == 0xa5;
	if (!intact)
		ok(false, "%d x %d to %d x %d: bytes behind the output changed", p->width,
		   p->height, width, height);
	resize_free(r);
	return out;
}

static void test_golden(const char *name)
{
	char *in_name = xasprintf("%s.in", name), *out_name = xasprintf("%s.out", name);
	struct picture in, want;
	size_t bytes;
	uint8_t *got;

	picture_load(&in, in_name);
	picture_load(&want, out_name);
	bytes = narrow(want.pixels, SIZE * SIZE, want.channels);
	got = resized(&in, SIZE, SIZE, RESIZE_BICUBIC, is_opaque(&in));
	ok(narrow(got, SIZE * SIZE, in.channels) == bytes && !memcmp(got, want.pixels, bytes),
	   "%s, %s", name, passes->name);
	if (!strncmp(name, "rgba_opaque", strlen("rgba_opaque"))) {
		free(got);
		got = resized(&in, SIZE, SIZE, RESIZE_BICUBIC, true);
		ok(!memcmp(got, want.pixels, bytes),
		   "%s, known to be opaque", name);
	}
	free(got);
	picture_release(&in);
	picture_release(&want);
	free(in_name);
	free(out_name);
}

static int filter_of(const char *name)
{
	for (int i = 0; i < RESIZE_FILTERS; i++)
		if (!strcmp(resize_filter_name(i), name))
			return i;
	return -1;
}

/* filters.tsv: name, width, height, filter, SHA-256 */
static void test_filters(void)
{
	FILE *f = fopen(DIR "filters.tsv", "r");
	char name[64], filter[16], want[SHA256_HEX], hex[SHA256_HEX], line[256];
	int width, height, cases = 0, equal = 0;

	while (f && fgets(line, sizeof line, f)) {
		struct picture in;
		struct sha256 s;
		char *in_name;
		uint8_t *got;

		if (sscanf(line, "%63s %d %d %15s %64s", name, &width, &height, filter,
		           want) != 5)
			break;
		in_name = xasprintf("%s.in", name);
		picture_load(&in, in_name);
		got = resized(&in, width, height, filter_of(filter), is_opaque(&in));
		sha256_init(&s);
		sha256_add(&s, got, narrow(got, (size_t)width * height, in.channels));
		sha256_hex(&s, hex);
		cases++;
		if (!strcmp(hex, want))
			equal++;
		else
			printf("# %s to %d x %d, %s: got %s, expected %s\n", name, width,
			       height, filter, hex, want);
		picture_release(&in);
		free(in_name);
		free(got);
	}
	if (f)
		fclose(f);
	is_int(cases, 324, "cases of filters.tsv");
	is_int(equal, cases, "of them equal to Pillow");
}

/* floats.tsv: width, height, and to what width, height, by which filter, SHA-256 */
static void test_floats(void)
{
	FILE *f = fopen(DIR "floats.tsv", "r");
	char filter[16], want[SHA256_HEX], hex[SHA256_HEX], line[256];
	int width, height, to_width, to_height, cases = 0, equal = 0;
	struct err e;

	while (f && fgets(line, sizeof line, f) &&
	       sscanf(line, "%d %d %d %d %15s %64s", &width, &height, &to_width, &to_height, filter,
	              want) == 6) {
		size_t bytes = (size_t)to_width * to_height * sizeof(float);
		float *in = xmalloc((size_t)width * height, sizeof *in);
		float *got = xmalloc(bytes + GUARD, 1);
		struct sha256 s;

		for (int i = 0; i < width * height; i++)
			in[i] = (float)(i * 7919 % 1000 / 1000.0);
		memset((char *)got + bytes, 0xa5, GUARD);
		if (resize_floats(got, to_width, to_height, in, width, height, filter_of(filter),
		                  &e) < 0)
			ok(false, "resize_floats: %s", e.text);
		sha256_init(&s);
		sha256_add(&s, got, bytes);
		sha256_hex(&s, hex);
		cases++;
		equal += !strcmp(hex, want);
		if (strcmp(hex, want))
			printf("# %d x %d to %d x %d, %s\n", width, height, to_width, to_height,
			       filter);
		for (size_t i = 0; i < GUARD; i++)
			if (((unsigned char *)got)[bytes + i] != 0xa5)
				ok(false, "bytes behind the output changed");
		free(in);
		free(got);
	}
	if (f)
		fclose(f);
	is_int(cases, 55, "cases of floats.tsv");
	is_int(equal, cases, "of them equal to Pillow");
}

/* What an object keeps from one picture does not show in the next. */
static void test_reuse(void)
{
	static const char *const names[] = {
		"rgba_partial_130x101.in", "rgba_up_37x53.in", "rgb_noise_120.in",
		"rgba_tall_60x150.in",     "l_noise_120.in",   "rgba_up_37x53.in",
	};
	struct resize *r = new_object(61, 33, RESIZE_LANCZOS);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct picture in;
		uint8_t *fresh, *got = xmalloc(61 * 33, 4);
		struct err e;

		picture_load(&in, names[i]);
		fresh = resized(&in, 61, 33, RESIZE_LANCZOS, is_opaque(&in));
		resize_run(r, got, in.pixels, in.width, in.height, is_opaque(&in), &e);
		ok(!memcmp(got, fresh, (size_t)61 * 33 * 4),
		   "%s with a used object", names[i]);
		picture_release(&in);
		free(fresh);
		free(got);
	}
	resize_free(r);
}

/* A flat picture stays flat, whatever the sizes: also those that fill no vector. */
static void test_flat(void)
{
	static const int sides[] = { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33 };
	enum { COUNT = sizeof sides / sizeof *sides, MOST = 33 * 33 * 4 };
	uint8_t in[MOST], flat[MOST];
	int bad = 0;

	for (int i = 0; i < MOST; i++)
		in[i] = flat[i] = i % 4 == 3 ? 255 : 200;
	for (int i = 0; i < COUNT; i++)
		for (int j = 0; j < COUNT; j++)
			for (int f = 0; f < RESIZE_FILTERS; f++) {
				struct picture p = { .pixels = in, .channels = IMAGE_CHANNELS };
				int width = sides[j], height = sides[COUNT - 1 - i];
				uint8_t *got;

				p.width = sides[i];
				p.height = sides[j];
				got = resized(&p, width, height, f, i % 2);
				bad += memcmp(got, flat, (size_t)width * height * 4) != 0;
				free(got);
			}
	is_int(bad, 0, "flat pictures that do not stay flat");
}

static void test_all(void)
{
	static const char *const golden[] = {
		"rgba_noise_120",
		"rgba_opaque_400_blocks",
		"rgba_opaque_smooth_300",
		"rgba_disc_alpha_120",
		"rgba_partial_130x101",
		"rgba_up_37x53",
		"rgba_tall_60x150",
		"rgba_100_unchanged",
		"rgb_noise_120",
		"l_noise_120",
		"la_noise_60",
	};

	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
		test_golden(golden[i]);
	test_filters();
	test_reuse();
	test_flat();
}

int main(void)
{
	passes = &plain;
	test_all();
	test_floats();
#ifdef __x86_64__
	passes = &resize_passes_avx2;
	if (cpu_runs("avx2"))
		test_all();
#endif
	return tap_end();
}
