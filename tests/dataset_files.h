#pragma once
/* Single files of a dataset, as a test wants them: also such as no tool writes. */
#include "format/npy.h"
#include "format/npy_ids.h"
#include "format/pickle.h"
#include "scratch.h"
#include "tap.h"

__attribute__((unused))
static void put(const char *folder, const char *name, const void *data, size_t size)
{
	char *path = xasprintf("%s/%s", folder, name);

	scratch_write(path, data, size);
	free(path);
}

__attribute__((unused))
static void put_ids(const char *folder, const char *name, char *const *list, size_t n)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct err e;

	npy_ids_save(path, list, n, &e);
	free(path);
}

__attribute__((unused))
static void put_labels(const char *folder, char *const *keys, const int64_t *values,
                       size_t n)
{
	char *path = xasprintf("%s/labels.npy", folder);
	struct pickle_dict d = { (char **)keys, (int64_t *)values, n };
	struct err e;

	pickle_save_labels(&d, path, &e);
	free(path);
}

__attribute__((unused))
static bool exists(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

__attribute__((unused))
static bool opens(struct dataset *d, const char *path)
{
	struct err e = {0};
	bool good = dataset_open(d, path, &e) == 0;

	ok(good, "opens %s %s", path, e.text);
	return good;
}
