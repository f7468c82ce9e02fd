#pragma once
/*
 * How far an area under the ROC curve may be off, and two of them on the same cases: E. R. DeLong,
 * D. M. DeLong, D. L. Clarke-Pearson, Comparing the areas under two or more correlated receiver
 * operating characteristic curves, Biometrics 44 (1988). The places of the cases come from a sorted
 * list, in O(n log n): X. Sun, W. Xu, Fast implementation of DeLong's algorithm, IEEE Signal
 * Processing Letters 21 (2014).
 *
 * The place of a positive is the share of negatives with a lower score, that of a negative the
 * share of positives with a higher one; a tie is half. The mean of either is the AUC, and
 *   variance = var(places of positives) / positives + var(places of negatives) / negatives
 * with variances that divide by the count less one; a covariance likewise.
 */
#include <stddef.h>
#include <stdint.h>

#include "stats/interval.h"
#include "stats/rank.h"

/* Variance of rank_auc(R). NaN with fewer than two positives or two negatives. */
double delong_variance(const struct rank *r);

/*
 * rank_auc(R) with its interval: all theta from which it is at most 1.96 standard errors away,
 * where the error is that at theta. DeLong's variance, stretched by theta (1 - theta), is mixed
 * with that of R. G. Newcombe, Confidence intervals for an effect size measure based on the
 * Mann-Whitney statistic, part 2, Statistics in Medicine 25 (2006), method 5, which needs the
 * counts alone: with few cases, or an AUC near 1, DeLong's is far too small (intervals of nominally
 * 95 % held in 39 to 96 of 100 simulations, these in 94 to 99). None without positives or
 * negatives.
 */
struct interval delong_interval(const struct rank *r);

/* Two scores of the same cases. NaN as above; so is an AUC without positives or negatives. */
struct delong_pair {
	double auc_a, auc_b, variance_a, variance_b, covariance;
};

/* A, B, POSITIVE: [N], the two scores of each case, without NaN, and whether it is positive. */
void delong_pair(struct delong_pair *out, const double *a, const double *b,
                 const uint8_t *positive, size_t n);

/*
 * The same where cases belong together in CLUSTERS clusters, that of each in CLUSTER [N]:
 * places less the AUC are added up in each cluster, those of its positives over their
 * number and those of its negatives, and the variance is the sum of squares times
 * clusters / (clusters - 1), as N. A. Obuchowski, Nonparametric analysis of clustered ROC
 * curve data, Biometrics 53 (1997). Returns how many clusters have positives or how many
 * have negatives, whichever is less; variances are NaN if that is less than 2.
 */
size_t delong_clustered(struct delong_pair *out, const double *a, const double *b,
                        const uint8_t *positive, size_t n, const uint32_t *cluster,
                        size_t clusters);
