#pragma once
/* Average precision with its interval. */
#include "stats/interval.h"
#include "stats/rank.h"

/*
 * VALUE, the average precision of R (rank_average_precision or rank_mixed_precision), as a share of
 * an effective number of cases. Its variance is the infinitesimal jackknife's: the sum over cases
 * of the squared influence of one,
 *   [y (P - AP) + sum over positives i that rank no higher of (y - P_i) / N_i] / positives,
 * y: 1 of a positive, else 0; P, P_i: precision down to its own and down to case i, N_i: cases down
 * to i. With few positives that is too small, and the effective number is drawn towards theirs.
 * None without positives.
 */
struct interval precision_interval(const struct rank *r, double value);
