#pragma once
/*
 * The models of a federation's clients, opened side by side and checked before they are averaged:
 * one network, one class list, none twice, none of another parent.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sha256.h"
#include "base/threads.h"
#include "data/classes.h"
#include "model/model.h"
#include "model/model_stream.h"
#include "fed/submissions.h"

struct client {
	const char *path;               /* borrowed */
	struct submission *from;        /* what its site handed in, borrowed; or NULL */
	struct model_stream stream;
	char numbers[SHA256_HEX];       /* digest of its numbers, computed: clients_digest */
	int64_t examples;               /* num_examples; -1: unknown */
	double weight;
	double update_norm, cosine;     /* |x - p|, and between x - p and mean - p: aggregate.h */
	double scale;                   /* of x - p: clip.h */
	char clipped_mark[SHA256_HEX];  /* the stream's when that was found */
};

struct clients {
	struct net net;
	struct client *client;          /* COUNT of them, in the order of the command */
	int count;
	int *order;                     /* the same models, sorted by content */
	int keep;                       /* how many may keep their files open */
	struct classes classes;         /* of all whose facts tell them; count 0: of none */
	bool strict;                    /* each tells its parent */
};

/*
 * Opens the COUNT files at PATHS ("-": stdin). PREVIOUS: the model that they were trained from, its
 * digest PREVIOUS_DIGEST; or NULL. Returns 0, or -1 with E set (it names the file): damaged,
 * another network, another class list, the same file twice, a model that descends from another one.
 */
int clients_open(struct clients *c, char *const *paths, int count, const struct model *previous,
                 const char *previous_digest, struct err *e);

/*
 * The same of what sites handed in, which must outlive C: of those without a fault, whose order is
 * that of S. What is wrong with one becomes its fault. Returns 0, and then C is only of use if
 * there are no faults; or -1 with E set.
 */
int clients_admit(struct clients *c, struct submissions *s, const struct model *previous,
                  const char *previous_digest, struct err *e);
void clients_release(struct clients *c);

/*
 * Fills in examples and weight. -1 with E set: neither facts nor PATH-metadata tell 1 to 10^9; of
 * what was handed in that is a fault, and where it is signed facts alone count.
 */
int clients_weigh(struct clients *c, struct err *e);

/* A fault for each that was trained on fewer images than its roster expects. */
void clients_check_least(struct clients *c);

/*
 * Reads all that was handed in to its end for the digests of its numbers; a file that cannot be
 * read, or whose facts tell another digest, gets a fault.
 */
void clients_digest(struct clients *c, struct threads *pool);

/* Sum of all num_examples as far as facts or PATH-metadata tell them; -1: one does not. */
int64_t clients_examples(struct clients *c);

/* -1 with E set if two models hold the same numbers. To be called when all were read. */
int clients_check_distinct(const struct clients *c, struct err *e);
