/* Trees of pictures made into datasets: pixels, damaged pictures, any number of threads. */
#include "data/downsample.h"

#include <sys/stat.h>

#include "data/dataset.h"
#include "data/picture.h"
#include "scratch.h"
#include "tap.h"

enum { SIZE = 6, GOOD = 3, N = SIZE * SIZE * IMAGE_CHANNELS };

static const char *const source[GOOD] = {
	"tests/data/images/rgb8.png",
	"tests/data/images/cmyk.tiff",
	"tests/data/images/grey16.png",
};
static char reported[256];
static int reports;

static void report(const struct err *e)
{
	reports++;
	snprintf(reported, sizeof reported, "%.200s", e->text);
}

static void copy(const char *from, const char *to)
{
	size_t size = 0;
	char *data = scratch_read(from, &size);

	scratch_write(to, data, size);
	free(data);
}

static struct tree tree;
static struct classes classes;

/* Ids a, b, c, and a damaged d if BAD. */
static void make_tree(const char *name, bool bad)
{
	char *root = (char *)scratch_path(name), *folder = xasprintf("%s/BAS", root);
	struct err e = {0};

	mkdir(root, 0777);
	mkdir(folder, 0777);
	for (int i = 0; i < GOOD + bad; i++) {
		char *path = xasprintf("%s/%c%s", folder, 'a' + i, i == 1 ? ".tiff" : ".png");

		if (i < GOOD)
			copy(source[i], path);
		else
			scratch_write(path, "no picture", 10);
		free(path);
	}
	ok(tree_scan(&tree, &root, 1, &classes, false, &e) == 0, "tree %s %s", name, e.text);
	free(folder);
}

static struct downsample options(const char *out)
{
	return (struct downsample){ .out = scratch_path(out), .size = SIZE,
		                    .filter = RESIZE_BICUBIC, .threads = 2, .quiet = true,
		                    .report = report };
}

static void has_pixels(const char *out)
{
	struct dataset d = {0};
	struct picture p;
	float got[N], want[N];
	struct err e = {0};

	ok(dataset_open(&d, scratch_path(out), &e) == 0 && d.count == GOOD, "%s %s", out, e.text);
	picture_init(&p, SIZE, RESIZE_BICUBIC);
	for (size_t i = 0; i < d.count && i < GOOD; i++) {
		picture_load(&p, source[i], &e);
		picture_floats(&p, want);
		dataset_image(&d, i, got, &e);
		are_near(got, want, N, 0, source[i]);
	}
	picture_release(&p);
	dataset_release(&d);
}

static void test_forms(void)
{
	struct downsample floats = options("floats"), bytes = options("bytes");
	struct err e = {0};

	make_tree("good", false);
	is_int(downsample(&floats, &tree, &classes, &e), 0, "floats");
	has_pixels("floats");
	bytes.bytes = bytes.packed = true;
	bytes.threads = 1;
	is_int(downsample(&bytes, &tree, &classes, &e), 0, "bytes, packed");
	has_pixels("bytes");
	is_int(downsample(&bytes, &tree, &classes, &e), 0, "a dataset that is there already");
	bytes.filter = RESIZE_NEAREST;
	is_int(downsample(&bytes, &tree, &classes, &e), -1, "another one");
	ok(strstr(e.text, "bytes: holds a finished dataset already") != NULL, "%s", e.text);
	has_pixels("bytes");
	is_int(reports, 0, "nothing was left out");
	tree_release(&tree);
}

static void test_damaged(void)
{
	struct downsample d = options("damaged");
	struct err e = {0};

	make_tree("bad", true);
	is_int(downsample(&d, &tree, &classes, &e), -1, "a damaged picture");
	ok(strstr(e.text, "d.png: not a TIFF, PNG or JPEG image"), "is named: %s", e.text);
	is_int(reports, 0, "and not reported too");
	d.keep_going = true;
	is_int(downsample(&d, &tree, &classes, &e), 1, "it is left out");
	is_int(reports, 1, "and reported");
	ok(strstr(reported, "d.png: not a TIFF, PNG or JPEG image"), "by name: %s", reported);
	has_pixels("damaged");
	tree_release(&tree);
}

int main(void)
{
	scratch_begin();
	classes_default(&classes);
	test_forms();
	test_damaged();
	classes_release(&classes);
	return tap_end();
}
