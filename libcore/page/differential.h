#pragma once
/*
 * Differentials by patient: the shares of classes, or of groups of classes, among a patient's
 * cells as people counted them and as the model predicts them, and how far the two agree: J. M.
 * Bland, D. G. Altman, Statistical methods for assessing agreement between two methods of clinical
 * measurement, Lancet 327 (1986).
 */
#include <stddef.h>
#include <stdint.h>

#include "data/id_groups.h"
#include "score/cases.h"
#include "score/class_groups.h"
#include "stats/interval.h"

/* Predicted less counted shares, over patients: mean, and mean -+ 1.96 standard deviations. */
struct differential_agreement {
	struct interval bias, lower, upper;     /* with their intervals, by Student's t */
};

struct differential {
	size_t patients, columns;
	size_t *column;                 /* of classes and groups, as class_groups_members counts */
	int64_t *cells;                 /* [patients] */
	double *counted, *predicted;    /* [patients][columns], 0 to 1 */
	struct differential_agreement *agreement;       /* [columns] */
};

/* The columns are GROUPS, or where there are none the classes that occur. At least two PATIENTS. */
void differential_init(struct differential *d, const struct cases *c,
                       const struct class_groups *groups, const struct id_groups *patients);
void differential_release(struct differential *d);
