#pragma once
/* The curve of one table of predictions for a class or group, its figures, and both as text. */
#include <stdbool.h>
#include <stdio.h>

#include "stats/interval.h"
#include "stats/rank.h"
#include "stats/roc.h"

struct roc_series {
	const char *name;               /* borrowed */
	struct roc roc;
	struct interval auc;            /* DeLong's */
	double average_precision;
	const struct roc_point *mark;   /* the operating point, one of ROC's; NULL: none */
};

/* Without an operating point; R is not needed any more. MIXED: its steps are bins, not ties. */
void roc_series_init(struct roc_series *s, const char *name, const struct rank *r, bool mixed);
void roc_series_release(struct roc_series *s);

/* Are there positives and negatives? */
bool roc_series_has_curve(const struct roc_series *s);

/* Tables for the eye: areas, and operating points if there are any. Errors stay in the stream. */
void roc_series_print(const struct roc_series *series, size_t count, FILE *f);

/*
 * Tab-separated: a line for each point, with the heading label, threshold, true_positives,
 * false_positives, sensitivity, specificity, precision. "nan" where a share has no cases.
 */
void roc_series_points(const struct roc_series *series, size_t count, FILE *f);
