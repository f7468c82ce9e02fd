#pragma once
/* A confusion matrix as a readable table, with totals, recall and precision of each class. */
#include <stdio.h>

#include "score/confusion.h"
#include "score/metrics.h"

/*
 * M: the metrics of C. Prints 0 as a dot, a ratio without cases as a dash. Errors stay in
 * the stream.
 */
void confusion_table_write(const struct confusion *c, const struct metrics *m, FILE *f);
