#pragma once
/*
 * How an unfinished dataset is made, in the file ".unfinished" of its folder, so that the same
 * command goes on. For dataset_writer.h.
 */
#include <stdbool.h>
#include <time.h>

#include "base/err.h"

struct dataset_marker {
	int folder;                     /* locked; -1: none */
	bool finished;                  /* labels.npy is there */
	struct timespec begun;          /* by the first run, as the file system has it */
};

/*
 * Makes the folder PATH if it is missing, and claims it for a dataset that is made as TEXT says
 * (its first line is for messages), or that is finished already. Returns 0, or -1 with E set:
 * another process fills it, or it holds anything else. M is to be released either way.
 */
int dataset_marker_claim(struct dataset_marker *m, const char *path, const char *text,
                         struct err *e);
void dataset_marker_release(struct dataset_marker *m);

/* After labels.npy is in place, also by a run that was killed then. Returns 0, or -1 with E set. */
int dataset_marker_remove(const char *path, struct err *e);
