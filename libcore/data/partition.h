#pragma once
/*
 * Which image goes to which partition, for clients or for the folds of a
 * cross-validation. Only decides; subset.h makes the datasets.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum partition_scheme {
	PARTITION_IID,                  /* by chance; sizes differ by at most one */
	PARTITION_STRATIFIED,           /* and each class's counts by at most one */
	PARTITION_DIRICHLET,            /* each class divided unevenly */
};

struct partition {
	size_t count;                   /* images */
	const int *label;               /* class index of each */
	const uint32_t *group;          /* equal ones stay together; NULL: no groups */
	size_t groups;                  /* numbers of GROUP are below this */
	int classes;
	int parts;                      /* 1 .. images, and .. groups */
	enum partition_scheme scheme;
	double alpha;                   /* of the Dirichlet distribution, > 0 */
	uint64_t seed;                  /* of rng stream RNG_PARTITION */
};

/* "iid", "stratified", "folds", "dirichlet:ALPHA". FOLDS is set for folds, which are
 * dealt as stratified. 0 or -1. */
int partition_parse(enum partition_scheme *scheme, double *alpha, bool *folds,
                    const char *text, struct err *e);

/*
 * The part of each image, 0 .. parts-1, into PART (COUNT of them).
 *
 * Groups are assigned from the largest to the smallest (equal ones in random order), each to
 * the part with the fewest images of its classes, that is the smallest sum over classes c of
 *   images of c in the group x images of c in the part / images of c in all
 * for iid with one class for all; on ties to the smallest part.
 */
void partition_deal(const struct partition *p, uint32_t *part);
