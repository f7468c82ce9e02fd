#pragma once
/*
 * Partial sums among the models of a round, and the checks that models get: one network, one class
 * list, one previous model, no client twice; and the same way of adding up.
 */
#include "base/err.h"
#include "fed/clients.h"
#include "fed/partial.h"

struct partials {
	char *const *path;              /* [count], borrowed */
	struct partial *partial;
	int count;
};

/*
 * Opens the COUNT files at PATHS, to go with C, of whose network and classes they may tell more.
 * OWN tells how all are added up; an empty weighing or digest becomes that of the first
 * that has one. PREVIOUS: the digest of the previous model, or NULL.
 * Returns 0, or -1 with E set, the file named.
 */
int partials_open(struct partials *p, char *const *paths, int count, struct clients *c,
                  struct partial_sums *own, const char *previous, struct err *e);
void partials_release(struct partials *p);

/* -1 with E set if two of all clients hold the same numbers. To be called when all were read. */
int partials_check_distinct(const struct partials *p, const struct clients *c, struct err *e);

/*
 * All clients, those of C and those that were added up, into S->client, weight and part, which the
 * caller releases. What they are is known when all were read.
 */
void partials_collect(struct partial_sums *s, const struct partials *p, const struct clients *c);

/* Sum of all num_examples of S; -1: one is unknown. */
int64_t partials_examples(const struct partial_sums *s);
