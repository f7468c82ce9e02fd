#pragma once
/*
 * Tolerance for neighbouring stages of maturation: a cell between two stages may rightly be called
 * either, so a prediction that is a neighbour of the truth counts as right (Matek et al. 2019).
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "data/classes.h"
#include "score/confusion.h"
#include "stats/interval.h"

struct tolerant_pairs {
	int classes;
	bool *near;                     /* [classes][classes], both ways, and each with itself */
};

/*
 * From a file with the heading `class`, `neighbour` and a pair of codes a line. Returns 0, or -1
 * with E set: a class that C lacks, a pair given twice.
 */
int tolerant_load(struct tolerant_pairs *p, const char *tsv_path, const struct classes *c,
                  struct err *e);
void tolerant_pairs_release(struct tolerant_pairs *p);

struct tolerant {
	struct interval accuracy;
	struct tolerant_row {
		struct interval sensitivity, precision;
	} *rows;                        /* one a class */
};

/* The figures of C, whose classes P was loaded for. */
void tolerant_init(struct tolerant *t, const struct confusion *c, const struct tolerant_pairs *p);
void tolerant_release(struct tolerant *t);
