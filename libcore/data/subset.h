#pragma once
/*
 * Datasets made of another dataset's images, in the same form and with the same
 * classes: files are linked where the file system can, otherwise copied.
 */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "data/dataset.h"

struct subset {
	const struct dataset *from;
	const uint32_t *index;          /* images of FROM, ascending, COUNT of them */
	size_t count;
	const uint8_t *part;            /* of each image of FROM; NULL: no split */
	bool copy;                      /* do not link */
	struct progress *progress;      /* advanced with every image; may be NULL */
	const volatile sig_atomic_t *stop;      /* not 0: give up; may be NULL */
};

/* Makes the folder PATH, which must not exist, and the dataset in it. Returns 0, or -1
 * with E set and a part of it left. */
int subset_write(const struct subset *s, const char *path, struct err *e);

/*
 * Reads the dataset at PATH again and adds one to SEEN[i] for each image i of FROM that
 * it holds.
 * Returns 0, or -1 with E set: it cannot be read, or holds something else.
 */
int subset_count(const struct dataset *from, const char *path, uint32_t *seen,
                 struct err *e);

/*
 * Removes the dataset D, labels.npy first, so that the rest never looks complete.
 * Files that do not belong to it stay, and the folders with them. Returns 0, or -1 with E
 * set.
 */
int subset_remove(const struct dataset *d, struct err *e);
