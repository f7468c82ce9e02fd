#pragma once
/*
 * Reads the log of a training run, as written by aml-train --log. Its header names the
 * columns epoch, loss, accuracy, valid_loss, valid_accuracy in any order; others are ignored.
 */
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum learning_measure {
	LEARNING_LOSS, LEARNING_ACCURACY, LEARNING_VALID_LOSS, LEARNING_VALID_ACCURACY,
	LEARNING_MEASURES
};

struct learning_row {
	long epoch;                     /* counted on where another training was appended */
	double value[LEARNING_MEASURES];        /* NaN: not known, or no finite number */
};

struct learning {
	struct learning_row *rows;      /* epochs rise */
	size_t count;
};

/* PATH "-": stdin. Return 0, or -1 with E set and L unchanged. A log without rows is an error. */
int learning_load(struct learning *l, const char *path, struct err *e);
void learning_release(struct learning *l);

/* The row of the least loss or greatest accuracy, the first of equals; NULL if M is never known. */
const struct learning_row *learning_best(const struct learning *l,
                                         enum learning_measure m);
