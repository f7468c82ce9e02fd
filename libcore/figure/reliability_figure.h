#pragma once
/*
 * The figure of calibration: a diagram for each state of a model, such as before and
 * after, with the share of right images against the probability in bins, and below how
 * many images each has.
 */
#include "figure/draw.h"
#include "score/calibration.h"

struct reliability_panel {
	const char *name;               /* borrowed */
	struct calibration calibration;
};

/* Draws COUNT diagrams (at least 1) side by side into D, which draw_release releases. */
void reliability_figure(struct drawing *d, const struct reliability_panel *panels,
                        int count, const char *title);
