#pragma once
/*
 * The figure of ROC or precision-recall curves: one for each model or site with its band of
 * confidence, and a ring at its operating point, with bars for the intervals of both shares.
 */
#include "score/roc_series.h"
#include "figure/draw.h"

/*
 * Draws the COUNT series (at least 1) into D, which draw_release releases. A series without
 * positives or without negatives has no curve, which the legend says.
 */
void roc_figure(struct drawing *d, const struct roc_series *series, size_t count,
                enum roc_axes axes, const char *title);
