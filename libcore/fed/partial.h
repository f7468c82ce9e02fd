#pragma once
/*
 * Partial sums: what some clients bring to a mean, exact, as a file that a later run takes among
 * models. It gives the mean of all clients to the last bit, whoever added up which of them.
 *
 * An .npz archive, with what it is in the comment (aml-fedavg(1) describes it):
 *   K.s0, K.s1, ...    '<f8' of the shape of array K, which add up to the sum of n s x (of the
 *                      statistics n x, and if they are pooled n (v + m^2) in the place of n v)
 *   clients            '<f8' [clients][4]: images or -1, n, |u| or -1, s
 *   marks              '|u1' [clients][64]: digest_mark of each
 * in the order of the parents that the comment names.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "format/npz.h"
#include "format/npz_stream.h"
#include "data/classes.h"
#include "nn/net.h"
#include "fed/exact.h"

struct partial_client {
	char digest[SHA256_HEX], mark[SHA256_HEX];      /* as of struct model_stream */
	int64_t examples;               /* -1: unknown */
	double weight, scale;           /* n, s */
	double update_norm;             /* -1: unknown */
};

/* What was added up, and how. */
struct partial_sums {
	struct net net;
	struct classes classes;         /* count 0: not known */
	char weighing[16];              /* "num_examples", "equal", "given" */
	bool pool;
	double clip_norm;               /* 0: nothing was clipped */
	char previous[SHA256_HEX];      /* digest; "": not known */
	double weight, part;            /* sum of n, and of n s */
	int count;
	struct partial_client *client;  /* [count] by their digests */
};

void partial_sums_release(struct partial_sums *s);

struct partial {
	struct partial_sums sums;
	struct npz *archive;
	struct json *facts;
	int terms[NET_ARRAYS];
	/* the array that is being read: */
	int k;
	size_t at;
	struct npz_stream *stream[EXACT_TERMS];
	const double_any *block[EXACT_TERMS];
};

/* Is PATH, no pipe, an archive of partial sums? False also of what cannot be read. */
bool partial_is(const char *path);

/* Returns 0, or -1 with E set, PATH named. Numbers are not read yet. */
int partial_open(struct partial *p, const char *path, struct err *e);
void partial_close(struct partial *p);

/*
 * Goes to array K; they are to be read to their ends, in order. Then the next COUNT numbers of each
 * term, to P->block, valid until the next call. Returns 0, or -1 with E set, the path not named:
 * damaged, or numbers that are no sums. No result may be kept before the last block of each array.
 */
int partial_array(struct partial *p, int k, struct err *e);
int partial_next(struct partial *p, size_t count, struct err *e);

struct partial_writer;

/* Opens PATH ("-": stdout) for sums of NET, copied. NULL with E set, PATH named. */
struct partial_writer *partial_writer_open(const char *path, const struct net *net, struct err *e);

/*
 * The next COUNT numbers of array K, TERMS terms. Arrays come in order, each to its end.
 * Returns 0, or -1 with E set, PATH named: only partial_writer_abandon may follow.
 */
int partial_writer_put(struct partial_writer *w, int k, double *const *term, int terms,
                       size_t count, struct err *e);

/*
 * Writes what S tells and ends the file; sorts S->client. Frees W.
 * Returns 0, or -1 with E set, PATH named, and no file left.
 */
int partial_writer_end(struct partial_writer *w, struct partial_sums *s, struct err *e);
void partial_writer_abandon(struct partial_writer *w);  /* instead of the end; NULL is allowed */
