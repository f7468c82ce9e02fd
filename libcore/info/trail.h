#pragma once
/*
 * The trail of models: which was made from which, by the digests in their facts, and
 * which are missing or were altered. Needs nothing but the files.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"
#include "model/model.h"

enum {
	TRAIL_MISSING = -1,             /* no file has these numbers */
	TRAIL_ITSELF = -2,              /* the file's own numbers: nothing changed */
};

struct trail_parent {
	char *digest;                   /* as the facts have it; or a mark */
	int model;                      /* index of its file, or one of the above */
};

struct trail_model {
	char *name;
	char digest[SHA256_HEX];        /* of its numbers; "" of a damaged file */
	char mark[SHA256_HEX];          /* as digest_mark; "" if it is not known */
	char *told;                     /* digest that its facts name; NULL: none */
	char *tool;                     /* that made it; NULL: not known */
	char *dataset;                  /* digest of its training data; NULL: none */
	char *split;                    /* which of it, as the facts have it; NULL: not known */
	uint64_t split_seed;            /* 0 if the facts have none */
	char *data_name;                /* its name if among the files; borrowed */
	int64_t num_examples;           /* -1: not known */
	struct trail_parent *parent;
	size_t parents;
	char *trouble;                  /* why the file cannot be read; NULL: it can */
	/* of a difference, model/delta.h, which needs its parent for its numbers: */
	char *from;                     /* digest of that parent; NULL: MODEL is whole */
	bool checked;                   /* DIGEST was computed, not taken from facts */
	/* from trail_link: */
	int generation;                 /* steps from a model without parents, at most;
	                                 * -1: goes round in a circle */
	int same_as;                    /* an earlier file of the same numbers; -1: none */
};

struct trail {
	struct trail_model *model;
	size_t count;
	struct trail_data {
		char *name;
		char digest[SHA256_HEX];
	} *data;                        /* datasets */
	size_t datas;
};

/*
 * Adds PATH: a file of weights or differences, a dataset, or a folder that has such in it. A
 * damaged file of weights is added as such, with its TROUBLE. Returns 0, or -1 with E
 * set: no such file, a damaged dataset, an empty folder, one that the machine cannot read.
 */
int trail_load(struct trail *t, const char *path, struct err *e);

/* Adds a model whose numbers have digest DIGEST. FACTS may be NULL. */
struct trail_model *trail_add(struct trail *t, const char *name, const char *digest,
                              const struct json *facts);

/* Adds the model M, which is in memory. */
void trail_add_model(struct trail *t, const char *name, const struct model *m);

/* Finds the parents, checks differences whose parent is there, and orders the models
 * by generation. */
void trail_link(struct trail *t);
void trail_release(struct trail *t);

/*
 * Of the model whose numbers have DIGEST, and of all that it came from: a mark for each model of
 * T, in new memory. WHOLE: every one of them is at hand, back to random weights of aml-init.
 */
bool *trail_ancestors(const struct trail *t, const char *digest, bool *whole);

/* Do the numbers disagree with what the facts say? */
bool trail_is_altered(const struct trail_model *m);

/* Calls REPORT for each fault: altered numbers, a parent missing, a circle. Returns
 * how many. */
size_t trail_faults(const struct trail *t, void (*report)(const struct err *e));

void trail_print(const struct trail *t, FILE *f);       /* a readable table */
void trail_json(const struct trail *t, FILE *f);        /* an array of objects */
