#pragma once
/* The difference of two figures of the same cases. */
#include "stats/interval.h"

/*
 * B less A, from the interval of each and the correlation R of the two: squares of the
 * distances to their ends are added, less what goes together (R. G. Newcombe, Improved
 * confidence intervals for the difference between binomial proportions based on paired
 * data, Statistics in Medicine 17 (1998), method 10, where A and B are shares). Between
 * -1 and 1 if A and B are between 0 and 1.
 */
struct interval paired_difference(const struct interval *a, const struct interval *b,
                                  double r);
