#pragma once
/*
 * The figure of a confusion matrix: a row for each true class with its full name, a column for
 * each predicted class, counts in the cells, totals and metrics of each class at the edges. The
 * colour of a cell is its share, on a logarithmic scale.
 */
#include <stdbool.h>

#include "score/confusion.h"
#include "figure/draw.h"

/* Of what a cell's colour is the share. */
enum confusion_share {
	CONFUSION_FIGURE_OF_ROW,        /* of the images of its true class */
	CONFUSION_FIGURE_OF_COLUMN,     /* of those that were predicted as its class */
	CONFUSION_FIGURE_OF_ALL
};

/* Draws C, or those of its classes that occur unless ALL, into D, which draw_release releases. */
void confusion_figure(struct drawing *d, const struct confusion *c, enum confusion_share of,
                      bool all, const char *title);
