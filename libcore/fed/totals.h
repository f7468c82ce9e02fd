#pragma once
/*
 * The way of aggregate.c where models are added up exactly, because partial sums come in or go out:
 * the same blocks and pieces, summed by sums.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/threads.h"
#include "fed/clients.h"
#include "fed/partials.h"
#include "fed/pooled.h"

struct totals {
	const struct partials *in;
	struct partial_writer *out;     /* NULL: the mean is wanted */
	int models;
	double *n, *part;               /* [models + 1] n, and n s; the last: what is left */
	double total;                   /* sum of all n */
	/* the block: */
	int k;
	size_t block, piece;            /* numbers at most, of each file: at once, and of one job */
	int terms;                      /* of all partial sums of this array */
	const double_any **term;        /* [terms] */
	bool *failed;                   /* [in->count] */
	struct err *error;              /* [in->count] */
	/* its pieces: */
	const double_any **view;        /* [threads][terms] */
	double *to[EXACT_TERMS];        /* [block] sums to put out */
	int *used;                      /* [pieces] terms of TO */
	struct pooled *pooled;          /* [dense] statistics of all images; NULL: not pooled */
};

/*
 * IN and OUT as in struct totals; WAY: are statistics pooled? Clients are taken in the order of
 * C->order. Returns 0, or -1 with E set: weights are too large together.
 */
int totals_init(struct totals *t, const struct partials *in, struct partial_writer *out,
                const struct clients *c, const struct partial_sums *way, size_t block,
                size_t piece, int threads, struct err *e);
void totals_release(struct totals *t);

/* How many more files' worth of numbers partial sums are. */
int totals_files(const struct partials *in);

/* The next SIZE numbers of array K, from AT on. 0, or -1 with E set, the file named. */
int totals_begin(struct totals *t, int k, size_t at, size_t size, struct threads *pool,
                 struct err *e);

/*
 * Piece I of the block, of COUNT numbers, X being those of the models and of the previous one. To
 * Y or, for OUT, aside. False: NaN or infinity.
 */
bool totals_piece(struct totals *t, size_t i, size_t count, const float_any *const *x, float *y,
                  int worker);

/* Puts out the block of SIZE numbers. 0, or -1 with E set. */
int totals_end(struct totals *t, size_t size, struct err *e);

/*
 * The block BN_VAR once more, from the models' means and variances [models][count], where
 * statistics are pooled: to Y, or put out. 0, or -1 with E set.
 */
int totals_pool(struct totals *t, const float_any *const *mean, const float_any *const *var,
                size_t count, float *y, struct err *e);
