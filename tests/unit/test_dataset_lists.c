/* The lists of a dataset directory, as they are read back. */
#include "data/dataset_lists.h"

#include <sys/stat.h>

#include "data/dataset.h"
#include "dataset_files.h"
#include "scratch.h"
#include "tap.h"
#include "format/npy_ids.h"

enum { COUNT = 3 };
static char *const ids[COUNT] = { (char *)"a", (char *)"b", (char *)"c" };
static const int labels[COUNT] = { 1, 0, 1 };
static const uint8_t part[COUNT] = { DATASET_VALID, DATASET_TRAIN, DATASET_NEITHER };

static const char *saved(const char *name, const struct dataset_lists *l, bool packed)
{
	const char *folder = scratch_path(name);
	struct err e = {0};

	mkdir(folder, 0777);
	ok(dataset_lists_save(l, folder, packed, &e) == 0, "%s %s", name, e.text);
	return folder;
}

static void has_ids(const char *folder, const char *name, const char *want)
{
	char *path = xasprintf("%s/%s", folder, name), **got = NULL, text[16] = "";
	size_t n = 0;
	struct err e;

	npy_ids_load(path, &got, &n, &e);
	for (size_t i = 0; i < n && i < COUNT; i++)
		strcat(text, got[i]);
	is_text(text, want, name);
	npy_ids_free(got, n);
	free(path);
}

static void test_all_lists(void)
{
	struct classes two;
	struct dataset_lists l = { ids, labels, COUNT, &two, part };
	struct pickle_dict dict = {0};
	struct err e;
	const char *folder;
	char *path;

	classes_numbered(&two, 2);
	folder = saved("packed with a split", &l, true);
	path = xasprintf("%s/labels.npy", folder);
	ok(pickle_load_labels(&dict, path, &e) == 0 && dict.count == COUNT && dict.values[0] == 1 &&
	   dict.values[1] == 0 && !strcmp(dict.keys[1], "b"), "labels.npy");
	has_ids(folder, "ids.npy", "abc");
	has_ids(folder, "trainids.npy", "b");
	has_ids(folder, "valids.npy", "a");
	ok(exists(folder, "classes.tsv"), "classes.tsv");
	pickle_dict_release(&dict);
	free(path);
	classes_release(&two);
}

static void test_only_labels(void)
{
	struct classes usual;
	struct dataset_lists l = { ids, labels, COUNT, &usual, NULL };
	const char *folder;

	classes_default(&usual);
	folder = saved("singlets without a split", &l, false);
	ok(exists(folder, "labels.npy") && !exists(folder, "ids.npy") &&
	   !exists(folder, "trainids.npy") && !exists(folder, "valids.npy") &&
	   !exists(folder, "classes.tsv"), "labels.npy alone");
	strcpy(usual.entry[0].name, "another name");
	folder = saved("the default codes, another name", &l, false);
	ok(exists(folder, "classes.tsv"), "classes.tsv keeps the name");
	classes_release(&usual);
}

int main(void)
{
	scratch_begin();
	test_all_lists();
	test_only_labels();
	return tap_end();
}
