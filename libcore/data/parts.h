#pragma once
/*
 * Splits a dataset into partitions: partition.h decides which images go where, subset.h
 * makes FOLDER/partition0, partition1, ..., and each is read again.
 */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "data/dataset.h"
#include "data/partition.h"
#include "data/split.h"

struct parts {
	const struct dataset *from;
	int parts;
	bool folds;                     /* each gets all images; its own validate */
	bool copy, quiet;
	const volatile sig_atomic_t *stop;      /* as in struct subset */
	/* from parts_deal, owned: */
	uint32_t *index;                /* images of FROM, ascending, COUNT of them */
	size_t count;
	uint32_t *part;                 /* of each of them */
};

/*
 * Deals the images on SIDE of the split by SCHEME, ALPHA and SEED (partition.h, split.h). GROUPS:
 * path of a file of ids and groups, which stay together, or NULL. Returns 0, or -1 with E set:
 * fewer images or groups than parts, or the file is at fault.
 */
int parts_deal(struct parts *p, enum partition_scheme scheme, double alpha, enum split side,
               uint64_t seed, const char *groups, struct err *e);
void parts_release(struct parts *p);

/*
 * Makes the datasets in FOLDER and checks them against FROM: every image once (folds:
 * once in each), with its label.
 * Returns 0, or -1 with E set and a part of them left.
 */
int parts_write(const struct parts *p, const char *folder, struct err *e);

/* Images of each part, all and by class: PARTS rows of 1 + classes numbers in new
 * memory. */
size_t *parts_count(const struct parts *p);
