/*
 * many_cells: -n IMAGES TREE OUT makes a tree of TIFF files as AML-Cytomorphology has them, 400 x
 * 400 RGBA without compression, each class with its share of IMAGES, out of the few cells of TREE:
 * enlarged, turned, mirrored, and brighter or darker where they come again.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/tool.h"
#include "image/image_read.h"
#include "image/resize.h"

enum { SIDE = 400, PIXELS = SIDE * SIDE, BYTES = PIXELS * IMAGE_CHANNELS, TURNS = 8, TAGS = 11 };
enum { IFD = 8, BITS = IFD + 2 + 12 * TAGS + 4, DATA = BITS + 8 };

/* The images of each class, and the class whose cells stand for it where TREE has none of it. */
static const struct kind {
	const char *code;
	int images;
	const char *like;
} kinds[] = {
	{ "BAS", 79, "" },
	{ "EBO", 78, "" },
	{ "EOS", 424, "" },
	{ "KSC", 15, "LYT" },
	{ "LYA", 11, "LYT" },
	{ "LYT", 3937, "" },
	{ "MMZ", 15, "" },
	{ "MOB", 26, "MON" },
	{ "MON", 1789, "" },
	{ "MYB", 42, "" },
	{ "MYO", 3268, "PMO" },
	{ "NGB", 109, "" },
	{ "NGS", 8484, "" },
	{ "PMB", 18, "PMO" },
	{ "PMO", 70, "" },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int all_images(void)
{
	int sum = 0;

	for (int k = 0; k < KINDS; k++)
		sum += kinds[k].images;
	return sum;
}

/* How many of N images are of class K: all sum to N, since each is a difference of rounded sums. */
static int share(int k, int n)
{
	long before = 0, all = all_images();

	for (int i = 0; i < k; i++)
		before += kinds[i].images;
	return (int)((before + kinds[k].images) * n / all - before * n / all);
}

struct cells {
	int count;
	uint8_t **pixels;               /* COUNT of SIDE x SIDE x 4 */
};

static void cells_release(struct cells *c)
{
	for (int i = 0; i < c->count; i++)
		free(c->pixels[i]);
	free(c->pixels);
	*c = (struct cells){0};
}

static int is_file(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* The cells of TREE/CODE in byte order of their names, enlarged. */
static int cells_load(struct cells *c, const char *tree, const char *code, struct err *e)
{
	struct resize *bicubic = resize_new(SIDE, SIDE, RESIZE_BICUBIC);
	struct image im = {0};
	struct dirent **name = NULL;
	char *folder, *path;
	int n, status;

	folder = xasprintf("%s/%s", tree, code);
	n = scandir(folder, &name, is_file, alphasort);
	status = n > 0 ? 0 : -1;
	if (n > 0)
		c->pixels = xcalloc((size_t)n, sizeof *c->pixels);
	else
		err_set(e, "%s: %s", folder, n < 0 ? strerror(errno) : "no cells");
	for (int i = 0; i < n; i++) {
		path = xasprintf("%s/%s", folder, name[i]->d_name);
		if (!status && (status = image_read_file(&im, path, e)) == 0) {
			c->pixels[c->count] = xmalloc(BYTES, 1);
			status = resize_run(bicubic, c->pixels[c->count++], im.pixels, im.width,
			                    im.height, im.opaque, e);
		}
		free(path);
		free(name[i]);
	}
	free(name);
	free(folder);
	image_release(&im);
	resize_free(bicubic);
	return status;
}

static uint8_t *put(uint8_t *at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		*at++ = (uint8_t)(value >> 8 * i);
	return at;
}

/* TIFF 6.0, little-endian: one strip of RGBA, alpha not premultiplied. Returns DATA bytes at AT. */
static void tiff_header(uint8_t *at)
{
	enum { SHORT = 3, LONG = 4 };
	const uint32_t tag[TAGS][4] = {
		{ 256, LONG, 1, SIDE },         /* width */
		{ 257, LONG, 1, SIDE },         /* height */
		{ 258, SHORT, 4, BITS },
		{ 259, SHORT, 1, 1 },           /* not compressed */
		{ 262, SHORT, 1, 2 },           /* RGB */
		{ 273, LONG, 1, DATA },         /* strip */
		{ 277, SHORT, 1, IMAGE_CHANNELS },
		{ 278, LONG, 1, SIDE },         /* rows of the strip */
		{ 279, LONG, 1, BYTES },
		{ 284, SHORT, 1, 1 },           /* chunky */
		{ 338, SHORT, 1, 2 },           /* the fourth is alpha */
	};

	at = put(put(at, 0x4949, 2), 42, 2);            /* "II": low bytes first */
	at = put(put(at, IFD, 4), TAGS, 2);
	for (int i = 0; i < TAGS; i++) {
		at = put(put(put(at, tag[i][0], 2), tag[i][1], 2), tag[i][2], 4);
		at = put(at, tag[i][3], 4);
	}
	at = put(at, 0, 4);
	for (int c = 0; c < IMAGE_CHANNELS; c++)
		at = put(at, 8, 2);
}

/* TO is FROM turned and mirrored as the bits of TURN say, and brighter by MORE of 255. */
static void vary(uint8_t *to, const uint8_t *from, int turn, int more)
{
	for (int i = 0; i < SIDE; i++) {
		for (int j = 0; j < SIDE; j++) {
			int u = turn & 1 ? SIDE - 1 - i : i, v = turn & 2 ? SIDE - 1 - j : j;
			const uint8_t *p = from + 4 * (turn & 4 ? v * SIDE + u : u * SIDE + v);

			for (int c = 0; c < 3; c++) {
				int level = p[c] + more;

				*to++ = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
			}
			*to++ = 255;
		}
	}
}

static int write_file(const char *path, const uint8_t *bytes, size_t size, struct err *e)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		return err_set(e, "%s: %s", path, strerror(errno));
	fwrite(bytes, 1, size, f);
	if (ferror(f) | fclose(f))
		return err_set(e, "%s: %s", path, strerror(errno));
	return 0;
}

/* OUT/CODE/CODE_00001.tiff and so on, N of them. */
static int make_class(const char *out, const char *code, const struct cells *c, int n,
                      struct err *e)
{
	uint8_t *file = xmalloc(DATA + BYTES, 1);
	char *path = xasprintf("%s/%s", out, code);
	int status = mkdir(path, 0777) ? err_set(e, "%s: %s", path, strerror(errno)) : 0;

	tiff_header(file);
	free(path);
	for (int i = 0; i < n && !status; i++) {
		int turn = i / c->count % TURNS, again = i / c->count / TURNS;

		vary(file + DATA, c->pixels[i % c->count], turn,
		     again % 2 ? 2 * (again + 1) : -2 * again);
		path = xasprintf("%s/%s/%s_%05d.tiff", out, code, code, i + 1);
		status = write_file(path, file, DATA + BYTES, e);
		free(path);
	}
	free(file);
	return status;
}

static int make_tree(int images, const char *tree, const char *out, struct err *e)
{
	struct cells c = {0};
	int status = mkdir(out, 0777) ? err_set(e, "%s: %s", out, strerror(errno)) : 0;

	for (int k = 0; k < KINDS && !status; k++) {
		int n = share(k, images);

		if (!n)
			continue;
		status = cells_load(&c, tree, *kinds[k].like ? kinds[k].like : kinds[k].code, e);
		if (!status)
			status = make_class(out, kinds[k].code, &c, n, e);
		cells_release(&c);
	}
	return status;
}

int main(int argc, char **argv)
{
	int images = all_images();
	const struct opt table[] = {
		OPT_INT('n', "images", &images, 1, 1e6, "N", "images of all classes together"),
		OPT_END
	};
	const struct opt_tool tool = {
		.operands = "TREE OUT", .min = 2, .max = 2,
		.summary = "make many large images out of a tree of few cells",
	};
	char **rest = opt_parse(table, &tool, argc, argv);
	struct err e;

	return tool_end(make_tree(images, rest[0], rest[1], &e) < 0 ? tool_fail(&e) : 0);
}
