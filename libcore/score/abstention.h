#pragma once
/*
 * A classifier that may say "I do not know": how many images it answers if it answers only those
 * whose largest probability reaches a threshold, and how often it is wrong on them (the risk and
 * coverage of El-Yaniv and Wiener 2010).
 */
#include <stddef.h>
#include <stdint.h>

#include "stats/interval.h"
#include "stats/rank.h"

struct abstention_point {
	double min_prob;                /* the threshold */
	int64_t count;                  /* images answered */
	struct interval answered;       /* the share of them among all */
	struct interval error;          /* the share of wrong answers among them */
};

struct abstention {
	struct abstention_point chosen; /* at the threshold that was asked for */
	struct abstention_point *table; /* COUNT points, from all images answered to the surest */
	size_t count;
};

/* CONFIDENCE: right answers (positives) and wrong ones by their largest probability. */
struct abstention_point abstention_at(const struct rank *confidence, double min_prob);

/*
 * The table at the thresholds that answer 100, 99, ..., 1 of 100 images, as nearly as ties
 * allow; each threshold once.
 */
void abstention_init(struct abstention *a, const struct rank *confidence, double min_prob);
void abstention_release(struct abstention *a);
