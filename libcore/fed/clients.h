#pragma once
/*
 * The models of a federation's clients, opened side by side and checked before they are averaged:
 * one network, one class list, none twice, none of another parent.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/classes.h"
#include "model/model.h"
#include "model/model_stream.h"

struct client {
	const char *path;               /* borrowed */
	struct model_stream stream;
	int64_t examples;               /* num_examples; -1: unknown */
	double weight;
	double update_norm, cosine;     /* |x - p|, and between x - p and mean - p: aggregate.h */
};

struct clients {
	struct net net;
	struct client *client;          /* COUNT of them, in the order of the command */
	int count;
	int *order;                     /* the same models, sorted by content */
	struct classes classes;         /* of all whose facts tell them; count 0: of none */
};

/*
 * Opens the COUNT files at PATHS ("-": stdin). PREVIOUS: the model that they were trained from, its
 * digest PREVIOUS_DIGEST; or NULL. Returns 0, or -1 with E set (it names the file): damaged,
 * another network, another class list, the same file twice, a model that descends from another one.
 */
int clients_open(struct clients *c, char *const *paths, int count, const struct model *previous,
                 const char *previous_digest, struct err *e);
void clients_release(struct clients *c);

/* Fills in examples and weight. -1 with E set: neither facts nor PATH-metadata tell 1 to 10^9. */
int clients_weigh(struct clients *c, struct err *e);

/* Sum of all num_examples as far as facts or PATH-metadata tell them; -1: one does not. */
int64_t clients_examples(struct clients *c);

/* -1 with E set if two models hold the same numbers. To be called when all were read. */
int clients_check_distinct(const struct clients *c, struct err *e);
