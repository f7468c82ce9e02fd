/* Layout of ROC and precision-recall curves; see roc_figure.h. */
#include "figure/roc_figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "figure/font.h"
#include "figure/look.h"
#include "figure/plot.h"

/* Pixels. */
enum {
	SIDE_LEAST = 440, SIDE_MOST = 600,      /* of the frame; wide as the legend if it can */
	BAND_COLUMN = 2,                /* width of what a band is put together from */
	COLUMN_GAP = 20,                /* between two columns of the legend */
	MARK_AWAY = 11,                 /* from an operating point to its label */
	LABEL_LINE = 16,                /* from a label to the next */
	TICKS = 5,
	LABELS_UP_TO = 3,               /* series; more labels would hide each other */
};
#define CURVE_PEN 2.2
#define CHANCE_PEN 1.2
#define BAR_PEN 1.4
/* Points closer to the last one are left out: 100,000 cases are a line of some hundred points. */
#define POINT_APART 1.0
/* One band may be stronger than several that overlap. */
#define BAND_ALONE 0.2
#define BAND_AMONG 0.11

struct layout {
	struct plot plot;
	const struct roc_series *series;
	size_t count;
	enum roc_axes axes;
	double name_x, figure_x, cases_x;       /* columns of the legend */
	double legend_y;                        /* middle of its first line */
	double right;                           /* end of the words */
	bool marks;                             /* is there an operating point? */
};

/* ---- curves ---- */

static struct pen curve_pen(size_t k)
{
	return (struct pen){ plot_color(k), CURVE_PEN, k < PLOT_COLORS ? 0 : PLOT_DASH };
}

static struct pen chance_pen(struct color color)
{
	return (struct pen){ color, CHANCE_PEN, PLOT_DASH };
}

/* A line that keeps no point which the eye would miss. */
struct trace {
	struct point *points;
	size_t count;
};

static bool are_close(struct point a, struct point b)
{
	return fmax(fabs(a.x - b.x), fabs(a.y - b.y)) < POINT_APART;
}

/* Does B lie between A and C on an upright or level line? */
static bool is_between(struct point a, struct point b, struct point c)
{
	return (a.x == b.x && b.x == c.x && (b.y - a.y) * (c.y - b.y) >= 0) ||
	       (a.y == b.y && b.y == c.y && (b.x - a.x) * (c.x - b.x) >= 0);
}

static void add_point(struct trace *t, struct point p)
{
	size_t n = t->count;

	if (n && are_close(t->points[n - 1], p))
		return;
	if (n >= 2 && is_between(t->points[n - 2], t->points[n - 1], p))
		n--;
	t->points[n] = p;
	t->count = n + 1;
}

/*
 * Precision changes in steps, so that the area below the line is the average precision: from the
 * recall before a threshold to the one at it, the precision is that at the threshold.
 */
static void trace_curve(const struct layout *l, const struct roc *c, struct trace *t)
{
	struct roc_place before = { 0, 0 }, at = before;

	for (size_t i = l->axes == ROC_AXES ? 0 : 1; i < c->count; i++) {
		at = roc_place(c, &c->points[i], l->axes);
		if (l->axes == ROC_PRECISION_RECALL)
			add_point(t, plot_point(&l->plot, before.x, at.y));
		add_point(t, plot_point(&l->plot, at.x, at.y));
		before = at;
	}
	t->points[t->count++] = plot_point(&l->plot, at.x, at.y);
}

static void draw_curve(const struct layout *l, size_t k)
{
	const struct roc *c = &l->series[k].roc;
	struct trace t = { xmalloc(2 * c->count + 1, sizeof *t.points), 0 };

	trace_curve(l, c, &t);
	draw_path(l->plot.d, t.points, t.count, curve_pen(k));
	free(t.points);
}

/* Along the upper ends, then back along the lower ones. */
static size_t outline(const struct layout *l, const struct roc_band *band, size_t columns,
                      struct point *points)
{
	size_t n = 0;

	for (size_t i = 0; i < 2 * columns; i++) {
		size_t column = i < columns ? i : 2 * columns - 1 - i;
		double x = (double)column / (double)(columns - 1);

		if (!isnan(band[column].low))
			points[n++] = plot_point(&l->plot, x, i < columns ? band[column].high
			                                                  : band[column].low);
	}
	return n;
}

static void draw_band(const struct layout *l, size_t k)
{
	size_t columns = (size_t)l->plot.width / BAND_COLUMN + 1;
	struct roc_band *band = xmalloc(columns, sizeof *band);
	struct point *points = xmalloc(2 * columns, sizeof *points);

	roc_band(&l->series[k].roc, l->axes, band, columns);
	draw_area(l->plot.d, points, outline(l, band, columns, points), plot_color(k),
	          l->count == 1 ? BAND_ALONE : BAND_AMONG);
	free(points);
	free(band);
}

