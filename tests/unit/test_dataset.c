/* Dataset directories: numpy's, ours in both forms, interrupted and damaged ones. */
#include "data/dataset.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/threads.h"
#include "data/dataset_writer.h"
#include "format/npy.h"
#include "format/pickle.h"
#include "dataset_files.h"
#include "scratch.h"
#include "tap.h"

enum { H = 3, W = 4, C = 4, PIXELS = H * W * C, IMAGES = 5 };

/* In byte order; what file systems allow. */
static char *const ids[IMAGES] = { (char *)".hidden", (char *)"BAS 1", (char *)"a\nb",
	                           (char *)"c\"'\\", (char *)"\xc3\x84" };
static const int labels[IMAGES] = { 0, 14, 3, 3, 7 };

static void remove_tree(const char *path)
{
	nftw(path, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static void refuses(const char *path, const char *message)
{
	struct dataset d = {0};
	struct err e = {0};
	int result = dataset_open(&d, path, &e);

	ok(result == -1 && strstr(e.text, message) && d.count == 0, "refused: %s (%s)",
	   message, e.text);
	dataset_release(&d);
}

/* ---- what numpy wrote ---- */

static void test_pixels(const struct dataset *d)
{
	float got[PIXELS], want[PIXELS];
	struct err e = {0};

	for (size_t i = 0; i < d->count; i++) {
		for (size_t k = 0; k < PIXELS; k++)
			want[k] = (float)(i * PIXELS + k) / 255.0f;
		ok(dataset_image(d, i, got, &e) == 0, "image %zu %s", i, e.text);
		are_near(got, want, PIXELS, 0, "its pixels");
	}
}

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

/* ---- writing ---- */

static void make_pixels(void *pixels, bool bytes, size_t i)
{
	for (size_t k = 0; k < PIXELS; k++)
		if (bytes)
			((uint8_t *)pixels)[k] = (uint8_t)(i * PIXELS + k);
		else
			((float *)pixels)[k] = (float)(i * PIXELS + k) / 255.0f;
}

static struct dataset_writer *start(const char *path, const struct dataset_form *form,
                                    const struct classes *c)
{
	struct err e = {0};
	struct dataset_writer *w = dataset_writer_open(path, form, c, ids, IMAGES, &e);

	ok(w != NULL, "writer opens %s", e.text);
	return w;
}

static void add(struct dataset_writer *w, bool bytes, size_t i)
{
	float pixels[PIXELS];
	struct err e = {0};

	make_pixels(pixels, bytes, i);
	ok(!dataset_writer_has(w, i), "image %zu is not there", i);
	ok(dataset_writer_add(w, i, pixels, &e) == 0, "added %s", e.text);
	ok(dataset_writer_has(w, i), "is there");
}

static void check_written(const char *path, bool bytes, bool packed)
{
	struct dataset d;

	ok(!exists(path, ".unfinished") && !exists(path, ".images.npy"),
	   "nothing temporary stays");
	if (!opens(&d, path))
		return;
	is_int((long long)d.count, IMAGES, "all images");
	for (size_t i = 0; i < d.count; i++)
		ok(!strcmp(d.ids[i], ids[i]) && d.labels[i] == labels[i],
		   "id and label of image %zu", i);
	ok(d.bytes == bytes && d.packed == packed, "form");
	ok(!packed || dataset_rows_in_order(&d), "rows in order");
	test_pixels(&d);
	dataset_release(&d);
}

/* Images in any order; interrupted in the middle. */
static void test_write(bool bytes, bool packed)
{
	struct dataset_form form = { H, W, C, bytes, packed, "size 4" };
	char *path = xasprintf("%s/written%d%d", scratch_folder, bytes, packed);
	struct classes c;
	struct dataset_writer *w;
	struct err e = {0};

	classes_default(&c);
	w = start(path, &form, &c);
	add(w, bytes, 3);
	add(w, bytes, 0);
	dataset_writer_free(w);
	refuses(path, "unfinished dataset: labels.npy is missing");
	w = start(path, &form, &c);
	ok(dataset_writer_has(w, 3) && dataset_writer_has(w, 0) &&
	           !dataset_writer_has(w, 1),
	   "gone on with");
	add(w, bytes, 4);
	add(w, bytes, 1);
	add(w, bytes, 2);
	ok(dataset_writer_end(w, labels, &e) == 0, "ended %s", e.text);
	check_written(path, bytes, packed);
	ok(!dataset_writer_open(path, &form, &c, ids, IMAGES, &e) &&
	           strstr(e.text, "finished dataset already"),
	   "a finished one is refused: %s", e.text);
	classes_release(&c);
	free(path);
}

/* ---- many threads ---- */

enum { MANY = 200 };

struct crowd {
	struct dataset_writer *w;
	struct dataset *d;
	bool bad[MANY];
};

static void add_one(void *arg, size_t i, int worker)
{
	struct crowd *c = arg;
	uint8_t pixels[PIXELS];
	struct err e;

	(void)worker;
	memset(pixels, (int)i, sizeof pixels);
	c->bad[i] = dataset_writer_has(c->w, i) ||
	            dataset_writer_add(c->w, i, pixels, &e) < 0;
}

static void view_one(void *arg, size_t i, int worker)
{
	struct crowd *c = arg;
	struct pixels_view v;
	struct err e;

	(void)worker;
	c->bad[i] = dataset_view(c->d, i, &v, &e) < 0;
	if (c->bad[i])
		return;
	c->bad[i] = ((const uint8_t *)v.pixels)[0] != i ||
	            ((const uint8_t *)v.pixels)[PIXELS - 1] != i;
	pixels_unview(&v);
}

static bool all_good(const struct crowd *c)
{
	for (int i = 0; i < MANY; i++)
		if (c->bad[i])
			return false;
	return true;
}

static void test_threads(bool packed)
{
	struct dataset_form form = { H, W, C, true, packed, "size 4" };
	char *path = xasprintf("%s/crowd%d", scratch_folder, packed),
	     **names = xmalloc(MANY, sizeof *names);
	int *zeros = xcalloc(MANY, sizeof *zeros);
	struct threads *pool = threads_new(4);
	struct classes c;
	struct dataset d;
	struct crowd crowd = { .d = &d };
	struct err e = {0};

	classes_default(&c);
	for (int i = 0; i < MANY; i++)
		names[i] = xasprintf("image%03d", i);
	crowd.w = dataset_writer_open(path, &form, &c, names, MANY, &e);
	ok(crowd.w != NULL, "writer opens %s", e.text);
	threads_run(pool, MANY, add_one, &crowd);
	ok(all_good(&crowd), "written by four threads");
	ok(dataset_writer_end(crowd.w, zeros, &e) == 0, "ended %s", e.text);
	if (opens(&d, path)) {
		threads_run(pool, MANY, view_one, &crowd);
		ok(all_good(&crowd), "viewed by four threads");
		dataset_release(&d);
	}
	threads_free(pool);
	classes_release(&c);
	for (int i = 0; i < MANY; i++)
		free(names[i]);
	free(names);
	free(zeros);
	free(path);
}

/* Images that could not be made leave no gap. */
static void test_left_out(bool packed)
{
	struct dataset_form form = { H, W, C, true, packed, "size 4" };
	char *path = xasprintf("%s/gaps%d", scratch_folder, packed);
	const int some[IMAGES] = { -1, 1, -1, 0, 1 };
	struct classes c;
	struct dataset_writer *w;
	struct dataset d;
	struct err e = {0};
	uint8_t want[PIXELS];

	classes_parse(&c, "x,y", &e);
	w = start(path, &form, &c);
	for (size_t i = 4; i > 0; i--)
		if (i != 2)
			add(w, true, i);
	ok(dataset_writer_end(w, some, &e) == 0, "ended %s", e.text);
	if (opens(&d, path)) {
		is_int((long long)d.count, 3, "three images");
		is_text(d.classes.entry[1].code, "y", "classes.tsv");
		for (size_t i = 0; i < d.count; i++) {
			struct pixels_view v;
			static const size_t original[] = { 1, 3, 4 };

			make_pixels(want, true, original[i]);
			ok(!strcmp(d.ids[i], ids[original[i]]) &&
			           dataset_view(&d, i, &v, &e) == 0 &&
			           !memcmp(v.pixels, want, PIXELS),
			   "image %zu is the right one", i);
			pixels_unview(&v);
		}
		dataset_release(&d);
	}
	classes_release(&c);
	free(path);
}

static void other_form(const char *path, const struct dataset_form *form,
                       const struct classes *c, size_t count, const char *what)
{
	struct err e = {0};
	struct dataset_writer *w = dataset_writer_open(path, form, c, ids, count, &e);

	ok(!w && strstr(e.text, "other images or options (size 4)"), "%s: %s", what,
	   e.text);
	dataset_writer_free(w);
}

static void test_other_form(void)
{
	struct dataset_form form = { H, W, C, false, true, "size 4" }, other;
	char *path = xasprintf("%s/form", scratch_folder);
	struct classes c, few;
	struct err e;

	classes_default(&c);
	classes_parse(&few, "a,b", &e);
	dataset_writer_free(start(path, &form, &c));
	other = form;
	other.facts = "size 5";
	other_form(path, &other, &c, IMAGES, "other facts");
	other = form;
	other.bytes = true;
	other_form(path, &other, &c, IMAGES, "another type");
	other = form;
	other.packed = false;
	other_form(path, &other, &c, IMAGES, "the other form");
	other_form(path, &form, &few, IMAGES, "other classes");
	other_form(path, &form, &c, IMAGES - 1, "other ids, packed");
	put(path, ".unfinished", "", 0);
	ok(!dataset_writer_open(path, &form, &c, ids, IMAGES, &e) && strstr(e.text, "options ()"),
	   "an empty mark: %s", e.text);
	classes_release(&c);
	classes_release(&few);
	free(path);
}

static void test_foreign_folder(void)
{
	struct dataset_form form = { H, W, C, false, false, "size 4" };
	char *bad_ids[] = { (char *)"a/b" }, *not_utf8[] = { (char *)"\xff" };
	struct classes c;
	struct err e;

	classes_default(&c);
	put(scratch_folder, "file", "", 0);
	ok(!dataset_writer_open(scratch_folder, &form, &c, ids, IMAGES, &e) &&
	           strstr(e.text, "not empty"),
	   "%s", e.text);
	ok(!dataset_writer_open("/dev/null/x", &form, &c, ids, IMAGES, &e) &&
	           strstr(e.text, "/dev/null/x: "),
	   "%s", e.text);
	ok(!dataset_writer_open("x", &form, &c, bad_ids, 1, &e) &&
	           strstr(e.text, "'a/b' has a slash"),
	   "%s", e.text);
	ok(!dataset_writer_open("x", &form, &c, not_utf8, 1, &e) &&
	           strstr(e.text, "is not UTF-8"),
	   "%s", e.text);
	classes_release(&c);
}

/* What a kill or a crash can leave behind. */
static void test_after_crash(void)
{
	struct dataset_form form = { H, W, C, true, false, "size 4" };
	char *path = xasprintf("%s/crash", scratch_folder),
	     *folder = xasprintf("%s/data_singlets", path);
	struct classes c;
	struct dataset_writer *w;
	uint8_t short_file[NPY_HEADER + PIXELS - 1] = {0};

	classes_default(&c);
	w = start(path, &form, &c);
	add(w, true, 1);
	dataset_writer_free(w);
	npy_header(short_file, "|u1", 3, (const size_t[]){ H, W, C });
	put(folder, "a\nb.npy", short_file, sizeof short_file);
	put(folder, ".BAS 1.npy.Xy12zQ", "half", 4);
	put(folder, ".hidden.npy", "", 0);
	w = start(path, &form, &c);
	ok(!exists(folder, ".BAS 1.npy.Xy12zQ"), "a temporary file is removed");
	ok(dataset_writer_has(w, 1) && !dataset_writer_has(w, 2) &&
	           !dataset_writer_has(w, 0),
	   "a short file and an empty one do not count");
	dataset_writer_free(w);
	classes_release(&c);
	free(path);
	free(folder);
}

/* A row whose bytes did not reach the disk, and a kill between the last two steps. */
static void test_packed_after_crash(void)
{
	struct dataset_form form = { H, W, C, true, true, "size 4" };
	char *path = xasprintf("%s/packedcrash", scratch_folder),
	     *work = xasprintf("%s/.images.npy", path);
	char *final = xasprintf("%s/images.npy", path);
	struct classes c;
	struct dataset_writer *w;
	FILE *f;

	classes_default(&c);
	w = start(path, &form, &c);
	add(w, true, 1);
	add(w, true, 2);
	dataset_writer_free(w);
	f = fopen(work, "r+b");
	fseek(f, NPY_HEADER + 2 * PIXELS + 5, SEEK_SET);
	putc(0, f);
	fclose(f);
	w = start(path, &form, &c);
	ok(dataset_writer_has(w, 1) && !dataset_writer_has(w, 2),
	   "a damaged row does not count");
	dataset_writer_free(w);
	truncate(work, NPY_HEADER + IMAGES * PIXELS);
	rename(work, final);
	w = start(path, &form, &c);
	ok(exists(path, ".images.npy") && !exists(path, "images.npy") &&
	           !dataset_writer_has(w, 1),
	   "renamed without labels: begun anew");
	dataset_writer_free(w);
	classes_release(&c);
	free(path);
	free(work);
	free(final);
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
	struct err e;

	npy_save(file, descr, dims, shape, data, sizeof data, false, &e);
	free(file);
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
	put_array(path, "images.npy", "<f4", 3, (const size_t[]){ 2, H, W });
	refuses(path,
	        "images.npy: 2 x 3 x 4 of <f4, expected images x height x width x channels");
	put(path, "images.npy", "\x93NUMPY", 6);
	refuses(path, "images.npy: ");
	free(path);
	free(singlets);
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

int main(void)
{
	scratch_begin();
	test_numpy_singlets();
	test_numpy_packed();
	for (int form = 0; form < 4; form++)
		test_write(form & 1, form >> 1);
	test_threads(false);
	test_threads(true);
	test_left_out(false);
	test_left_out(true);
	test_other_form();
	test_foreign_folder();
	test_after_crash();
	test_packed_after_crash();
	test_bad_labels();
	test_bad_images();
	test_bad_packed();
	test_bad_split();
	test_unaligned();
	test_empty();
	return tap_end();
}
