#pragma once
/*
 * Two classifiers on the same images: is B better than A, in all, for each class, and for
 * each group of classes? aml-compare(1) says what each figure means.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/id_groups.h"
#include "score/cases.h"
#include "score/class_groups.h"
#include "stats/bootstrap.h"
#include "stats/interval.h"
#include "stats/mcnemar.h"

/* Differences are B's figure less A's. p values and figures without cases are NaN. */
struct compare_row {
	char *name;                     /* code of the class, name of the group */
	int64_t n;                      /* images of it */
	struct mcnemar answers;         /* on them; right: any class of the group */
	double answers_p, answers_holm;
	double auc_a, auc_b;
	struct interval auc;            /* low and high are NaN with too few patients */
	double auc_p, auc_holm;
};

struct compare {
	int64_t images;
	size_t patients;                /* 0: images are taken for independent */
	struct mcnemar answers;
	double p;                       /* of the answers */
	struct interval accuracy, macro_f1;
	double macro_f1_a, macro_f1_b;
	struct compare_row *rows;       /* each class, then each group */
	size_t classes, groups;
};

/* A difference is shown if p is below this, and 0 is outside of the interval. */
#define COMPARE_LEVEL 0.05

struct compare_options {
	const struct class_groups *groups;
	/* of A's cases, at least two; NULL: none known */
	const struct id_groups *patients;
	struct bootstrap bootstrap;
};

/*
 * Where each case of A is in B, by its id, in new memory. NULL with E set: other classes,
 * an id that only one has, another true class. NAME_A, NAME_B: for messages.
 */
size_t *compare_match(const struct cases *a, const struct cases *b, const char *name_a,
                      const char *name_b, struct err *e);

/* IN_B: as compare_match made it. At least one case. */
void compare_init(struct compare *c, const struct cases *a, const struct cases *b,
                  const size_t *in_b, const struct compare_options *o);
void compare_release(struct compare *c);

/* How many images A is right on, and B. */
int64_t compare_right_a(const struct mcnemar *m);
int64_t compare_right_b(const struct mcnemar *m);