/* What a score that knows nothing gives: the diagonal, or the share of positives. */
static void draw_chance(const struct layout *l)
{
	if (l->axes == ROC_AXES)
		draw_line(l->plot.d, plot_point(&l->plot, 0, 0), plot_point(&l->plot, 1, 1),
		          chance_pen(look_pale));
	for (size_t k = 0; k < l->count && l->axes == ROC_PRECISION_RECALL; k++) {
		const struct roc *c = &l->series[k].roc;
		double share = (double)c->positives / (double)(c->positives + c->negatives);

		if (roc_series_has_curve(&l->series[k]))
			draw_line(l->plot.d, plot_point(&l->plot, 0, share),
			          plot_point(&l->plot, 1, share), chance_pen(plot_color(k)));
	}
}

/* ---- operating points ---- */

/* The intervals of the two shares that are drawn. */
struct bars {
	struct interval x, y;
};

static struct bars bars_of(const struct layout *l, const struct roc_series *s)
{
	struct roc_rates r = roc_rates(&s->roc, s->mark);
	const struct interval *negative = &r.specificity;

	if (l->axes == ROC_PRECISION_RECALL)
		return (struct bars){ r.sensitivity, r.precision };
	return (struct bars){ { 1 - negative->value, 1 - negative->high, 1 - negative->low },
		              r.sensitivity };
}

/* Has S a place for its ring? Where nothing is called positive there is no precision. */
static bool has_mark(const struct layout *l, const struct roc_series *s)
{
	return s->mark && roc_series_has_curve(s) && !isnan(roc_place(&s->roc, s->mark, l->axes).y);
}

static struct point mark_place(const struct layout *l, const struct roc_series *s)
{
	struct roc_place at = roc_place(&s->roc, s->mark, l->axes);

	return plot_point(&l->plot, at.x, at.y);
}

static void draw_mark(const struct layout *l, size_t k)
{
	const struct roc_series *s = &l->series[k];
	struct bars b = bars_of(l, s);
	struct pen pen = { plot_color(k), BAR_PEN, 0 };

	draw_line(l->plot.d, plot_point(&l->plot, b.x.low, b.y.value),
	          plot_point(&l->plot, b.x.high, b.y.value), pen);
	draw_line(l->plot.d, plot_point(&l->plot, b.x.value, b.y.low),
	          plot_point(&l->plot, b.x.value, b.y.high), pen);
	plot_ring(l->plot.d, mark_place(l, s), plot_color(k));
}

static char *threshold_text(double threshold)
{
	return isinf(threshold) ? xstrdup("above all scores") : xasprintf("%#.3g", threshold);
}

/* Does another label lie where one of series K would be at AT? LABELS: of the series before. */
static bool is_taken(const struct layout *l, const struct point *labels, size_t k, struct point at,
                     double width)
{
	for (size_t i = 0; i < k; i++)
		if (fabs(labels[i].y - at.y) < LABEL_LINE && fabs(labels[i].x - at.x) < width)
			return true;
	for (size_t i = 0; i < l->count; i++) {
		struct point ring;

		if (!has_mark(l, &l->series[i]))
			continue;
		ring = mark_place(l, &l->series[i]);
		if (fabs(ring.y - at.y) < MARK_AWAY && ring.x > at.x - MARK_AWAY &&
		    ring.x < at.x + width)
			return true;
	}
	return false;
}

/* Right of the ring and below; where that is taken, further down. */
static struct point label_place(const struct layout *l, const struct point *labels, size_t k,
                                double width)
{
	struct point at = mark_place(l, &l->series[k]);
	double bottom = l->plot.top + l->plot.height - LABEL_LINE;

	at.x = fmin(at.x + MARK_AWAY, l->plot.left + l->plot.width - width);
	at.y = fmin(at.y + MARK_AWAY, bottom);
	while (is_taken(l, labels, k, at, width) && at.y < bottom)
		at.y += 1;
	return at;
}

static void label_marks(const struct layout *l)
{
	struct point *labels = xmalloc(l->count, sizeof *labels);

	for (size_t k = 0; k < l->count; k++) {
		char *text;

		labels[k] = (struct point){ -INFINITY, -INFINITY };
		if (!has_mark(l, &l->series[k]))
			continue;
		text = threshold_text(l->series[k].mark->threshold);
		labels[k] = label_place(l, labels, k, look_width(text) + LOOK_GAP);
		draw_text_centred(l->plot.d, labels[k].x, labels[k].y, text, look_plain);
		free(text);
	}
	free(labels);
}

