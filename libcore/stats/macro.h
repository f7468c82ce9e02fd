#pragma once
/*
 * The interval of a macro average: the mean over classes of a figure that is a share of the class's
 * cases. The mean of Wilson intervals is no interval of the mean; this is the score interval of it.
 */
#include "stats/interval.h"

/* The figure of a class of which Q is the share. */
enum macro_figure {
	MACRO_SHARE,                    /* Q itself: sensitivity, whose mean is balanced accuracy */
	MACRO_F1                        /* 2 Q / (1 + Q), of the Jaccard share */
};

/*
 * For CLASSES classes, of which those with N[k] > 0 count, HITS[k] of N[k] each. The end points
 * are the means theta at which the observed mean is 1.96 standard errors away from what is to be
 * expected there. Of all shares with the mean theta the likeliest ones are taken: with a
 * multiplier lambda, those that maximise the likelihood of the shares at hand, drawn towards
 * their mean by PRIOR cases each (K. Krishnamoorthy, J. Peng 2007 do so for two). What is to be
 * expected are the exact binomial mean and variance of the figure up to 40 cases, and their
 * expansions beyond.
 * SPREAD: variance of the mean over what it were if classes were independent of each other.
 */
struct interval macro_interval(const double *hits, const double *n, int classes,
                               enum macro_figure figure, double prior, double spread);
