#pragma once
/*
 * The figure of a confusion matrix: a row for each true class with its full name, a column for
 * each predicted class, counts in the cells, totals and metrics of each class at the edges. The
 * colour of a cell is its share of the column, on a logarithmic scale.
 */
#include "score/confusion.h"
#include "figure/draw.h"

/* Draws C into D, which draw_release releases. */
void confusion_figure(struct drawing *d, const struct confusion *c, const char *title);