/* ---- legend ---- */

static char *figure_text(const struct layout *l, const struct roc_series *s)
{
	char auc[INTERVAL_TEXT_BYTES];

	if (!roc_series_has_curve(s))
		return xasprintf("no curve: no %s", s->roc.positives ? "negatives" : "positives");
	if (l->axes == ROC_PRECISION_RECALL)
		return xasprintf("average precision %.3f", s->average_precision);
	interval_text(&s->auc, auc);
	return xasprintf("AUC %s", auc);
}

static char *cases_text(const struct roc *c)
{
	return xasprintf("%" PRId64 " of %" PRId64 " positive", c->positives,
	                 c->positives + c->negatives);
}

/* Is there an operating point to tell of? */
static bool has_words(const struct roc_series *s)
{
	return s->mark && roc_series_has_curve(s);
}

/* The operating point in words, or NULL. */
static char *mark_text(const struct layout *l, const struct roc_series *s)
{
	bool roc = l->axes == ROC_AXES;
	char first[INTERVAL_TEXT_BYTES], second[INTERVAL_TEXT_BYTES], *at, *text;
	struct roc_rates r;

	if (!has_words(s))
		return NULL;
	r = roc_rates(&s->roc, s->mark);
	at = threshold_text(s->mark->threshold);
	interval_text(&r.sensitivity, first);
	interval_text(roc ? &r.specificity : &r.precision, second);
	text = xasprintf(roc ? "%s%s: sensitivity %s, specificity %s"
	                     : "%s%s: recall %s, precision %s",
	                 isinf(s->mark->threshold) ? "" : "at ", at, first, second);
	free(at);
	return text;
}

static double take_width(char *text)
{
	double width = text ? look_width(text) : 0;

	free(text);
	return width;
}

/* Sets the columns of the legend. */
static void place_columns(struct layout *l)
{
	double name = 0, figure = 0, cases = 0, mark = 0;

	for (size_t k = 0; k < l->count; k++) {
		name = fmax(name, look_width(l->series[k].name));
		figure = fmax(figure, take_width(figure_text(l, &l->series[k])));
		cases = fmax(cases, take_width(cases_text(&l->series[k].roc)));
		mark = fmax(mark, take_width(mark_text(l, &l->series[k])));
	}
	l->marks = mark > 0;
	l->name_x = LOOK_MARGIN + PLOT_SAMPLE + LOOK_GAP;
	l->figure_x = ceil(l->name_x + name + COLUMN_GAP);
	l->cases_x = ceil(l->figure_x + figure + COLUMN_GAP);
	l->right = fmax(l->cases_x + cases, l->name_x + mark);
}

static void draw_and_free(const struct layout *l, double x, double y, char *text,
                          struct lettering lettering)
{
	draw_text_centred(l->plot.d, x, y, text, lettering);
	free(text);
}

/* Returns the middle of the line behind it. */
static double draw_entry(const struct layout *l, size_t k, double y)
{
	const struct roc_series *s = &l->series[k];
	char *mark = mark_text(l, s);

	draw_line(l->plot.d, (struct point){ LOOK_MARGIN, y },
	          (struct point){ LOOK_MARGIN + PLOT_SAMPLE, y }, curve_pen(k));
	draw_text_centred(l->plot.d, l->name_x, y, s->name, look_plain);
	draw_and_free(l, l->figure_x, y, figure_text(l, s), look_plain);
	draw_and_free(l, l->cases_x, y, cases_text(&s->roc), look_faint);
	if (!mark)
		return y + LOOK_LINE;
	y += LABEL_LINE;
	plot_ring(l->plot.d, (struct point){ LOOK_MARGIN + PLOT_SAMPLE / 2.0, y }, plot_color(k));
	draw_and_free(l, l->name_x, y, mark, look_faint);
	return y + LOOK_LINE;
}

static const char *chance_text(const struct layout *l)
{
	return l->axes == ROC_AXES ? "chance" : "chance: share of positives";
}

static const char band_text[] = "95 % confidence band", mark_key[] = "operating point";

/* What the line of keys needs. */
static double keys_width(const struct layout *l)
{
	double words = look_width(chance_text(l)) + look_width(band_text) + look_width(mark_key);

	return words + 3 * (PLOT_SAMPLE + LOOK_GAP) + 2 * COLUMN_GAP;
}

