#pragma once
/*
 * The figures of a classifier with their 95 % intervals: over all images, for each class against
 * the others, and for each group of classes. aml-score(1) says what each figure means.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/threads.h"
#include "score/cases.h"
#include "score/tally.h"
#include "stats/interval.h"

enum scorecard_overall {
	SCORECARD_ACCURACY, SCORECARD_BALANCED_ACCURACY, SCORECARD_MACRO_F1,
	SCORECARD_WEIGHTED_F1, SCORECARD_KAPPA, SCORECARD_MCC, SCORECARD_TOP2_ACCURACY,
	SCORECARD_LOG_LOSS, SCORECARD_BRIER, SCORECARD_ECE,
	SCORECARD_OVERALL
};

/* Of a class, or of a group: of being one of its classes. */
enum scorecard_each {
	SCORECARD_SENSITIVITY, SCORECARD_SPECIFICITY, SCORECARD_PRECISION, SCORECARD_NPV,
	SCORECARD_F1, SCORECARD_AUC, SCORECARD_AVERAGE_PRECISION,
	SCORECARD_EACH
};

/* Below this many images a figure is marked: its interval is wide, and may be untrue. */
enum { SCORECARD_FEW = 10 };

/* Of fewer patients than this an interval over patients is too narrow. */
enum { SCORECARD_FEW_PATIENTS = 5 };

struct scorecard_row {
	char *name;                     /* code of the class, name of the group */
	int64_t n;                      /* images of it */
	size_t patients;                /* who have one, if intervals are over patients */
	bool occurs;                    /* in truth or prediction; else no figure has cases */
	struct interval figure[SCORECARD_EACH];
};

struct scorecard {
	int64_t images;
	struct interval overall[SCORECARD_OVERALL];
	struct scorecard_row *rows;     /* each class, then each group */
	size_t classes, groups;
	int occurring;                  /* classes that occur */
	size_t patients;                /* that the intervals are over; 0: over images */
};

/* Names of the figures as keys: "macro_f1". */
const char *scorecard_overall_key(enum scorecard_overall k);
const char *scorecard_each_key(enum scorecard_each k);

/*
 * Of T, over images that are independent of each other; where they are not, see by_patient.h.
 * CASES: the predictions that T counts, for exact AUC and average precision; NULL: from T's
 * histograms. The result does not depend on POOL.
 */
void scorecard_init(struct scorecard *s, const struct tally *t, const struct cases *cases,
                    struct threads *pool);
void scorecard_release(struct scorecard *s);
