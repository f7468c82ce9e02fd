#pragma once
/*
 * Intervals of figures of a whole confusion matrix. Each varies as a share of some effective number
 * of cases would, figure (1 - figure) / variance, and has the Wilson interval of such a share. The
 * variance is that of the figure's influence function over the matrix (the delta method), to whose
 * cells half a case each is added, since cells that happened to be empty vary as well.
 */
#include "score/confusion.h"
#include "score/metrics.h"
#include "stats/interval.h"

/* Values are those of metrics.h. */
struct agreement {
	struct interval weighted_f1;
	struct interval kappa, mcc;     /* from -1 to 1: of (1 + figure) / 2 */
	/* variance of the macro F1 over what it were if classes were independent: macro.h */
	double f1_spread;
};

/* M: the metrics of C. None of a matrix without images. Takes O(classes^2). */
void agreement_init(struct agreement *a, const struct confusion *c, const struct metrics *m);
