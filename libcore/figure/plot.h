#pragma once
/* What diagrams share: a frame between two axes, the colours of its series, a ring as a mark. */
#include <stddef.h>

#include "figure/axis.h"
#include "figure/draw.h"

/* Pixels. */
enum {
	PLOT_TICK_LABELS = 48,          /* room for them, left of a frame */
	PLOT_SAMPLE = 28,               /* length of a line in a legend */
	PLOT_DASH = 5,
};

struct plot {
	struct drawing *d;
	double left, top, width, height;        /* of the frame */
	struct axis x, y;
};

enum { PLOT_COLORS = 7 };

/* The same again after PLOT_COLORS series. */
struct color plot_color(size_t series);

struct point plot_point(const struct plot *p, double x, double y);

/* Lines across the frame with their labels, and TITLE above its left end. */
void plot_y_axis(const struct plot *p, const char *title);

/* Ticks below the frame with their labels, and TITLE below those. */
void plot_x_axis(const struct plot *p, const char *title);

void plot_ring(struct drawing *d, struct point at, struct color color);
