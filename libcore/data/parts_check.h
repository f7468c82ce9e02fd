#pragma once
/*
 * The same partition again: a run that was killed after its folder was in place, or that could not
 * print its table, is told from one that would write another partition. For parts.h.
 */
#include "base/err.h"
#include "data/parts.h"

/*
 * Does FOLDER hold what parts_write would make of P, each image with the same pixels, and nothing
 * else? Returns 0, or -1 with E set: what differs, or cannot be read.
 */
int parts_check(const struct parts *p, const char *folder, struct err *e);

/*
 * Where the dataset at PATH was moved to P->parts partitions in FOLDER, and removed or begun to be
 * (subset.h): D, zero, becomes that dataset, without images and split, from the ids, labels and
 * classes in FOLDER. P->folds counts. parts_check then compares the shares only.
 * Returns 0, or -1 with E set; D is to be released either way.
 */
int parts_gather(struct dataset *d, const char *path, const struct parts *p, const char *folder,
                 struct err *e);
