#pragma once
/*
 * What a file or a folder is and holds: weights, other archives of arrays, single
 * arrays, labels, lists of ids, datasets; as a table for the eye or as JSON.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"
#include "format/npy.h"
#include "data/classes.h"
#include "data/dataset.h"
#include "nn/net.h"

/* The first three have arrays by key, and facts. */
enum info_kind {
	INFO_WEIGHTS,
	INFO_DIFFERENCE,                /* weights less a parent's, model/delta.h */
	INFO_ARCHIVE,                   /* any other .npz */
	INFO_ARRAY, INFO_LABELS, INFO_IDS,
	INFO_DATASET
};

struct info_array {
	char *key;                      /* name in the archive; "" for a single array */
	struct npy form;                /* type and shape; no data */
	bool stored;                    /* in the archive, not deflated */
	bool numbers;                   /* there are some, and what follows is known */
	double min, max, mean;          /* NaN if one of the numbers is */
};

struct info_count {
	long long label;
	size_t images;
};

struct info {
	enum info_kind kind;
	char *name;                     /* as the user calls it */
	struct info_array *array;       /* archives: all; ARRAY, LABELS, IDS: the one */
	size_t arrays;
	struct json *facts;             /* archives: NULL if none */

	struct net net;                 /* WEIGHTS */
	struct classes classes;         /* WEIGHTS, DATASET */
	bool classes_known;             /* WEIGHTS: from the facts */
	char digest[SHA256_HEX];        /* WEIGHTS, DATASET */
	char *trouble;                  /* archives: altered, or keys of weights but no
	                                 * network (kind ARCHIVE); datasets: images are missing;
	                                 * NULL: all is well */

	size_t count;                   /* LABELS, IDS: entries */
	struct info_count *label;       /* LABELS: LABELS of them, ascending */
	size_t labels;
	struct dataset dataset;         /* DATASET */
	size_t unlabelled;              /* DATASET: images without a label, which nobody reads */
};

/*
 * Looks at PATH, called NAME in messages and output. Returns 0, or -1 with E set:
 * damaged, or nothing that we know.
 */
int info_read(struct info *i, const char *path, const char *name, struct err *e);
void info_release(struct info *i);

/* Tables for the eye. */
void info_print(const struct info *i, FILE *f);

/* One object; KEY as in json.h. */
void info_json(const struct info *i, struct json_writer *j);

/* "conv1/kernel", "bn/gamma", ...: what array K of a network is. */
const char *info_array_name(enum net_array k);
