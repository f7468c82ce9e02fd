/* Layout of learning curves; see curve.h. */
#include "figure/curve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "figure/font.h"
#include "figure/look.h"
#include "figure/plot.h"

/* Pixels. */
enum {
	PLOT_WIDTH = 440, PLOT_HEIGHT = 290,
	LEGEND_GAP = 20,                /* between two entries of the legend */
	DOT = 5,
	DOTS_UP_TO = 40,                /* epochs of a curve whose points are marked */
	TICKS_X = 8, TICKS_Y = 6,
};
#define TRAIN_PEN 1.5
#define VALID_PEN 2.2

/* One diagram: a measure on the training and on the validation images. */
struct panel {
	struct plot plot;
	const char *title;
	enum learning_measure train, valid;
};

static struct pen train_pen(struct color color)
{
	return (struct pen){ .color = color, .width = TRAIN_PEN, .dash = PLOT_DASH };
}

static struct pen valid_pen(struct color color)
{
	return (struct pen){ .color = color, .width = VALID_PEN };
}

/* ---- ranges ---- */

struct range {
	double low, high;
};

static void include(struct range *r, double value)
{
	if (isnan(value))
		return;
	r->low = fmin(r->low, value);
	r->high = fmax(r->high, value);
}

/* Without a known value the range is 0 to 1. */
static struct range settled(struct range r)
{
	return r.low <= r.high ? r : (struct range){ 0, 1 };
}

static void fit_axes(struct panel *p, const struct curve *curves, size_t count, bool from_zero)
{
	struct range x = { INFINITY, -INFINITY }, y = x;

	if (from_zero)
		y = (struct range){ 0, 0 };

	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < curves[k].log.count; i++) {
			const struct learning_row *row = &curves[k].log.rows[i];

			include(&x, (double)row->epoch);
			include(&y, row->value[p->train]);
			include(&y, row->value[p->valid]);
		}
	x = settled(x);
	y = settled(y);
	if (from_zero && y.high == 0)
		y.high = 1;
	axis_init(&p->plot.x, x.low, x.high, TICKS_X, true);
	axis_init(&p->plot.y, y.low, y.high, TICKS_Y, false);
	axis_extend(&p->plot.y);
}

/* ---- a panel ---- */

static struct point point_of(const struct panel *p, const struct learning_row *row,
                             enum learning_measure m)
{
	return plot_point(&p->plot, (double)row->epoch, row->value[m]);
}

static void draw_run(const struct panel *p, const struct point *run, size_t count,
                     struct pen pen)
{
	if (count == 1)
		draw_dot(p->plot.d, run[0], DOT, pen.color);
	else if (count > 1)
		draw_path(p->plot.d, run, count, pen);
}

/* The line is broken where the value is not known. */
static void draw_measure(const struct panel *p, const struct learning *log,
                         enum learning_measure m, struct pen pen)
{
	struct point *run = xmalloc(log->count, sizeof *run);
	size_t length = 0;

	for (size_t i = 0; i < log->count; i++) {
		const struct learning_row *row = &log->rows[i];

		if (!isnan(row->value[m])) {
			run[length++] = point_of(p, row, m);
			continue;
		}
		draw_run(p, run, length, pen);
		length = 0;
	}
	draw_run(p, run, length, pen);
	free(run);
}

static void draw_dots(const struct panel *p, const struct learning *log,
                      struct color color)
{
	for (size_t i = 0; i < log->count && log->count <= DOTS_UP_TO; i++) {
		const struct learning_row *row = &log->rows[i];

		if (!isnan(row->value[p->valid]))
			draw_dot(p->plot.d, point_of(p, row, p->valid), DOT, color);
	}
}

static void draw_best(const struct panel *p, const struct learning *log,
                      struct color color)
{
	const struct learning_row *best = learning_best(log, p->valid);

	if (best)
		plot_ring(p->plot.d, point_of(p, best, p->valid), color);
}

static void draw_panel(struct panel *p, const struct curve *curves, size_t count,
                       const struct curve_style *style)
{
	fit_axes(p, curves, count, style->from_zero);
	plot_y_axis(&p->plot, p->title);
	plot_x_axis(&p->plot, style->unit);
	for (size_t k = 0; k < count; k++)
		draw_measure(p, &curves[k].log, p->train, train_pen(plot_color(k)));
	for (size_t k = 0; k < count; k++) {
		draw_measure(p, &curves[k].log, p->valid, valid_pen(plot_color(k)));
		draw_dots(p, &curves[k].log, plot_color(k));
	}
	for (size_t k = 0; k < count; k++)
		draw_best(p, &curves[k].log, plot_color(k));
}

/* ---- legend ---- */

/* Where the next entry goes; a line is at most WIDTH wide. D NULL: only measures. */
struct legend {
	struct drawing *d;
	double x, y, width;
};

static void new_line(struct legend *l)
{
	l->x = LOOK_MARGIN;
	l->y += LOOK_LINE;
}

