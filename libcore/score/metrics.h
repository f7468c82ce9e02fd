#pragma once
/*
 * Precision, recall and F1 from a confusion matrix, as scikit-learn defines them.
 * A ratio without cases (nothing predicted, nothing true) is 0.
 */
#include <stdint.h>

#include "score/confusion.h"

struct metrics_class {
	double precision, recall, f1;   /* recall is what medicine calls sensitivity */
	double specificity;             /* share of the other classes' images not taken for it */
	int64_t support;                /* images of this class */
};

struct metrics_average {
	double precision, recall, f1;
};

struct metrics {
	int count;
	struct metrics_class *each;     /* COUNT of them */
	struct metrics_average macro;           /* every class has the same weight */
	struct metrics_average weighted;        /* every image has the same weight */
	double accuracy;
	int64_t total;
};

void metrics_init(struct metrics *m, const struct confusion *c);
void metrics_release(struct metrics *m);

/*
 * The text of scikit-learn's classification_report with labels=all, target_names=codes and
 * zero_division=0, byte for byte, in new memory.
 */
char *metrics_report(const struct metrics *m, const struct classes *c);
