/* What files and folders are. */
#include "info/info.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "format/npz.h"
#include "model/model.h"
#include "model/model_writer.h"
#include "scratch.h"
#include "tap.h"

static bool reads(struct info *i, const char *path)
{
	struct err e = {0};
	bool good = info_read(i, path, path, &e) == 0;

	ok(good, "reads %s %s", path, e.text);
	return good;
}

static char *text_of(const struct info *i)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	info_print(i, f);
	fclose(f);
	return text;
}

static void prints(const struct info *i, const char *want)
{
	char *text = text_of(i);

	ok(strstr(text, want), "prints '%s'", want);
	if (!strstr(text, want))
		printf("# %.300s\n", text);
	free(text);
}

/* As JSON, read back. */
static struct json *json_of(const struct info *i)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct json_writer j;
	struct json *v;
	struct err e = {0};

	json_start(&j, f, true);
	info_json(i, &j);
	fclose(f);
	v = json_parse(text, size, &e);
	ok(v != NULL, "JSON %s", e.text);
	free(text);
	return v;
}

static void test_weights(void)
{
	struct info i;
	struct json *v;
	const struct json *arrays;

	if (!reads(&i, "tests/data/keras/w0.npz"))
		return;
	is_int(i.kind, INFO_WEIGHTS, "weights");
	is_int(i.net.size, 20, "image size");
	is_int((long long)i.arrays, 16, "arrays");
	ok(!i.trouble && !i.facts && !i.classes_known, "no facts, no trouble");
	prints(&i, "weights, 9631 numbers in 16 arrays");
	prints(&i, "filters  8 8 16 16");
	prints(&i, "dense1/kernel         144 x 32  <f4");
	v = json_of(&i);
	arrays = json_get(v, "arrays");
	is_text(json_get(v, "kind")->text, "weights", "JSON: kind");
	is_int(json_get(v, "parameters")->whole, 9631, "JSON: parameters");
	is_int((long long)json_get(v, "classes")->count, 15, "JSON: classes");
	is_text(json_get(&arrays->items[9], "name")->text, "dense1/bias",
	        "JSON: array 9");
	is_int(json_get(&arrays->items[8], "shape")->items[0].whole, 144,
	       "JSON: shape of array 8");
	json_free(v);
	info_release(&i);
	info_release(&i);
}

/* The same numbers in any packing and type have the same digest; type and packing are
 * told. */
static void test_forms(void)
{
	struct info stored, other;

	if (!reads(&stored, "tests/data/forms/stored.npz"))
		return;
	if (reads(&other, "tests/data/forms/f8.npz")) {
		is_text(other.digest, stored.digest, "doubles: the digest of the floats");
		prints(&other, "<f8   deflated");
		info_release(&other);
	}
	if (reads(&other, "tests/data/forms/fortran.npz")) {
		is_text(other.digest, stored.digest, "Fortran order: the same digest");
		prints(&other, "<f4 Fortran");
		is_near(other.array[0].mean, stored.array[0].mean, 1e-7, "the same mean");
		info_release(&other);
	}
	info_release(&stored);
}

static void test_facts(void)
{
	static const char *const facts[] = {
		"{\"tool\": \"x\\u001b[1m\", \"weights\": \"12\", \"parents\": [\"p1\", "
		"\"p2\"], \"seed\": 7}",
		"{\"tool\": \"x\", \"seed\": 7, \"classes\": [\"A\", \"B\", \"C\"]}",
	};
	const char *path = scratch_path("model.npz");
	struct model m = {0};
	struct info i = {0};
	struct err e = {0};

	ok(model_load(&m, "tests/data/forms/stored.npz", 0, &e) == 0, "a model %s",
	   e.text);
	model_save(path, &m.net, m.w, facts[0], &e);
	if (reads(&i, path)) {
		ok(i.trouble && strstr(i.trouble, "altered"),
		   "another digest in the facts: %s", i.trouble);
		prints(&i, "parents  p1\n         p2\n");
		prints(&i, "tool     x\\033[1m");
		prints(&i, "seed     7");
		prints(&i, "3, which the file does not name");
	}
	info_release(&i);
	model_save(path, &m.net, m.w, facts[1], &e);
	if (reads(&i, path)) {
		ok(!i.trouble && i.classes_known, "classes from the facts");
		prints(&i, "classes  3, A,B,C");
	}
	info_release(&i);
	model_release(&m);
}

