#pragma once
/*
 * Intervals over patients. Images of one patient are alike, so that many images of few patients
 * tell less than they seem to; here patients are drawn again, each with all its images. Figures
 * are taken as normal on the logit scale (losses: the logarithmic one), with the bootstrap's
 * standard error, which is times sqrt(n / (n - 1)) for n patients, and Student's t of n - 1
 * degrees of freedom: percentiles of the bootstrap are too narrow with few patients (by simulation
 * of 8 to 40, 80 to 95 of 100 held where 95 should, these 92 to 96).
 */
#include "data/id_groups.h"
#include "score/cases.h"
#include "score/class_groups.h"
#include "score/scorecard.h"
#include "stats/bootstrap.h"

/*
 * Sets the intervals of S, which is the scorecard of C and GROUPS, and counts its patients; values
 * stay. PATIENTS: that of each case, at least two.
 */
void by_patient_intervals(struct scorecard *s, const struct class_groups *groups,
                          const struct cases *c, const struct id_groups *patients,
                          const struct bootstrap *b);
