#pragma once
/* A confusion matrix as a readable table, with totals, recall and precision of each class. */
#include <stdbool.h>
#include <stdio.h>

#include "score/confusion.h"

/*
 * Prints 0 as a dot, a ratio without cases as a dash. Unless ALL, classes that do not occur are
 * left out, and named in a last line. Errors stay in the stream.
 */
void confusion_table_write(const struct confusion *c, bool all, FILE *f);
