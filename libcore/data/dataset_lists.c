/* The lists of a dataset directory, written; see dataset_lists.h. */
#include "data/dataset_lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/npy.h"
#include "format/npy_ids.h"
#include "format/pickle.h"
#include "data/dataset.h"

static bool are_default(const struct classes *c)
{
	struct classes usual;
	bool same;

	classes_default(&usual);
	same = classes_equal(c, &usual);
	for (int i = 0; same && i < c->count; i++)
		same = !strcmp(c->entry[i].name, usual.entry[i].name);
	classes_release(&usual);
	return same;
}

static int save_classes(const struct classes *c, const char *folder, struct err *e)
{
	char *path;
	int result;

	if (are_default(c))
		return 0;
	path = xasprintf("%s/classes.tsv", folder);
	result = classes_save(c, path, e);
	free(path);
	return result;
}

static int save_ids(char *const *ids, size_t count, const char *folder, const char *name,
                    struct err *e)
{
	char *path = xasprintf("%s/%s", folder, name);
	int result = npy_ids_save(path, ids, count, e);

	free(path);
	return result;
}

static int save_side(const struct dataset_lists *l, const char *folder, const char *name,
                     enum dataset_part part, struct err *e)
{
	char **ids = xmalloc(l->count, sizeof *ids);
	size_t n = 0;
	int result;

	for (size_t i = 0; i < l->count; i++)
		if (l->part[i] == part)
			ids[n++] = l->ids[i];
	result = save_ids(ids, n, folder, name, e);
	free(ids);
	return result;
}

static int save_labels(const struct dataset_lists *l, const char *folder, struct err *e)
{
	struct pickle_dict dict = { .keys = (char **)l->ids, .count = l->count };
	char *path = xasprintf("%s/labels.npy", folder);
	int result;

	dict.values = xmalloc(l->count, sizeof *dict.values);
	for (size_t i = 0; i < l->count; i++)
		dict.values[i] = l->labels[i];
	result = pickle_save_labels(&dict, path, e);
	free(dict.values);
	free(path);
	return result;
}

int dataset_lists_save(const struct dataset_lists *l, const char *folder, bool packed,
                       struct err *e)
{
	if (save_classes(l->classes, folder, e) < 0)
		return -1;
	if (packed && save_ids(l->ids, l->count, folder, "ids.npy", e) < 0)
		return -1;
	if (l->part && (save_side(l, folder, "trainids.npy", DATASET_TRAIN, e) < 0 ||
	                save_side(l, folder, "valids.npy", DATASET_VALID, e) < 0))
		return -1;
	return save_labels(l, folder, e);
}
