/* Dataset directories: numpy's, and damaged ones. */
#include "data/dataset.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "format/npy.h"
#include "format/pickle.h"
#include "dataset_files.h"
#include "dataset_images.h"
#include "resident.h"
#include "scratch.h"
#include "tap.h"

enum { LARGE_COUNT = 4096, LARGE_SIDE = 64, LARGE_STEP = 1021 };

static void remove_tree(const char *path)
{
	nftw(path, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- what numpy wrote ---- */

static void test_numpy_singlets(void)
{
	static const int want[] = { 0, 0, 8, 14 };
	struct dataset d;

	if (!opens(&d, "tests/data/dataset/singlets"))
		return;
	is_int((long long)d.count, 4, "images");
	for (size_t i = 0; i < d.count; i++)
		is_int(d.labels[i], want[i], d.ids[i]);
	is_text(d.ids[0], "BAS 0001", "the first in byte order");
	ok(d.height == H && d.width == W && d.channels == C && !d.bytes && !d.packed,
	   "form");
	is_int(d.classes.count, 15, "default classes");
	ok(d.has_split && d.part[0] == DATASET_TRAIN && d.part[1] == DATASET_NEITHER &&
	   d.part[2] == DATASET_TRAIN && d.part[3] == DATASET_VALID, "split");
	is_text(d.digest,
	        "af6db68051e4409ebb276beca588c856839584054289441a563f44ae3abb1e86",
	        "digest, as hashlib has it");
	is_int(dataset_find(&d, "MON_0002"), 2, "found by id");
	is_int(dataset_find(&d, "no_label"), -1, "an image without a label is none");
	test_pixels(&d);
	dataset_release(&d);
	dataset_release(&d);
}

static void test_numpy_packed(void)
{
	struct dataset d;

	if (!opens(&d, "tests/data/dataset/packed"))
		return;
	ok(d.height == H && d.width == W && d.channels == C && d.bytes && d.packed &&
	           !d.has_split,
	   "form");
	is_text(d.classes.entry[1].name, "an odd one", "classes of its own");
	is_text(d.digest,
	        "e94fd749d52ce62dab8f74823a4e2cd403aa4be30249adc4a64fbe141e51a1c1",
	        "digest");
	ok(!dataset_rows_in_order(&d), "the rows are in another order");
	test_pixels(&d);
	dataset_release(&d);
}

/* ---- damage ---- */

/* A good dataset of two images, a and b, to be spoilt. */
static char *make_good(const char *name)
{
	static char *const keys[] = { (char *)"b", (char *)"a" };
	static const int64_t values[] = { 1, 0 };
	char *path = xasprintf("%s/%s", scratch_folder, name),
	     *singlets = xasprintf("%s/data_singlets", path);
	float pixels[PIXELS] = {0};
	struct err e;

	mkdir(path, 0777);
	mkdir(singlets, 0777);
	for (int i = 0; i < 2; i++) {
		char *file = xasprintf("%s/%s.npy", singlets, keys[i]);

		npy_save(file, "<f4", 3, (const size_t[]){ H, W, C }, pixels,
		         sizeof pixels, false, &e);
		free(file);
	}
	put_labels(path, keys, values, 2);
	free(singlets);
	return path;
}

static void put_array(const char *folder, const char *name, const char *descr, int dims,
                      const size_t *shape)
{
	char *file = xasprintf("%s/%s", folder, name);
	uint8_t data[2 * PIXELS * 8] = {0};
	size_t size = (size_t)(descr[2] - '0');
	struct err e;

	for (int i = 0; i < dims; i++)
		size *= shape[i];
	npy_save(file, descr, dims, shape, data, size, false, &e);
	free(file);
}

static void append(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "ab");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		ok(false, "%s cannot be written", path);
	free(path);
}

static void view_refuses(const char *path, size_t i, const char *message)
{
	struct dataset d = {0};
	struct pixels_view v = {0};
	struct err e = {0};

	if (!opens(&d, path))
		return;
	ok(dataset_view(&d, i, &v, &e) == -1 && strstr(e.text, message),
	   "image refused: %s (%s)", message, e.text);
	pixels_unview(&v);
	dataset_release(&d);
}

static void test_bad_labels(void)
{
	char *path = make_good("labels");
	struct dataset d;

	if (opens(&d, path))
		dataset_release(&d);
	put_labels(path, (char *const[]){ (char *)"a" }, (const int64_t[]){ 15 }, 1);
	refuses(path, "labels.npy: label of 'a' is 15, expected 0 to 14");
	put_labels(path, (char *const[]){ (char *)"a" }, (const int64_t[]){ -1 }, 1);
	refuses(path, "label of 'a' is -1");
	put_labels(path, (char *const[]){ (char *)"a" }, (const int64_t[]){ 1LL << 32 },
	           1);
	refuses(path, "label of 'a' is 4294967296");
	put_labels(path, (char *const[]){ (char *)"../a" }, (const int64_t[]){ 1 }, 1);
	refuses(path, "id '../a' has a slash");
	put_labels(path, (char *const[]){ (char *)"" }, (const int64_t[]){ 1 }, 1);
	refuses(path, "empty id");
	put(path, "labels.npy", "no numpy", 8);
	refuses(path, "labels.npy: ");
	put(path, "classes.tsv", "0\tA\ta\n2\tB\tb\n", 12);
	refuses(path, "classes.tsv: line 2");
	remove_tree(path);
	refuses(path, "No such file");
	put(scratch_folder, "labels", "", 0);
	refuses(path, "not a dataset directory");
	free(path);
}

static void test_bad_images(void)
{
	char *path = make_good("images"), *b = xasprintf("%s/data_singlets/b.npy", path);

	put_array(path, "data_singlets/b.npy", "<f4", 3, (const size_t[]){ H, W + 1, C });
	view_refuses(path, 1,
	             "data_singlets/b.npy: 3 x 5 x 4 of <f4, expected 3 x 4 x 4 of <f4");
	put_array(path, "data_singlets/b.npy", "|u1", 3, (const size_t[]){ H, W, C });
	view_refuses(path, 1, "of |u1, expected");
	put_array(path, "data_singlets/b.npy", ">f4", 3, (const size_t[]){ H, W, C });
	view_refuses(path, 1, "of >f4, expected");
	put_array(path, "data_singlets/b.npy", "<f4", 2, (const size_t[]){ H, W });
	view_refuses(path, 1, "3 x 4 of <f4, expected");
	put_array(path, "data_singlets/b.npy", "<f4", 3, (const size_t[]){ H, W, C });
	append(path, "data_singlets/b.npy", "more");
	view_refuses(path, 1, "data_singlets/b.npy: holds 4 bytes more than 3 x 4 x 4 of <f4");
	put(path, "data_singlets/b.npy", "", 0);
	view_refuses(path, 1, "data_singlets/b.npy: ");
	unlink(b);
	view_refuses(path, 1, "data_singlets/b.npy: No such file");
	put_array(path, "data_singlets/a.npy", "<f8", 3, (const size_t[]){ H, W, C });
	refuses(path,
	        "data_singlets/a.npy: 3 x 4 x 4 of <f8, expected <f4 or |u1 in C order");
	put_array(path, "data_singlets/a.npy", "<f4", 2, (const size_t[]){ H, W });
	refuses(path, "expected height x width x channels");
	put_array(path, "data_singlets/a.npy", "<f4", 3, (const size_t[]){ H, 0, C });
	refuses(path, "3 x 0 x 4 of <f4, expected sides");
	free(path);
	free(b);
}

static void test_bad_packed(void)
{
	char *path = make_good("packed"), *singlets = xasprintf("%s/data_singlets", path);
	char *const three[] = { (char *)"a", (char *)"x", (char *)"b" };
	char *const twice[] = { (char *)"a", (char *)"a" }, *const other[] = {
		(char *)"a", (char *)"x"
	};
	struct dataset d;

	put_array(path, "images.npy", "<f4", 4, (const size_t[]){ 2, H, W, C });
	refuses(path, "both images.npy and data_singlets/");
	remove_tree(singlets);
	refuses(path, "ids.npy: No such file");
	put_ids(path, "ids.npy", three, 3);
	refuses(path, "ids.npy: 3 ids, expected 2, one for each of images.npy");
	put_ids(path, "ids.npy", twice, 2);
	refuses(path, "ids.npy: 'a' occurs twice");
	put_ids(path, "ids.npy", other, 2);
	refuses(path, "ids.npy: 'b' of labels.npy is missing");
	put_ids(path, "ids.npy", three, 2);
	refuses(path, "'b' of labels.npy is missing");
	put_array(path, "images.npy", "|u1", 4, (const size_t[]){ 3, H, W, C });
	put_ids(path, "ids.npy", three, 3);
	if (opens(&d, path)) {
		ok(d.count == 2 && !dataset_rows_in_order(&d),
		   "a row without a label is passed over");
		dataset_release(&d);
	}
	append(path, "images.npy", "more");
	refuses(path, "images.npy: holds 4 bytes more than 3 x 3 x 4 x 4 of |u1");
	put_array(path, "images.npy", "<f4", 3, (const size_t[]){ 2, H, W });
	refuses(path,
	        "images.npy: 2 x 3 x 4 of <f4, expected images x height x width x channels");
	put(path, "images.npy", "\x93NUMPY", 6);
	refuses(path, "images.npy: ");
	free(path);
	free(singlets);
}

static void drop(const char *path, const char *name)
{
	char *file = xasprintf("%s/%s", path, name);

	unlink(file);
	free(file);
}

/* NAME in PATH becomes a link to a file that is missing. */
static void dangling(const char *path, const char *name)
{
	char *file = xasprintf("%s/%s", path, name);

	drop(path, name);
	is_int(symlink("/nowhere/file", file), 0, name);
	free(file);
}

static void test_bad_split(void)
{
	char *path = make_good("split");
	char *const a[] = { (char *)"a", (char *)"a" }, *const b[] = { (char *)"b" },
		    *const x[] = { (char *)"x" };
	struct dataset d;

	put_ids(path, "valids.npy", b, 1);
	refuses(path, "there is valids.npy but no trainids.npy");
	put_ids(path, "trainids.npy", x, 1);
	refuses(path, "trainids.npy: 'x' is not in labels.npy");
	put_ids(path, "trainids.npy", a, 2);
	refuses(path, "trainids.npy: 'a' occurs twice");
	put_ids(path, "trainids.npy", b, 1);
	refuses(path, "valids.npy: 'b' is also among the training ids");
	dangling(path, "trainids.npy");
	dangling(path, "valids.npy");
	refuses(path, "trainids.npy: No such file");
	drop(path, "trainids.npy");
	drop(path, "valids.npy");
	put_ids(path, "valids.npy", b, 1);
	put_ids(path, "trainids.npy", NULL, 0);
	if (opens(&d, path)) {
		ok(d.has_split && d.part[0] == DATASET_NEITHER &&
		           d.part[1] == DATASET_VALID,
		   "an empty side");
		dataset_release(&d);
	}
	free(path);
}

/* A header of any length leaves floats unaligned; they are copied then. */
static void test_unaligned(void)
{
	static const char text[] =
		"{'descr':'<f4','fortran_order':False,'shape':(3,4,4)} \n";
	char *path = make_good("unaligned");
	uint8_t bytes[10 + sizeof text + PIXELS * sizeof(float)] = "\x93NUMPY\x01";
	size_t header = 10 + sizeof text - 1;
	float pixels[PIXELS], got[PIXELS];
	struct dataset d;
	struct pixels_view v;
	struct err e = {0};

	bytes[8] = sizeof text - 1;
	memcpy(bytes + 10, text, sizeof text - 1);
	make_pixels(pixels, false, 1);
	memcpy(bytes + header, pixels, sizeof pixels);
	put(path, "data_singlets/b.npy", bytes, header + sizeof pixels);
	if (opens(&d, path)) {
		ok(header % 4 != 0 && dataset_view(&d, 1, &v, &e) == 0 &&
		           (uintptr_t)v.pixels % 4 == 0,
		   "viewed aligned %s", e.text);
		memcpy(got, v.pixels, sizeof got);
		are_near(got, pixels, PIXELS, 0, "its pixels");
		pixels_unview(&v);
		dataset_release(&d);
	}
	free(path);
}

static void test_empty(void)
{
	char *path = make_good("empty");
	struct dataset d;

	put_labels(path, NULL, NULL, 0);
	if (opens(&d, path)) {
		ok(d.count == 0 && d.height == 0 && dataset_find(&d, "a") == -1,
		   "no images");
		dataset_release(&d);
	}
	free(path);
}

/* Packed images of 64 MiB, nearly all of them a hole in the file. */
static char *make_large(void)
{
	char *path = make_good("large"), *file = xasprintf("%s/images.npy", path);
	const size_t shape[] = { LARGE_COUNT, LARGE_SIDE, LARGE_SIDE, 4 };
	char *ids[LARGE_COUNT];
	int64_t labels[LARGE_COUNT] = {0};
	uint8_t header[NPY_HEADER];

	for (int i = 0; i < LARGE_COUNT; i++)
		ids[i] = xasprintf("%04d", i);
	npy_header(header, "|u1", 4, shape);
	scratch_write(file, header, sizeof header);
	ok(truncate(file, NPY_HEADER + (off_t)LARGE_COUNT * LARGE_SIDE * LARGE_SIDE * 4) == 0,
	   "a large file");
	free(file);
	file = xasprintf("%s/data_singlets", path);
	remove_tree(file);
	put_ids(path, "ids.npy", ids, LARGE_COUNT);
	put_labels(path, ids, labels, LARGE_COUNT);
	for (int i = 0; i < LARGE_COUNT; i++)
		free(ids[i]);
	free(file);
	return path;
}

/* Every image, none beside the one before: a page that is missing comes with its neighbours. */
static void test_residency(void)
{
	enum { NUMBERS = LARGE_SIDE * LARGE_SIDE * 4, FILE_KB = NUMBERS / 1024 * LARGE_COUNT };
	char *path = make_large();
	float *x = xmalloc(NUMBERS, sizeof *x);
	long most = 0, kb;
	struct pixels_view v;
	struct dataset d;
	struct err e = {0};

	if (opens(&d, path) && dataset_view(&d, 0, &v, &e) == 0) {
		const uint8_t *mapping = (const uint8_t *)v.pixels - NPY_HEADER;

		for (size_t i = 0; i < LARGE_COUNT; i++) {
			size_t at = i * LARGE_STEP % LARGE_COUNT;

			if (dataset_image(&d, at, x, &e) < 0 || x[NUMBERS - 1] != 0)
				ok(false, "image %zu %s", at, e.text);
			kb = i % 16 == 0 ? resident(mapping) : 0;
			most = kb > most ? kb : most;
		}
		ok(most < FILE_KB / 2, "%ld of %d kB are in memory at once", most, FILE_KB);
		pixels_unview(&v);
		dataset_release(&d);
	}
	free(x);
	free(path);
}

int main(void)
{
	scratch_begin();
	test_numpy_singlets();
	test_numpy_packed();
	test_bad_labels();
	test_bad_images();
	test_bad_packed();
	test_bad_split();
	test_unaligned();
	test_empty();
	test_residency();
	return tap_end();
}
