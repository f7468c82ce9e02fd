#pragma once
/*
 * Confusion matrices: how many images of each true class were predicted as each class.
 * Count tables hold them as text, so that sites can share counts and keep predictions.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "data/classes.h"

/* No cell may hold more, so that sums over CLASSES_MAX x CLASSES_MAX cells fit. */
#define CONFUSION_CELL_MAX (INT64_C(1) << 45)

struct confusion {
	struct classes classes;
	int64_t *counts;                /* [true][predicted], classes.count each way */
};

/* All cells zero; copies CLASSES. */
void confusion_init(struct confusion *c, const struct classes *classes);
void confusion_release(struct confusion *c);

/* The cell of true class ACTUAL, predicted class PREDICTED. */
int64_t *confusion_at(const struct confusion *c, int actual, int predicted);

/* Adds the counts of OTHER. Returns 0, or -1 with E set: other classes, or a cell overflows. */
int confusion_add(struct confusion *c, const struct confusion *other, struct err *e);

/* Those rows and columns of C whose class occurs, in truth or prediction, into TO. */
void confusion_occurring(struct confusion *to, const struct confusion *c);

int64_t confusion_row_sum(const struct confusion *c, int actual);
int64_t confusion_column_sum(const struct confusion *c, int predicted);
int64_t confusion_total(const struct confusion *c);
int64_t confusion_correct(const struct confusion *c);

/*
 * Reads PATH ("-": stdin): predictions, which are counted, or a count table, by its header.
 * An image without a true class is an error. Returns 0, or -1 with E set and C unchanged.
 */
int confusion_load(struct confusion *c, const char *path, struct err *e);

/*
 * Writes the count table: a header `true\predicted CODE...`, then a row for each class. Errors
 * stay in the stream.
 */
void confusion_write(const struct confusion *c, FILE *f);
