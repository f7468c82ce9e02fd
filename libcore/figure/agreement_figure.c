/* Layout of diagrams of agreement; see agreement_figure.h. */
#include "figure/agreement_figure.h"

#include <math.h>

#include "figure/look.h"
#include "figure/plot.h"

/* Pixels. */
enum {
	WIDTH = 300, HEIGHT = 240,      /* of a frame */
	IN_A_ROW = 3,                   /* panels */
	PANEL_WIDTH = PLOT_TICK_LABELS + WIDTH + LOOK_MARGIN,
	HEAD = 2 * LOOK_LINE,           /* above a frame: the panel's name, the y axis's title */
	FOOT = 3 * LOOK_LINE,           /* below it: labels, the x axis's title */
	PANEL_HEIGHT = HEAD + HEIGHT + FOOT,
	TITLE_ROOM = LOOK_TITLE_TEXT + LOOK_LINE / 2,
	DOT = 7,
	TICKS = 5,
};
#define LINE_PEN 1.6
#define BAND_OPACITY .15

/* From one end of both axes to the other: what the dots and the bands need. */
static void set_axes(struct plot *p, const struct agreement_panel *a)
{
	double low = fmin(0, a->lower.low), high = fmax(0, a->upper.high), least = 0, most = 0;

	for (size_t i = 0; i < a->count; i++) {
		least = i ? fmin(least, a->mean[i]) : a->mean[i];
		most = i ? fmax(most, a->mean[i]) : a->mean[i];
		low = fmin(low, a->difference[i]);
		high = fmax(high, a->difference[i]);
	}
	axis_init(&p->x, least, most, TICKS, false);
	axis_extend(&p->x);
	axis_init(&p->y, low, high, TICKS, false);
	axis_extend(&p->y);
}

static void draw_level(const struct plot *p, const struct interval *i, struct color color,
                       double dash)
{
	const struct point corners[] = {
		plot_point(p, p->x.low, i->low), plot_point(p, p->x.high, i->low),
		plot_point(p, p->x.high, i->high), plot_point(p, p->x.low, i->high),
	};

	draw_area(p->d, corners, sizeof corners / sizeof *corners, color, BAND_OPACITY);
	draw_line(p->d, plot_point(p, p->x.low, i->value), plot_point(p, p->x.high, i->value),
	          (struct pen){ color, LINE_PEN, dash });
}

static void draw_panel(struct drawing *d, const struct agreement_panel *a, double left, double top,
                       const char *mean, const char *difference)
{
	struct plot p = {
		.d = d, .left = left + PLOT_TICK_LABELS, .top = top + HEAD, .width = WIDTH,
		.height = HEIGHT,
	};
	struct lettering name = look_plain;

	name.bold = true;
	set_axes(&p, a);
	draw_text_centred(d, p.left, top + LOOK_PLAIN_TEXT / 2.0, a->name, name);
	plot_y_axis(&p, difference);
	draw_level(&p, &a->bias, plot_color(0), 0);
	draw_level(&p, &a->lower, plot_color(1), PLOT_DASH);
	draw_level(&p, &a->upper, plot_color(1), PLOT_DASH);
	plot_x_axis(&p, mean);
	for (size_t i = 0; i < a->count; i++)
		draw_dot(d, plot_point(&p, a->mean[i], a->difference[i]), DOT, look_ink);
}

void agreement_figure(struct drawing *d, const struct agreement_panel *panels, size_t count,
                      const char *mean, const char *difference, const char *title)
{
	size_t across = count < IN_A_ROW ? count : IN_A_ROW;
	size_t rows = (count + IN_A_ROW - 1) / IN_A_ROW;

	draw_init(d, 2 * LOOK_MARGIN + (double)across * PANEL_WIDTH,
	          2 * LOOK_MARGIN + TITLE_ROOM + (double)rows * PANEL_HEIGHT, title);
	draw_text_centred(d, LOOK_MARGIN, LOOK_MARGIN + LOOK_TITLE_TEXT / 2.0, title, look_title);
	for (size_t k = 0; k < count; k++) {
		size_t row = k / IN_A_ROW, column = k % IN_A_ROW;

		draw_panel(d, &panels[k], LOOK_MARGIN + (double)column * PANEL_WIDTH,
		           LOOK_MARGIN + TITLE_ROOM + (double)row * PANEL_HEIGHT, mean, difference);
	}
}
