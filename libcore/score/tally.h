#pragma once
/*
 * What a site may hand out in place of predictions: counts and sums, which add up over sites.
 * The figures of the sum are those of the pooled predictions, exactly where they follow from
 * counts, and within .001 where they follow from scores, which are kept as histograms.
 * shared.h reads and writes them.
 */
#include <stdint.h>

#include "base/err.h"
#include "score/calibration.h"
#include "score/cases.h"
#include "score/class_groups.h"
#include "score/confusion.h"
#include "stats/rank.h"

/*
 * A score p belongs to the bin of floor(256 log(p / (1 - p))), from -5120 to 5119: small
 * probabilities, where most images lie, are told apart as well as those near a half. With 16 in
 * place of 256 an average precision over 31 images was off by .006, now by less than .001.
 */
enum { TALLY_STEPS = 256, TALLY_LOWEST = -5120, TALLY_BINS = 10240 };

/* Of one class or group: its images (POSITIVES) and the others, by bin of its score. */
struct tally_scores {
	int64_t positives[TALLY_BINS], negatives[TALLY_BINS];
};

/* A mean over images, and what its interval needs. */
struct tally_sum {
	double sum, squares;
};

struct tally {
	struct confusion confusion;
	struct class_groups groups;
	int64_t images;
	int64_t top2;                           /* images whose class is among the first two */
	struct tally_sum log_loss, brier;
	struct calibration calibration;
	struct tally_scores confidence;         /* largest probability: right answers, wrong ones */
	struct tally_scores *scores;            /* of each class, then of each group */
};

/* No images; copies CLASSES and GROUPS. */
void tally_init(struct tally *t, const struct classes *classes, const struct class_groups *groups);
void tally_release(struct tally *t);

/* How many SCORES there are: the classes and the groups. */
size_t tally_rows(const struct tally *t);

/* Adds all cases of C, whose classes are T's. */
void tally_count(struct tally *t, const struct cases *c);

/* Adds OTHER. Returns 0, or -1 with E set: other classes or groups, counts that are too large. */
int tally_add(struct tally *t, const struct tally *other, struct err *e);

/* The ranking by S, in new memory; what a bin holds are ties. */
void tally_rank(const struct tally_scores *s, struct rank *r);

/*
 * Keeps from others what few images tell. A count of the confusion matrix from 1 to LEAST - 1
 * becomes LEAST or 0, by chance and right on average: left out, rare errors would be missing from
 * every sum. So do TOP2 and the images beside it. A bin with so few of either kind joins the next
 * lower one, the last of them the next higher; where there are too few for any bin, none is left.
 * IMAGES, LOG_LOSS and BRIER stay. KEY, which nobody else may know, seeds the chance: with it, the
 * draws would tell of the counts. 1 <= LEAST <= IMAGES.
 */
void tally_suppress(struct tally *t, int least, uint64_t key);
