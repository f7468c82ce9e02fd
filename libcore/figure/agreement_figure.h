#pragma once
/*
 * The figure of agreement of two ways to measure (Bland and Altman 1986): for each thing measured a
 * panel with their difference over their mean, a dot for each case, and lines for the bias and the
 * limits of agreement, each in a band that is its interval.
 */
#include <stddef.h>

#include "stats/interval.h"
#include "figure/draw.h"

struct agreement_panel {
	const char *name;               /* borrowed, as all of it */
	const double *mean, *difference;        /* [count] */
	size_t count;
	struct interval bias, lower, upper;
};

/*
 * Draws the COUNT panels (at least 1) into D, which draw_release releases. MEAN, DIFFERENCE: what
 * the axes measure.
 */
void agreement_figure(struct drawing *d, const struct agreement_panel *panels, size_t count,
                      const char *mean, const char *difference, const char *title);