/* Arrays that are whole, but no network of ours. */
static void test_other_archives(void)
{
	const char *path = scratch_path("archive.npz");
	const float numbers[] = { 1, -2, 4 };
	struct info i = {0};
	struct err e = {0};
	FILE *f = fopen(path, "wb");
	struct npz_writer *w = npz_writer_new(f, true);

	npz_writer_add(w, "some", "<f4", 1, (const size_t[]){ 3 }, numbers,
	               sizeof numbers, &e);
	npz_writer_end(w, "{\"a\": [1, {\"b\": null}], \"t\": \"text\"}", &e);
	fclose(f);
	if (reads(&i, path)) {
		is_int(i.kind, INFO_ARCHIVE, "an archive");
		ok(i.array[0].min == -2 && i.array[0].max == 4 && i.array[0].mean == 1,
		   "range");
		prints(&i, "archive of 1 arrays");
		prints(&i, "a  [1, {\"b\": null}]\nt  text\n");
		json_free(json_of(&i));
	}
	info_release(&i);
	if (reads(&i, "tests/data/keras/layers.npz")) {
		is_int(i.kind, INFO_ARCHIVE, "keys of weights, but no network");
		ok(i.trouble && strstr(i.trouble, "layers.npz: "), "which is told: %s",
		   i.trouble);
	}
	info_release(&i);
}

static void test_arrays(void)
{
	struct info i = {0};
	struct json *v;

	if (reads(&i, "tests/data/labels/labels_sizes_np25.npy")) {
		is_int(i.kind, INFO_LABELS, "labels");
		is_int((long long)i.count, 7, "of seven images");
		v = json_of(&i);
		is_int((long long)json_get(v, "labels")->count, (long long)i.labels,
		       "JSON: labels");
		json_free(v);
	}
	info_release(&i);
	if (reads(&i, "tests/data/dataset/many/labels.npy")) {
		ok(i.labels == 5 && i.label[0].images == 31 && i.label[4].label == 14,
		   "counts by index");
		prints(&i, "labels of 60 images\n\nindex  images\n    0      31\n    1   "
		           "   16\n    3       8\n");
	}
	info_release(&i);
	if (reads(&i, "tests/data/labels/trainids_object_np116.npy"))
		prints(&i, "list of 20 ids");
	info_release(&i);
	if (reads(&i, "tests/data/labels/trainids_empty_np25.npy"))
		prints(&i, "array, 0 of <f8\n");
	info_release(&i);
	if (reads(&i, "tests/data/keras/x.npy"))
		prints(&i,
		       "array, 80 x 20 x 20 x 4 of |u1, min 0, max 255, mean 133.432\n");
	info_release(&i);
}

static void test_datasets(void)
{
	struct info i = {0};
	struct json *v;

	if (reads(&i, "tests/data/dataset/singlets")) {
		prints(&i, "dataset, 4 images");
		prints(&i, "split   2 training, 1 validation, 1 neither");
		prints(&i,
		       "    0  BAS   basophil                      2         1           0\n");
		v = json_of(&i);
		is_int(json_get(json_get(v, "split"), "training")->whole, 2,
		       "JSON: training");
		is_text(json_get(v, "form")->text, "singlets", "JSON: form");
		json_free(v);
	}
	info_release(&i);
	if (reads(&i, "tests/data/dataset/packed")) {
		prints(&i, "form    packed\nimage   3 x 4 x 4\ntype    |u1\nsplit   "
		           "none, a seed draws it\n");
		prints(&i, "    1  odd   an odd one        2\n");
		v = json_of(&i);
		is_int(json_get(v, "split")->type, JSON_NULL, "JSON: no split");
		json_free(v);
	}
	info_release(&i);
}

static void refuses(const char *path, const char *message)
{
	struct info i = {0};
	struct err e = {0};

	ok(info_read(&i, path, "that", &e) == -1 && !strncmp(e.text, "that: ", 6) &&
	           strstr(e.text, message),
	   "refused: %s (%s)", message, e.text);
	info_release(&i);
}

static void test_refused(void)
{
	const char *path = scratch_text("nothing", "");
	struct err e;

	refuses("no/such/file", "No such file");
	refuses(path, "neither weights, nor a .npy file");
	outfile_save(path, "PK\3\4", 4, &e);
	refuses(path, "that: ");
	outfile_save(path, "\x93NUMPY\1", 7, &e);
	refuses(path, "that: ");
	refuses("tests/data", "not a dataset, labels.npy is missing");
}

int main(void)
{
	scratch_begin();
	test_weights();
	test_forms();
	test_facts();
	test_other_archives();
	test_arrays();
	test_datasets();
	test_refused();
	return tap_end();
}