/* The text of a key, behind the sample at X. Returns where the next is. */
static double draw_key(const struct layout *l, double x, double y, const char *text)
{
	draw_text_centred(l->plot.d, x + PLOT_SAMPLE + LOOK_GAP, y, text, look_faint);
	return x + PLOT_SAMPLE + LOOK_GAP + look_width(text) + COLUMN_GAP;
}

static void draw_keys(const struct layout *l, double y)
{
	const double x = LOOK_MARGIN, half = LOOK_PLAIN_TEXT / 2.0;
	const struct point patch[] = {
		{ x, y - half }, { x + PLOT_SAMPLE, y - half },
		{ x + PLOT_SAMPLE, y + half }, { x, y + half },
	};
	double next = draw_key(l, x, y, band_text);

	draw_area(l->plot.d, patch, 4, look_pale, BAND_ALONE);
	draw_line(l->plot.d, (struct point){ next, y }, (struct point){ next + PLOT_SAMPLE, y },
	          chance_pen(look_pale));
	next = draw_key(l, next, y, chance_text(l));
	if (!l->marks)
		return;
	plot_ring(l->plot.d, (struct point){ next + PLOT_SAMPLE / 2.0, y }, look_pale);
	draw_key(l, next, y, mark_key);
}

static void draw_legend(const struct layout *l)
{
	double y = l->legend_y;

	for (size_t k = 0; k < l->count; k++)
		y = draw_entry(l, k, y);
	draw_keys(l, y);
}

/* ---- the figure ---- */

static void draw_frame(const struct layout *l)
{
	bool roc = l->axes == ROC_AXES;

	plot_y_axis(&l->plot, roc ? "sensitivity" : "precision");
	plot_x_axis(&l->plot, roc ? "1 \u2013 specificity" : "recall (sensitivity)");
}

static void draw_curves(const struct layout *l)
{
	bool any = false;

	for (size_t k = 0; k < l->count; k++)
		if (roc_series_has_curve(&l->series[k])) {
			draw_band(l, k);
			any = true;
		}
	if (!any)
		draw_text_centred(l->plot.d, l->plot.left + l->plot.width / 2,
		                  l->plot.top + l->plot.height / 2,
		                  "no curve: that takes positive and negative cases",
		                  look_anchored(look_faint, DRAW_MIDDLE));
	draw_chance(l);
	for (size_t k = 0; k < l->count; k++)
		if (roc_series_has_curve(&l->series[k]))
			draw_curve(l, k);
}

static void draw_marks(const struct layout *l)
{
	for (size_t k = 0; k < l->count; k++)
		if (has_mark(l, &l->series[k]))
			draw_mark(l, k);
	if (l->count <= LABELS_UP_TO)
		label_marks(l);
}

static double legend_height(const struct layout *l)
{
	double height = LOOK_LINE;

	for (size_t k = 0; k < l->count; k++)
		height += LOOK_LINE + (has_words(&l->series[k]) ? LABEL_LINE : 0);
	return height;
}

/* Sets the frame; returns the width of the figure. */
static double place(struct layout *l, const char *title)
{
	double title_y = LOOK_MARGIN + LOOK_TITLE_TEXT / 2.0, side, words;

	place_columns(l);
	l->legend_y = title_y + LOOK_LINE + LOOK_GAP;
	words = fmax(l->right, LOOK_MARGIN + keys_width(l));
	side = floor(words - LOOK_MARGIN - PLOT_TICK_LABELS);
	side = fmax(SIDE_LEAST, fmin(SIDE_MOST, side));
	l->plot.left = LOOK_MARGIN + PLOT_TICK_LABELS;
	l->plot.top = l->legend_y + legend_height(l) + LOOK_LINE + LOOK_GAP;
	l->plot.width = l->plot.height = side;
	axis_init(&l->plot.x, 0, 1, TICKS, false);
	l->plot.y = l->plot.x;
	words = fmax(words, LOOK_MARGIN + font_width(title, LOOK_TITLE_TEXT, true));
	return ceil(fmax(l->plot.left + side, words) + LOOK_MARGIN);
}

void roc_figure(struct drawing *d, const struct roc_series *series, size_t count,
                enum roc_axes axes, const char *title)
{
	struct layout l = { .plot.d = d, .series = series, .count = count, .axes = axes };
	double width = place(&l, title);

	draw_init(d, width, l.plot.top + l.plot.height + 2 * LOOK_LINE + LOOK_MARGIN, title);
	draw_text_centred(d, LOOK_MARGIN, LOOK_MARGIN + LOOK_TITLE_TEXT / 2.0, title, look_title);
	draw_legend(&l);
	draw_frame(&l);
	draw_curves(&l);
	draw_marks(&l);
}
