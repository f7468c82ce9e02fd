#pragma once
/*
 * Figures of a confusion matrix, as scikit-learn defines them.
 * A ratio without cases (nothing predicted, nothing true) is 0.
 */
#include <stdbool.h>
#include <stdint.h>

#include "score/confusion.h"

struct metrics_class {
	double precision, recall, f1;   /* recall is what medicine calls sensitivity */
	double specificity;             /* share of the other classes' images not taken for it */
	int64_t hits, predicted;        /* images rightly taken for it, and taken for it */
	int64_t support;                /* images of this class */
	bool occurs;                    /* an image of it is there, or was taken for it */
};

struct metrics_average {
	double precision, recall, f1;
};

struct metrics {
	int count, occurring;           /* classes; those of them that occur */
	struct metrics_class *each;     /* COUNT of them */
	struct metrics_average macro;           /* every class that occurs has the same weight */
	struct metrics_average weighted;        /* every image has the same weight */
	double accuracy;
	double balanced_accuracy;               /* mean recall of the classes that have images */
	/* agreement beyond chance: 1 if perfect, 0 if no better than chance. kappa (Cohen 1960) is
	 * NaN where truth and prediction are one class throughout; mcc (Gorodkin 2004) is 0 where
	 * either is. */
	double kappa, mcc;
	int64_t total;
};

void metrics_init(struct metrics *m, const struct confusion *c);
void metrics_release(struct metrics *m);

/*
 * In new memory, the text of scikit-learn's classification_report with labels=all,
 * target_names=codes and zero_division=0, byte for byte if every class occurs. A class that does
 * not has dashes; the averages are then those without labels, and a last line says over how many
 * classes. Supports are whole numbers also where no prediction is right (scikit-learn: "1.0").
 */
char *metrics_report(const struct metrics *m, const struct classes *c);
