#pragma once
/*
 * Training half-way: weights, moments and position in one .npz file, so that a run
 * that was killed resumes and ends with the same bytes. Arrays "0".."15" are the weights
 * as they are (any reader of weights can look at them), m0.. and v0.. the moments of
 * those that are optimised, best0.. the best weights so far, if any.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/net.h"
#include "model/weights.h"

struct position {
	uint32_t epoch;                 /* the epoch under way, from 0 */
	uint32_t batch;                 /* its batches that are done */
	uint64_t steps;                 /* updates of the whole run */
	double loss;                    /* sums over the epoch so far */
	int64_t correct, seen;
	/* validation loss of the best weights; infinite: none yet */
	double best_loss;
	/* length of the log when this was saved; -1: there was none */
	int64_t log_bytes;
	int64_t log_epoch;              /* of the row that ends there; 0: none of this run */
	/* of the last whole epoch */
	double last_loss, last_accuracy, last_valid_loss, last_valid_accuracy;
};

struct checkpoint {
	const struct net *net;
	struct weights w, m, v, best;   /* best.a[0] NULL: none */
	struct position at;
	/* JSON object: options and digests that must be the same to resume */
	const char *run;
	const char *engine;
};

int checkpoint_save(const struct checkpoint *c, const char *path, struct err *e);

/*
 * Fills C (its weights must be there; BEST too if it is wanted) from PATH.
 * Returns 1, 0 if there is no such file, or -1 with E set: damaged, or another run ("seed
 * is 3, was 4"). OTHER_ENGINE: it was saved by other kernels, so the last digits may
 * differ.
 */
int checkpoint_load(struct checkpoint *c, const char *path, bool *other_engine, struct err *e);
