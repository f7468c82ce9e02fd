/* Datasets as they are written: both forms, by many threads, interrupted, with gaps. */
#include "data/dataset_writer.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/threads.h"
#include "format/npy.h"
#include "dataset_files.h"
#include "dataset_images.h"
#include "scratch.h"
#include "tap.h"

enum { IMAGES = 5 };

/* In byte order; what file systems allow. */
static char *const ids[IMAGES] = { (char *)".hidden", (char *)"BAS 1", (char *)"a\nb",
	                           (char *)"c\"'\\", (char *)"\xc3\x84" };
static const int labels[IMAGES] = { 0, 14, 3, 3, 7 };

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
	ok(!dataset_writer_has(w, i, ""), "image %zu is not there", i);
	ok(dataset_writer_add(w, i, pixels, &e) == 0, "added %s", e.text);
	ok(dataset_writer_has(w, i, ""), "is there");
}

static void add_same(struct dataset_writer *w, bool bytes, size_t i, struct err *e)
{
	float pixels[PIXELS];

	make_pixels(pixels, bytes, i);
	ok(!dataset_writer_has(w, i, "") && dataset_writer_add(w, i, pixels, e) == 0,
	   "image %zu is the same", i);
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

static void add_all(struct dataset_writer *w, bool bytes)
{
	struct err e = {0};

	ok(w && dataset_writer_is_finished(w), "it was finished already");
	for (size_t i = 0; i < IMAGES; i++)
		add_same(w, bytes, i, &e);
}

/* The same run after the end: all is compared, nothing written. */
static void again(const char *path, const struct dataset_form *form, const struct classes *c)
{
	struct dataset_form other = *form;
	int wrong[IMAGES];
	float pixels[PIXELS];
	struct dataset_writer *w = start(path, form, c);
	struct err e = {0};

	memcpy(wrong, labels, sizeof wrong);
	wrong[2] = 1;
	add_all(w, form->bytes);
	ok(dataset_writer_end(w, labels, &e) == 0, "all is as it was");
	check_written(path, form->bytes, form->packed);
	w = start(path, form, c);
	make_pixels(pixels, form->bytes, 3);
	is_int(dataset_writer_add(w, 4, pixels, &e), -1, "another picture");
	ok(strstr(e.text, "a finished dataset already, with another '\xc3\x84'") != NULL, "%s",
	   e.text);
	dataset_writer_free(w);
	w = start(path, form, c);
	is_int(dataset_writer_end(w, wrong, &e), -1, "another label");
	wrong[2] = -1;
	w = start(path, form, c);
	is_int(dataset_writer_end(w, wrong, &e), -1, "one that was left out");
	other.bytes = !form->bytes;
	ok(!dataset_writer_open(path, &other, c, ids, IMAGES, &e) &&
	           strstr(e.text, "finished dataset already"),
	   "of another form: %s", e.text);
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
	ok(dataset_writer_has(w, 3, "") && dataset_writer_has(w, 0, "") &&
	           !dataset_writer_has(w, 1, ""),
	   "gone on with");
	add(w, bytes, 4);
	add(w, bytes, 1);
	add(w, bytes, 2);
	ok(dataset_writer_end(w, labels, &e) == 0, "ended %s", e.text);
	check_written(path, bytes, packed);
	again(path, &form, &c);
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
	c->bad[i] = dataset_writer_has(c->w, i, "") ||
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
	put(folder, ".BAS 1.npy.aml-Xy12zQ", "half", 4);
	put(folder, ".hidden.npy", "", 0);
	w = start(path, &form, &c);
	ok(!exists(folder, ".BAS 1.npy.aml-Xy12zQ"), "a temporary file is removed");
	ok(dataset_writer_has(w, 1, "") && !dataset_writer_has(w, 2, "") &&
	           !dataset_writer_has(w, 0, ""),
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
	ok(dataset_writer_has(w, 1, "") && !dataset_writer_has(w, 2, ""),
	   "a damaged row does not count");
	dataset_writer_free(w);
	is_int(truncate(work, NPY_HEADER + IMAGES * PIXELS), 0, "cut to its rows");
	rename(work, final);
	w = start(path, &form, &c);
	ok(exists(path, ".images.npy") && !exists(path, "images.npy") &&
	           !dataset_writer_has(w, 1, ""),
	   "renamed without labels: begun anew");
	dataset_writer_free(w);
	classes_release(&c);
	free(path);
	free(work);
	free(final);
}

int main(void)
{
	scratch_begin();
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
	return tap_end();
}
