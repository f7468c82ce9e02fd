#pragma once
/*
 * Aggregates the models of many clients. All files are read in parallel, in blocks: memory
 * does not grow with their number. The result depends neither on the order of
 * the clients nor on the number of threads, because every sum has a fixed order:
 *   over clients    that of clients.order, by the content of the files
 *   over numbers    within each piece of a block, then over the pieces by index
 * Pieces have one size for any number of threads; any thread may average any piece.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/sha256.h"
#include "base/threads.h"
#include "model/model_writer.h"
#include "model/weights.h"
#include "fed/clients.h"
#include "fed/partials.h"
#include "fed/clip.h"
#include "fed/serveropt.h"

enum aggregate_method { AGGREGATE_MEAN, AGGREGATE_TRIMMED };

struct aggregate {
	struct clients *clients;        /* read to their ends */
	enum aggregate_method method;
	int drop;                       /* AGGREGATE_TRIMMED: values dropped at each end */
	bool pool;                      /* AGGREGATE_MEAN: statistics as of all images together */
	const struct model *previous;   /* the model that was sent out; NULL: not known */
	/* AGGREGATE_MEAN: updates count with the clients' scales; clip_clients was there */
	bool clip;
	struct serveropt opt;           /* needs PREVIOUS, never touches the statistics */
	struct weights *m, *v;          /* the optimiser's state, updated */
	struct model_writer *out;       /* gets the result's numbers as they come; NULL: nobody */
	/*
	 * AGGREGATE_MEAN without OPT, or NULL: partial sums that are averaged with the
	 * models, maybe none; how they were added up; and the writer that gets the sums
	 * instead of a result, or NULL.
	 */
	const struct partials *partials;
	const struct partial_sums *way;
	struct partial_writer *sums;
	/* results: */
	struct weights w;               /* weights_release */
	char digest[SHA256_HEX];
};

/*
 * Fills in the results, and with PREVIOUS the clients' cosine and, unless CLIP has, their
 * update_norm over all arrays but the statistics. Returns 0, or -1 with E set, the file named:
 * damaged, NaN or infinity, or a step that leaves float32, or OUT's error.
 */
int aggregate_run(struct aggregate *a, struct threads *pool, bool quiet, struct err *e);
