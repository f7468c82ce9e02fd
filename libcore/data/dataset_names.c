/* Names of files in datasets; see dataset_names.h. */
#include "data/dataset_names.h"

#include <stdlib.h>

#include "base/mem.h"

static void add(struct distinct *d, enum distinct_kind kind, const char *what, const char *folder,
                const char *name)
{
	char *path = xasprintf("%s/%s", folder, name), *of = xasprintf("%s of %s", name, what);

	distinct_add(d, kind, of, path);
	free(path);
	free(of);
}

void dataset_names_add(struct distinct *d, const char *what, const char *folder)
{
	/* one that is missing has a meaning, too: the usual classes, no split */
	static const char *const names[] = { "labels.npy",   "classes.tsv", "images.npy", "ids.npy",
		                             "trainids.npy", "valids.npy",  ".unfinished" };

	if (!folder)
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		add(d, DISTINCT_INPUT, what, folder, names[i]);
	add(d, DISTINCT_FOLDER, what, folder, "data_singlets");
}
