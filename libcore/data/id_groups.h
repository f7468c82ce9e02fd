#pragma once
/*
 * A file that says which images belong together: lines "id TAB group", such as the patient of each
 * cell. Lines of other ids are passed over, a heading among them.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct id_groups {
	uint32_t *of;                   /* the number of each id's group */
	char **name;                    /* COUNT of them, in byte order, each once */
	size_t count;
};

/*
 * The groups of IDS, N of them in byte order, each once. Returns 0, or -1 with E set: an id without
 * a group, or with two.
 */
int id_groups_load(struct id_groups *g, char *const *ids, size_t n, const char *tsv_path,
                   struct err *e);
void id_groups_release(struct id_groups *g);