/* Returns the left end of the sample that belongs to TEXT. */
static struct point add_entry(struct legend *l, const char *text,
                              struct lettering lettering)
{
	double need = PLOT_SAMPLE + LOOK_GAP + look_width(text);
	struct point at;

	if (l->x > LOOK_MARGIN && l->x + need > l->width - LOOK_MARGIN)
		new_line(l);
	at = (struct point){ l->x, l->y };
	if (l->d)
		draw_text_centred(l->d, at.x + PLOT_SAMPLE + LOOK_GAP, at.y, text, lettering);
	l->x += need + LEGEND_GAP;
	return at;
}

static void add_line_entry(struct legend *l, const char *text, struct lettering lettering,
                           struct pen pen)
{
	struct point from = add_entry(l, text, lettering);

	if (l->d)
		draw_line(l->d, from, (struct point){ from.x + PLOT_SAMPLE, from.y }, pen);
}

/* Is anything known of one of two measures, that of a panel which is drawn? */
static bool is_drawn(const struct curve *curves, size_t count, enum curve_panels panels,
                     enum learning_measure loss, enum learning_measure accuracy)
{
	for (size_t k = 0; k < count; k++)
		if ((panels & CURVE_LOSS && learning_best(&curves[k].log, loss)) ||
		    (panels & CURVE_ACCURACY && learning_best(&curves[k].log, accuracy)))
			return true;
	return false;
}

static void draw_legend(struct legend *l, const struct curve *curves, size_t count,
                        const struct curve_style *style)
{
	bool valid = is_drawn(curves, count, style->panels, LEARNING_VALID_LOSS,
	                      LEARNING_VALID_ACCURACY);
	char best[64];
	struct point at;

	for (size_t k = 0; k < count; k++)
		add_line_entry(l, curves[k].name, look_plain, valid_pen(plot_color(k)));
	new_line(l);
	if (is_drawn(curves, count, style->panels, LEARNING_LOSS, LEARNING_ACCURACY))
		add_line_entry(l, "training", look_faint, train_pen(look_pale));
	if (valid)
		add_line_entry(l, "validation", look_faint, valid_pen(look_pale));
	snprintf(best, sizeof best, "best %s", style->unit);
	at = valid ? add_entry(l, best, look_faint) : (struct point){0};
	if (l->d && valid)
		plot_ring(l->d, (struct point){ at.x + PLOT_SAMPLE / 2.0, at.y }, look_pale);
	new_line(l);
}

static double widest_entry(const struct curve *curves, size_t count)
{
	double widest = 0;

	for (size_t k = 0; k < count; k++)
		widest = fmax(widest, look_width(curves[k].name));
	return PLOT_SAMPLE + LOOK_GAP + widest;
}

/* ---- the figure ---- */

static double figure_width(const struct curve *curves, size_t count, int panels,
                           const char *title)
{
	double plots = LOOK_MARGIN + panels * (PLOT_TICK_LABELS + PLOT_WIDTH + LOOK_MARGIN);
	double words = widest_entry(curves, count);

	words = fmax(words, font_width(title, LOOK_TITLE_TEXT, true));
	return ceil(fmax(plots, words + 2 * LOOK_MARGIN));
}

void curve_figure(struct drawing *d, const struct curve *curves, size_t count,
                  const struct curve_style *style, const char *title)
{
	enum curve_panels panels = style->panels;
	double width = figure_width(curves, count, panels == CURVE_BOTH ? 2 : 1, title);
	double title_y = LOOK_MARGIN + LOOK_TITLE_TEXT / 2.0;
	struct legend measured = { NULL, LOOK_MARGIN, title_y + LOOK_LINE + LOOK_GAP, width };
	struct legend legend = { d, LOOK_MARGIN, measured.y, width };
	struct panel loss = { .title = "loss (cross-entropy)", .train = LEARNING_LOSS,
	                      .valid = LEARNING_VALID_LOSS };
	struct panel accuracy = { .title = "accuracy", .train = LEARNING_ACCURACY,
	                          .valid = LEARNING_VALID_ACCURACY };

	draw_legend(&measured, curves, count, style);
	loss.plot = (struct plot){
		.d = d,
		.left = LOOK_MARGIN + PLOT_TICK_LABELS,
		.top = measured.y + LOOK_LINE + LOOK_GAP,
		.width = PLOT_WIDTH,
		.height = PLOT_HEIGHT,
	};
	accuracy.plot = loss.plot;
	if (panels == CURVE_BOTH)
		accuracy.plot.left += PLOT_WIDTH + LOOK_MARGIN + PLOT_TICK_LABELS;
	draw_init(d, width, loss.plot.top + PLOT_HEIGHT + 2 * LOOK_LINE + LOOK_MARGIN, title);
	draw_text_centred(d, LOOK_MARGIN, title_y, title, look_title);
	draw_legend(&legend, curves, count, style);
	if (panels & CURVE_LOSS)
		draw_panel(&loss, curves, count, style);
	if (panels & CURVE_ACCURACY)
		draw_panel(&accuracy, curves, count, style);
}
