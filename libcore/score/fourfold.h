#pragma once
/* A class or group against the rest: the fourfold table, and its shares. */
#include <stdbool.h>
#include <stdint.h>

#include "score/confusion.h"
#include "score/metrics.h"

struct fourfold {
	int64_t true_positive, false_negative, false_positive, true_negative;
};

/* Positive are the classes I of C with MEMBER[I]. */
struct fourfold fourfold_count(const struct confusion *c, const bool *member);

/* Of class I alone, from the metrics of the whole matrix. */
struct fourfold fourfold_of_class(const struct metrics *m, int i);

/* HITS of N images; N may be 0. */
struct fourfold_share {
	int64_t hits, n;
};

enum fourfold_figure {
	FOURFOLD_SENSITIVITY,           /* of the positives, those taken for positive */
	FOURFOLD_SPECIFICITY,           /* of the negatives, those taken for negative */
	FOURFOLD_PRECISION,             /* of those taken for positive, the positives */
	FOURFOLD_NPV,                   /* of those taken for negative, the negatives */
	FOURFOLD_JACCARD,               /* of those that are or were taken for positive, both */
	FOURFOLD_FIGURES
};

struct fourfold_share fourfold_share(const struct fourfold *f, enum fourfold_figure k);

/* F1, the harmonic mean of sensitivity and precision, of the share FOURFOLD_JACCARD. */
static inline double fourfold_f1(double jaccard) { return 2 * jaccard / (1 + jaccard); }
