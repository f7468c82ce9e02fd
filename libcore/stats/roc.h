#pragma once
/*
 * What each threshold of a score makes of the cases: ROC and precision-recall curves, operating
 * points, and bands of confidence. A case is called positive if its score is at least the
 * threshold, as in scikit-learn.
 */
#include <stddef.h>
#include <stdint.h>

#include "stats/interval.h"
#include "stats/rank.h"

/* A threshold, and how many are called positive at it. */
struct roc_point {
	double threshold;               /* INFINITY: no case is called positive */
	int64_t true_positives, false_positives;
};

struct roc {
	struct roc_point *points;       /* COUNT of them, from INFINITY down to the lowest score */
	size_t count;
	int64_t positives, negatives;
};

void roc_init(struct roc *c, const struct rank *r);
void roc_release(struct roc *c);

/*
 * The highest threshold at which the sensitivity is at least WANTED, 0 to 1; the lowest at which
 * the specificity is. Both keep as much of the other as the cases allow. NULL without positives,
 * and without negatives.
 */
const struct roc_point *roc_at_sensitivity(const struct roc *c, double wanted);
const struct roc_point *roc_at_specificity(const struct roc *c, double wanted);

/* The shares at a threshold, with Wilson's intervals; none where they have no cases. */
struct roc_rates {
	struct interval sensitivity;    /* of the positives, called so; also called recall */
	struct interval specificity;    /* of the negatives, not called positive */
	struct interval precision;      /* of those called positive, truly positive */
	struct interval npv;            /* of those not called positive, truly negative */
};

struct roc_rates roc_rates(const struct roc *c, const struct roc_point *p);

enum roc_axes {
	ROC_AXES,                       /* sensitivity over 1 - specificity */
	ROC_PRECISION_RECALL            /* precision over recall */
};

/* The two shares of a point that are drawn; NaN where one has no cases. */
struct roc_place {
	double x, y;
};

struct roc_place roc_place(const struct roc *c, const struct roc_point *p, enum roc_axes axes);

/* From LOW to HIGH in y; both NaN where nothing is known. */
struct roc_band {
	double low, high;
};

/*
 * The band at x = k / (COUNT - 1), k = 0 to COUNT - 1. At each threshold, both shares have their
 * Wilson interval at 97.5 %; the rectangle of the two holds the true point with 95 % confidence,
 * whatever they have to do with each other (Bonferroni), as far as Wilson's intervals keep theirs:
 * for normal scores it did in .95 of samples on average, and in .88 for the worst share near 0 or
 * 1. The band is the union of the rectangles of all thresholds: pointwise, not for the curve as a
 * whole. For ROC curves this is R. A. Hilgers, Distribution-free confidence bounds for ROC curves,
 * Methods of Information in Medicine 30 (1991), with Wilson's intervals in place of exact ones.
 * Unlike a band of intervals of the sensitivity alone it also allows for the error in the
 * specificity. Where no rectangle reaches, as along a large tie, the band runs straight from one
 * to the next.
 */
void roc_band(const struct roc *c, enum roc_axes axes, struct roc_band *band, size_t count);
