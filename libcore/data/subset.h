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
 * Removes the dataset D. labels.npy becomes .moved first, so that the rest never looks complete,
 * and is removed last, so that a later call knows that it is to go on. Files that are not there any
 * more are passed over; those that do not belong to D stay, and the folders with them.
 * Returns 0, or -1 with E set.
 */
int subset_remove(const struct dataset *d, struct err *e);

/* Was the removal of the dataset at PATH begun, but not ended? -1 with E set: cannot be said. */
int subset_is_half_removed(const char *path, struct err *e);
/* Was it that of D, of which path, ids and labels count? Returns 0, or -1 with E set. */
int subset_check_half_removed(const struct dataset *d, struct err *e);
/* Is no file there that subset_remove would remove? Of D path and ids count. -1: as above. */
int subset_is_removed(const struct dataset *d, struct err *e);
