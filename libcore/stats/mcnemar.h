#pragma once
/*
 * Is one of two classifiers right more often, on the same cases? Only the cases on which
 * one is right and the other wrong tell: Q. McNemar, Note on the sampling error of the
 * difference between correlated proportions or percentages, Psychometrika 12 (1947).
 */
#include <stddef.h>
#include <stdint.h>

#include "stats/interval.h"

/* Cases on which both, one or neither is right. */
struct mcnemar {
	int64_t both, only_a, only_b, neither;
};

/*
 * The exact test: the chance that, of as many fair coins as there are cases on which one
 * alone is right, heads and tails differ as much as the two do, or more. 1 without such
 * cases.
 */
double mcnemar_p(const struct mcnemar *m);

/*
 * The same where cases belong together in N clusters. MORE[k]: how many more cases of
 * cluster k B is right on than A. The chance that the sum is as far from 0, or farther,
 * if the sign of each is a fair coin's: exact, over all 2^N. With one case in each
 * cluster it is mcnemar_p. Takes time and memory as the sum of |MORE|, and time as the
 * clusters with more than 1 as well.
 */
double mcnemar_clustered_p(const int64_t *more, size_t n);

/*
 * Share of cases on which B is right, less A's: Newcombe's method 10 (paired.h). None
 * without.
 */
struct interval mcnemar_difference(const struct mcnemar *m);
