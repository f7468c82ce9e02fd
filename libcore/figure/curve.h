#pragma once
/*
 * The figure of learning curves: loss and accuracy by epoch, a colour for each training, dashed
 * for the images it trained on, solid for those it was validated on.
 */
#include "train/learning.h"
#include "figure/draw.h"

enum curve_panels { CURVE_LOSS = 1, CURVE_ACCURACY = 2, CURVE_BOTH = 3 };

struct curve_style {
	enum curve_panels panels;
	const char *unit;               /* what the horizontal axis counts, "epoch" or "round" */
	bool from_zero;                 /* the vertical axes begin at 0 */
};

struct curve {
	const char *name;               /* borrowed */
	struct learning log;
};

/*
 * Draws the COUNT curves (at least 1) into D, which draw_release releases. The legend names the
 * kinds of lines that are there.
 */
void curve_figure(struct drawing *d, const struct curve *curves, size_t count,
                  const struct curve_style *style, const char *title);
