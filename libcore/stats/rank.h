#pragma once
/*
 * Positives and negatives in the order of a score: how well it ranks the former before the latter.
 * Everything that depends on the order alone is computed from here.
 */
#include <stddef.h>
#include <stdint.h>

/* The cases of one score. */
struct rank_step {
	double score;
	int64_t positives, negatives;
};

struct rank {
	struct rank_step *steps;        /* COUNT of them, from the highest score down */
	size_t count;
	int64_t positives, negatives;   /* of all steps */
};

/* From N cases: the score of each, and whether it is positive. Scores must not be NaN. */
void rank_init(struct rank *r, const double *score, const uint8_t *positive, size_t n);

/* From steps that the caller has counted, which become R's, from the highest score down. */
void rank_take(struct rank *r, struct rank_step *steps, size_t count);
void rank_release(struct rank *r);

/*
 * Area under the ROC curve: the share of pairs of a positive and a negative in which the positive
 * has the higher score; a tie is half. NaN without positives or negatives.
 */
double rank_auc(const struct rank *r);

/* Sum over steps of precision times gain of recall (scikit-learn's). NaN without positives. */
double rank_average_precision(const struct rank *r);

/* The same if the cases of a step were no ties, but mixed: what to expect of them in a random
 * order. For steps that hold unlike scores. */
double rank_mixed_precision(const struct rank *r);
