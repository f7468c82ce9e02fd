#pragma once
/*
 * Does ".9" mean 9 in 10? Images by the largest probability, and the losses that judge all
 * probabilities of an image.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "stats/interval.h"

/* Of equal width; bin i holds largest probabilities above i/15, up to (i + 1)/15. */
enum { CALIBRATION_BINS = 15 };

struct calibration_bin {
	int64_t count, correct;         /* images; those whose prediction is right */
	double sum;                     /* of their largest probabilities */
	double squares;                 /* of (largest probability - [prediction is right]) */
};

struct calibration {
	struct calibration_bin bin[CALIBRATION_BINS];
};

/* Counts IMAGES images whose largest probability is CONFIDENCE. */
void calibration_count(struct calibration *c, double confidence, bool correct, int64_t images);
void calibration_bin_add(struct calibration_bin *bin, const struct calibration_bin *more);
void calibration_add(struct calibration *c, const struct calibration *more);
int64_t calibration_total(const struct calibration *c);

/*
 * Expected calibration error (Guo et al. 2017): the mean over images of how far the share of right
 * answers in an image's bin is from the mean probability there. NaN without images.
 */
double calibration_ece(const struct calibration *c);

/*
 * The same with its 95 % interval. Chance alone moves every bin off, and always upwards in the
 * sum: each bin's |deviation| is taken as that of a normal variable around tau times the bin's
 * share of the error, and the end points are the tau from which the error is 1.96 standard
 * deviations away. A low end of 0 says that the error could be chance. If all answers are right and
 * sure, as many may not be as Wilson's interval leaves to none of all.
 */
struct interval calibration_ece_interval(const struct calibration *c);

/* The largest that an image can have: -log 2^-52, and all in one wrong class. */
#define CALIBRATION_LOG_LOSS_MOST (52 * M_LN2)
#define CALIBRATION_BRIER_MOST 2.0

/* -log of P[ACTUAL], which is kept off 0 and 1 by 2^-52, as scikit-learn does. */
double calibration_log_loss(const double *p, int actual);

/* Sum over CLASSES of (P - [class is ACTUAL])^2 (Brier 1950): 0 to 2. */
double calibration_brier(const double *p, int classes, int actual);
