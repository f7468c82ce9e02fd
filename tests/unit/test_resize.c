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

struct picture {
	struct npy array;               /* or */
	struct image image;
	const uint8_t *pixels;
	int width, height, channels;
};

/* NAME.npy, or NAME.png (RGBA) where that is the smaller file. */
static void picture_load(struct picture *p, const char *name)
{
	char *npy = xasprintf(DIR "%s.npy", name), *png = xasprintf(DIR "%s.png", name);
	struct err e = {{0}};

	*p = (struct picture){0};
	if (npy_load(&p->array, npy, MAX_ARRAY, &e) == 0) {
		p->pixels = p->array.data;
		p->height = (int)p->array.shape[0];
		p->width = (int)p->array.shape[1];
		p->channels = p->array.dims == 3 ? (int)p->array.shape[2] : 1;
	} else if (image_read_file(&p->image, png, &e) == 0) {
		p->pixels = p->image.pixels;
		p->height = p->image.height;
		p->width = p->image.width;
		p->channels = IMAGE_CHANNELS;
	} else {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	free(npy);
	free(png);
}

static void picture_release(struct picture *p)
{
	npy_release(&p->array);
	image_release(&p->image);
}

static enum resize_alpha alpha_of(const struct picture *p)
{
	return p->channels % 2 ? RESIZE_BANDS : RESIZE_ALPHA;
}

/* Into new memory, which is seen to end where it must. */
static uint8_t *resized(const struct picture *p, int width, int height,
                        enum resize_filter filter, enum resize_alpha alpha)
{
	size_t bytes = (size_t)width * height * p->channels;
	uint8_t *out = xmalloc(bytes + GUARD, 1);
	struct resize *r = new_object(width, height, filter);
	struct err e = {{0}};
	int intact = 1;

	memset(out + bytes, 0xa5, GUARD);
	if (resize_run(r, out, p->pixels, p->width, p->height, p->channels, alpha, &e) < 0)
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
	uint8_t *got;

	picture_load(&in, in_name);
	picture_load(&want, out_name);
	got = resized(&in, SIZE, SIZE, RESIZE_BICUBIC, alpha_of(&in));
	ok(!memcmp(got, want.pixels, (size_t)SIZE * SIZE * in.channels), "%s, %s", name,
	   passes->name);
	if (!strncmp(name, "rgba_opaque", strlen("rgba_opaque"))) {
		free(got);
		got = resized(&in, SIZE, SIZE, RESIZE_BICUBIC, RESIZE_OPAQUE);
		ok(!memcmp(got, want.pixels, (size_t)SIZE * SIZE * in.channels),
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
		got = resized(&in, width, height, filter_of(filter), alpha_of(&in));
		sha256_init(&s);
		sha256_add(&s, got, (size_t)width * height * in.channels);
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
		fresh = resized(&in, 61, 33, RESIZE_LANCZOS, alpha_of(&in));
		resize_run(r, got, in.pixels, in.width, in.height, in.channels,
		           alpha_of(&in), &e);
		ok(!memcmp(got, fresh, (size_t)61 * 33 * in.channels),
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

	memset(in, 200, sizeof in);
	memset(flat, 200, sizeof flat);
	for (int i = 0; i < COUNT; i++)
		for (int j = 0; j < COUNT; j++)
			for (int f = 0; f < RESIZE_FILTERS; f++) {
				struct picture p = { .pixels = in, .channels = 4 };
				int width = sides[j], height = sides[COUNT - 1 - i];
				uint8_t *got;

				p.width = sides[i];
				p.height = sides[j];
				got = resized(&p, width, height, f, RESIZE_BANDS);
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
#ifdef __x86_64__
	passes = &resize_passes_avx2;
	if (cpu_runs("avx2"))
		test_all();
#endif
	return tap_end();
}
