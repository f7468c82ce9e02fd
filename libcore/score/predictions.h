#pragma once
/*
 * PREDICTIONS.tsv, aml-predictions(5): a header `id true predicted CODE...`, then a row an image
 * with a probability for each class. Written by aml-eval, read a row at a time.
 */
#include <stdio.h>

#include "base/err.h"
#include "format/tsv.h"
#include "data/classes.h"

enum { PREDICTIONS_UNKNOWN = -1 };            /* true class without a label; "-" in the file */

/* ID, or another name, as a field: tab, newline, return and backslash become \t \n \r \\. */
void predictions_id(FILE *f, const char *id);

/* P: probabilities, one a class of C. ID becomes a field. Errors stay in the stream. */
void predictions_header(FILE *f, const struct classes *c);
void predictions_row(FILE *f, const struct classes *c, const char *id, int actual,
                     const float *p);

struct prediction {
	char *id;                       /* as it was before it was written; until the next row */
	int actual, predicted;          /* class indices; ACTUAL may be PREDICTIONS_UNKNOWN */
	double p[CLASSES_MAX];          /* as written: their sum is 1 but for rounding */
};

/*
 * Takes the line that T is at as header and gives its classes, which the caller releases.
 * Returns 0, or -1 with E set, place included; so does predictions_next.
 */
int predictions_begin(const struct tsv *t, struct classes *c, struct err *e);

/* Reads the next row into P. Returns 1, 0 at the end, or -1. */
int predictions_next(struct tsv *t, const struct classes *c, struct prediction *p,
                     struct err *e);
