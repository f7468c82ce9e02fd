#pragma once
/* A confusion matrix for the eye, with its sums, the recall and precision of each class. */
#include <stdio.h>

#include "score/confusion.h"
#include "score/metrics.h"

/*
 * M: the metrics of C. No images are a dot, a ratio without cases is a dash. Errors stay in
 * the stream.
 */
void confusion_table_write(const struct confusion *c, const struct metrics *m, FILE *f);
