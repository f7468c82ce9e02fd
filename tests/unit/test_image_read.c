/* The decoders against what Pillow made of the files in tests/data/images. */
#include <dirent.h>
#include <stdio.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "image/image_read.h"
#include "tap.h"

#define DIR_IMAGES "tests/data/images/"
#define DIR_JPEGS "tests/data/jpegs/"

enum { LIMIT = 1 << 20 };

static void digest(const struct image *im, char hex[SHA256_HEX])
{
	struct sha256 s;

	sha256_init(&s);
	if (im->width)
		sha256_add(&s, im->pixels,
		           (size_t)im->width * im->height * IMAGE_CHANNELS);
	sha256_hex(&s, hex);
}

static bool sees_opaque(const struct image *im)
{
	for (size_t i = 0; i < (size_t)im->width * im->height; i++)
		if (im->pixels[i * IMAGE_CHANNELS + 3] != 255)
			return false;
	return true;
}

/* pixels.tsv: name, width, height, SHA-256 of the RGBA bytes */
static void test_pixels(const char *folder, int at_least)
{
	char *list = xasprintf("%spixels.tsv", folder);
	FILE *f = fopen(list, "r");
	char line[256], name[96], want[SHA256_HEX], hex[SHA256_HEX];
	int width, height, files = 0;

	while (f && fgets(line, sizeof line, f) &&
	       sscanf(line, "%95s %d %d %64s", name, &width, &height, want) == 4) {
		char *path = xasprintf("%s%s", folder, name);
		struct image im = {0};
		struct err e = {0};

		files++;
		if (image_read_file(&im, path, &e) < 0) {
			ok(false, "%s: %s", name, e.text);
		} else if (im.width != width || im.height != height) {
			ok(false, "%s: %d x %d, expected %d x %d", name, im.width,
			   im.height, width, height);
		} else {
			digest(&im, hex);
			is_text(hex, want, name);
			if (im.opaque != sees_opaque(&im))
				ok(false, "%s: opaque is %d", name, im.opaque);
		}
		image_release(&im);
		free(path);
	}
	if (f)
		fclose(f);
	free(list);
	ok(files >= at_least, "%d files", files);
}

static void test_broken(const char *folder, int at_least)
{
	DIR *dir = opendir(folder);
	struct dirent *d;
	int files = 0;

	while (dir && (d = readdir(dir))) {
		char *path = xasprintf("%s%s", folder, d->d_name);
		struct image im = {0};
		struct err e = {0};

		if (d->d_name[0] != '.') {
			files++;
			ok(image_read_file(&im, path, &e) < 0 && !im.width &&
			           !strncmp(e.text, path, strlen(path)) &&
			           e.text[strlen(path)] == ':' && !strchr(e.text, '\n'),
			   "%s refused: %s", d->d_name, e.text);
			image_release(&im);
		}
		free(path);
	}
	if (dir)
		closedir(dir);
	ok(files >= at_least, "%d broken files", files);
}

/* In these the directory or the end marker comes last: no part of them is a picture. */
static void test_every_cut(const char *path)
{
	struct infile f;
	struct err e = {0};
	size_t read = 0;

	if (infile_open(&f, path, LIMIT, &e) < 0) {
		ok(false, "%s", e.text);
	} else {
		for (size_t n = 0; n < f.size; n++) {
			struct image im = {0};
			uint8_t *part = xmalloc(n, 1);

			memcpy(part, f.data, n);
			read += image_read(&im, part, n, &e) == 0;
			image_release(&im);
			free(part);
		}
		ok(read == 0, "%s cut anywhere: %zu cuts read as a picture", path, read);
		infile_release(&f);
	}
}

/* One object for all: what an earlier picture left in its memory does not show. */
static void test_reuse(void)
{
	static const char *const names[] = {
		"rgba_lzw_long.tiff",    "rgb8_adam7.png",        "broken/cut_lzw.tiff",
		"palette4_alphas.png",   "bilevel_g4.tiff",       "orientation_6.tiff",
		"broken/short_rows.png", "jpeg_ycbcr_tiles.tiff", "rgba_lzw_flat.tiff",
		"../jpegs/cmyk.jpg",     "../jpegs/broken/half.jpg", "../jpegs/grey.jpg",
	};
	struct image used = {0};
	struct err e;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *path = xasprintf(DIR_IMAGES "%s", names[i]), got[SHA256_HEX],
		     want[SHA256_HEX];
		struct image fresh = {0};

		image_read_file(&used, path, &e);
		image_read_file(&fresh, path, &e);
		digest(&used, got);
		digest(&fresh, want);
		ok(!strcmp(got, want) && used.width == fresh.width &&
		           used.opaque == (fresh.width ? fresh.opaque : used.opaque),
		   "%s after other pictures", names[i]);
		image_release(&fresh);
		free(path);
	}
	image_release(&used);
}

/* A note is the last picture's, and there is one only where something was lost. */
static void test_note(void)
{
	static const struct {
		const char *name;
		bool note;
	} c[] = {
		{ "grey16.tiff", true },       { "grey8.png", false },
		{ "grey16.png", true },        { "grey16_le_lzw_tiles.tiff", true },
		{ "rgb16.png", false },        { "grey16_signed.tiff", true },
		{ "grey_alpha16.png", false },
	};
	struct image im = {0};
	struct err e;

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		char *path = xasprintf(DIR_IMAGES "%s", c[i].name);

		image_read_file(&im, path, &e);
		ok((im.note != NULL) == c[i].note, "note of %s: %s", c[i].name,
		   im.note ? im.note : "none");
		free(path);
	}
	image_release(&im);
}

static void test_missing(void)
{
	struct image im = {0};
	struct err e;

	is_int(image_read_file(&im, "tests/data/images/none.tiff", &e), -1,
	       "a file that is not there");
	is_text(e.text, "tests/data/images/none.tiff: No such file or directory",
	        "its message");
	is_int(image_read_file(&im, "tests/data/images", &e), -1, "a folder");
}

int main(void)
{
	test_pixels(DIR_IMAGES, 250);
	test_pixels(DIR_JPEGS, 70);
	test_broken(DIR_IMAGES "broken/", 30);
	test_broken(DIR_JPEGS "broken/", 20);
	test_every_cut(DIR_IMAGES "rgba8.png");
	test_every_cut(DIR_IMAGES "palette4_alphas_adam7.png");
	test_every_cut(DIR_JPEGS "rgb_420_progressive.jpg");
	test_every_cut(DIR_JPEGS "coded_2x2_scans.jpg");
	test_reuse();
	test_note();
	test_missing();
	return tap_end();
}
