#pragma once
/*
 * Predictions in memory: what every figure that needs probabilities is computed from. 8 bytes a
 * probability and the ids.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/classes.h"
#include "data/id_groups.h"
#include "format/tsv.h"
#include "score/class_groups.h"
#include "score/ids.h"
#include "stats/rank.h"

/* A row's probabilities may add up to 1 but for this much: tables are rounded. */
#define CASES_SUM_OFF 0.01

struct cases {
	struct classes classes;
	size_t count;
	uint16_t *actual, *predicted;   /* class index of each */
	double *p;                      /* [count][classes.count] */
	struct ids ids;                 /* of each */
	size_t room;
};

/*
 * Adds the predictions of PATH ("-": stdin), aml-predictions(5), to C, which begins as zeros. The
 * classes must be those of what C already holds. Returns 0, or -1 with E set: an unknown true
 * class, probabilities that do not add up to 1, an id that the file has twice.
 */
int cases_load(struct cases *c, const char *path, struct err *e);
/* The same from T, which is at the heading. */
int cases_read(struct cases *c, struct tsv *t, struct err *e);
void cases_release(struct cases *c);

const char *cases_id(const struct cases *c, size_t i);
const double *cases_row(const struct cases *c, size_t i);       /* [classes.count] */
double cases_confidence(const struct cases *c, size_t i);       /* the largest probability */
/* Is the true class among the FIRST likeliest? Ties go to the earlier class, as in predictions. */
bool cases_is_among(const struct cases *c, size_t i, int first);

/*
 * The score of each case for class I, or for group I - classes.count of G, and whether the case is
 * of it. SCORE, POSITIVE: [count].
 */
void cases_scores(const struct cases *c, const struct class_groups *g, size_t i, double *score,
                  uint8_t *positive);

/* The ranking by these scores; by the largest probability, where right answers are positive. */
void cases_rank(const struct cases *c, const struct class_groups *g, size_t i, struct rank *r);
void cases_rank_confidence(const struct cases *c, struct rank *r);

/* Indices of all cases in the byte order of their ids, in new memory. */
size_t *cases_by_id(const struct cases *c);

/*
 * The patient of each case, by a file of lines "id TAB patient"; an id that two files have is one
 * patient's. Returns 0, or -1 with E set: an id without a patient, or with two; a single patient,
 * who tells nothing of others.
 */
int cases_patients(const struct cases *c, struct id_groups *g, const char *path, struct err *e);
