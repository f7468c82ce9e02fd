#pragma once
/*
 * The datasets of a partition: FOLDER/partition0, partition1, ... from what
 * partition.h decided, each made by subset.h and read again.
 */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "data/dataset.h"

struct parts {
	const struct dataset *from;
	const uint32_t *index;          /* images of FROM, ascending, COUNT of them */
	size_t count;
	const uint32_t *part;           /* of each of them */
	int parts;
	bool folds;                     /* each gets all images; its own validate */
	bool copy, quiet;
	const volatile sig_atomic_t *stop;      /* as in struct subset */
};

/*
 * Makes the datasets in FOLDER and checks them against FROM: every image once (folds:
 * once in each), with its label.
 * Returns 0, or -1 with E set and a part of them left.
 */
int parts_write(const struct parts *p, const char *folder, struct err *e);

/* Images of each part, all and by class: PARTS rows of 1 + classes numbers in new
 * memory. */
size_t *parts_count(const struct parts *p);
