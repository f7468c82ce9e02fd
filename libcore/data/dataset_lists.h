#pragma once
/*
 * Writes all files of a dataset but the images; dataset.h reads them. For callers that
 * write the images: dataset_writer.h, subset.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/classes.h"

/* Borrowed, all of it. */
struct dataset_lists {
	char *const *ids;               /* COUNT of them, in byte order */
	const int *labels;              /* class index of each */
	size_t count;
	const struct classes *classes;
	const uint8_t *part;            /* enum dataset_part of each; NULL: no split */
};

/*
 * Writes into FOLDER: classes.tsv (unless the classes are the default ones), ids.npy (PACKED: the
 * rows of images.npy are in the order of the ids), trainids.npy and valids.npy (if there is
 * a split), labels.npy last. Returns 0, or -1 with E set.
 */
int dataset_lists_save(const struct dataset_lists *l, const char *folder, bool packed,
                       struct err *e);
