#pragma once
/*
 * A stroke font of our own: every glyph is a few strokes of a round pen. Metrics follow the
 * wide sans-serif faces of browsers, so that text fits in SVG, too, whatever face is there.
 * ASCII and the accented letters of western Europe; a box for anything else.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "figure/point.h"

/* In em squares. */
#define FONT_CAP_HEIGHT 0.73
#define FONT_DESCENT 0.24

/* Width of TEXT in pixels at SIZE pixels an em. */
double font_width(const char *text, double size, bool bold);

/* Width of the pen, in pixels. */
double font_pen(double size, bool bold);

/*
 * Gives the strokes of character C to STROKE, as polylines in em squares: x from the glyph's left
 * edge, y from the baseline upwards. Returns how far the next glyph is away.
 */
double font_strokes(uint32_t c, bool bold,
                    void (*stroke)(void *arg, const struct point *points, size_t count),
                    void *arg);
