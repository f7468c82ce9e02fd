/* Layout of the confusion matrix; see figure.h. */
#include "figure/confusion_figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "score/metrics.h"
#include "figure/font.h"
#include "figure/look.h"

/* Pixels. */
enum {
	CELL_LEAST = 28, CELL_MOST = 56,
	MATRIX_WANTED = 640,            /* side of the matrix, if the cells allow it */
	CELL_PAD = 5,                   /* left and right of a count */
	GRID_LINE = 1, THICK_LINE = 2,
	EDGE_ROW = 28,                  /* height of the totals and of the metrics */
	HEADING = 76,                   /* title and facts, with the space below */
	BAR_WIDTH = 16, BAR_HEIGHT = 220, BAR_TICK = 4,
	BAR_BANDS = 110, BAR_TITLE_LINE = 16,
};

static const struct color no_images = { 0xf3, 0xf3, 0xf1 };

static const char share_of[] = "share of";
static const char *const whole[] = {
	[CONFUSION_FIGURE_OF_ROW] = "the row", [CONFUSION_FIGURE_OF_COLUMN] = "the column",
	[CONFUSION_FIGURE_OF_ALL] = "all images",
};
static const char no_metric[] = "\u2013";

/* From a small share to the whole: ever darker, so that it reads without hue. */
static const struct color scale[] = {
	{ 255, 244, 204 }, { 254, 217, 128 }, { 248, 162, 74 },
	{ 222, 88, 50 },   { 134, 20, 56 },
};
enum { SCALE_STEPS = sizeof scale / sizeof scale[0] - 1 };
#define DARK_FROM 0.74                  /* from here on letters are white */
/* The light end of the scale is 10 to the minus one of these. */
enum { DECADES_LEAST = 2, DECADES_MOST = 4 };

struct layout {
	struct drawing *d;
	const struct confusion *c;
	struct metrics m;
	enum confusion_share of;
	int n;                          /* classes */
	int decades;                    /* of the colour scale */
	bool upwards;                   /* codes above the columns are turned */
	struct point cell;              /* width and height */
	double x, y;                    /* upper left corner of the matrix */
	double right, below;            /* its ends, where the thick lines begin */
	double total_width, total_x, total_y;   /* width of the column, middles of column and row */
	double metric_width, metric_x, metric_y;
	double bar_x, bar_height;       /* left edge of the colour scale */
};

__attribute__((format(printf, 5, 6)))
static void print(struct drawing *d, double x, double y, struct lettering l,
                  const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	if (*text)
		draw_text_centred(d, x, y, text, l);
	free(text);
}

static double count_width(int64_t count)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, count);
	return ceil(font_width(text, LOOK_PLAIN_TEXT, true) + 2 * CELL_PAD);
}

/* ---- colours ---- */

static double share(const struct layout *l, int i, int j)
{
	int64_t count = *confusion_at(l->c, i, j), of = l->m.total;

	if (l->of == CONFUSION_FIGURE_OF_ROW)
		of = confusion_row_sum(l->c, i);
	else if (l->of == CONFUSION_FIGURE_OF_COLUMN)
		of = confusion_column_sum(l->c, j);
	return count ? (double)count / (double)of : 0;
}

static int decades(const struct layout *l)
{
	double least = 1;
	int n;

	for (int i = 0; i < l->n; i++)
		for (int j = 0; j < l->n; j++)
			if (share(l, i, j) > 0)
				least = fmin(least, share(l, i, j));
	n = (int)ceil(-log10(least));
	return n < DECADES_LEAST ? DECADES_LEAST : n > DECADES_MOST ? DECADES_MOST : n;
}

/* Place of a share above 0 on the scale, 0 to 1. */
static double on_scale(const struct layout *l, double part)
{
	return fmax(0, 1 + log10(part) / l->decades);
}

static uint8_t mix(uint8_t a, uint8_t b, double t)
{
	return (uint8_t)(a + t * (b - a) + 0.5);
}

static struct color scale_color(double at)
{
	int step = (int)fmin(at * SCALE_STEPS, SCALE_STEPS - 1);
	double t = at * SCALE_STEPS - step;
	struct color a = scale[step], b = scale[step + 1];

	return (struct color){ mix(a.r, b.r, t), mix(a.g, b.g, t), mix(a.b, b.b, t) };
}

/* ---- layout ---- */

static double widest_code(const struct classes *c)
{
	double width = 0;

	for (int i = 0; i < c->count; i++)
		width = fmax(width, font_width(c->entry[i].code, LOOK_PLAIN_TEXT, true));
	return width;
}

/* Where only the code of a class is known it stands alone. */
static const char *full_name(const struct classes *c, int i)
{
	return strcmp(c->entry[i].name, c->entry[i].code) ? c->entry[i].name : "";
}

static double widest_name(const struct classes *c)
{
	double width = 0;

	for (int i = 0; i < c->count; i++)
		width = fmax(width, look_width(full_name(c, i)));
	return width;
}

static void size_cells(struct layout *l)
{
	double side = floor((double)MATRIX_WANTED / l->n);

	side = fmax(CELL_LEAST, fmin(CELL_MOST, side));
	l->cell = (struct point){ side, side };
	for (int j = 0; j < l->n; j++) {
		double widest = count_width(confusion_column_sum(l->c, j));

		for (int i = 0; i < l->n; i++)
			widest = fmax(widest, count_width(*confusion_at(l->c, i, j)));
		l->cell.x = fmax(l->cell.x, widest);
	}
	l->total_width = fmax(count_width(l->m.total), look_width("total")) + 2 * LOOK_GAP;
	l->metric_width = look_width("recall") + 2 * LOOK_GAP;
}

/* Turns the codes if WIDTH, what they need across, makes the matrix too wide. */
static void turn_codes(struct layout *l, double width)
{
	l->upwards = width > fmax(CELL_MOST, (double)MATRIX_WANTED / l->n);
	if (!l->upwards)
		l->cell.x = fmax(l->cell.x, ceil(width));
}

static void place(struct layout *l)
{
	double code = widest_code(&l->c->classes), name = widest_name(&l->c->classes);
	double labels = fmax(name + LOOK_GAP + code, look_width("precision"));

	size_cells(l);
	turn_codes(l, code + LOOK_GAP);
	l->x = ceil(LOOK_MARGIN + LOOK_LINE + labels + LOOK_GAP);
	l->y = ceil(LOOK_MARGIN + HEADING + LOOK_LINE + (l->upwards ? code : LOOK_PLAIN_TEXT) +
	            LOOK_GAP);
	l->right = l->x + l->n * l->cell.x;
	l->below = l->y + l->n * l->cell.y;
	l->total_x = l->right + THICK_LINE + l->total_width / 2;
	l->metric_x = l->total_x + l->total_width / 2 + l->metric_width / 2;
	l->total_y = l->below + THICK_LINE + EDGE_ROW / 2.0;
	l->metric_y = l->total_y + EDGE_ROW;
	l->bar_x = ceil(l->metric_x + l->metric_width / 2 + LOOK_MARGIN);
	l->bar_height = fmin(BAR_HEIGHT, l->below - l->y);
}

/* What lies to the right of the colour scale's left edge. */
static double scale_width(const struct layout *l)
{
	double ticks = BAR_WIDTH + BAR_TICK + LOOK_GAP +
	               font_width("0.01 %", LOOK_SMALL_TEXT, false);

	return fmax(ticks, font_width(whole[l->of], LOOK_SMALL_TEXT, false));
}

static double middle_x(const struct layout *l, int j)
{
	return l->x + (j + 0.5) * l->cell.x;
}

static double middle_y(const struct layout *l, int i)
{
	return l->y + (i + 0.5) * l->cell.y;
}

/* ---- parts ---- */

static void draw_heading(const struct layout *l, const char *facts)
{
	double y = LOOK_MARGIN + LOOK_TITLE_TEXT / 2.0;

	print(l->d, LOOK_MARGIN, y, look_title, "%s", l->d->title);
	print(l->d, LOOK_MARGIN, y + LOOK_LINE + LOOK_GAP, look_faint, "%s", facts);
}

static void draw_labels(const struct layout *l)
{
	const struct classes *c = &l->c->classes;
	struct lettering code = look_plain, above, name = look_anchored(look_plain, DRAW_END);
	double code_width = widest_code(c);

	code.bold = true;
	above = code;
	above.anchor = l->upwards ? DRAW_START : DRAW_MIDDLE;
	above.upwards = l->upwards;
	for (int i = 0; i < l->n; i++) {
		double half = l->upwards ? 0 : LOOK_PLAIN_TEXT / 2.0, line = l->y - LOOK_GAP - half;

		print(l->d, middle_x(l, i), line, above, "%s", c->entry[i].code);
		print(l->d, l->x - LOOK_GAP - code_width, middle_y(l, i), code, "%s",
		      c->entry[i].code);
		print(l->d, l->x - LOOK_GAP - code_width - LOOK_GAP, middle_y(l, i), name, "%s",
		      full_name(c, i));
	}
}

static void draw_axis_titles(const struct layout *l)
{
	struct lettering across = look_anchored(look_faint, DRAW_MIDDLE), along = across;

	along.upwards = true;
	print(l->d, (l->x + l->right) / 2, LOOK_MARGIN + HEADING + LOOK_PLAIN_TEXT / 2.0, across,
	      "predicted class");
	print(l->d, LOOK_MARGIN + LOOK_PLAIN_TEXT / 2.0, (l->y + l->below) / 2, along,
	      "true class");
}

static void draw_cell(const struct layout *l, int i, int j)
{
	int64_t count = *confusion_at(l->c, i, j);
	struct lettering text = look_anchored(look_plain, DRAW_MIDDLE);
	double at;

	if (count == 0)
		return;
	at = on_scale(l, share(l, i, j));
	draw_rect(l->d, l->x + j * l->cell.x, l->y + i * l->cell.y, l->cell.x, l->cell.y,
	          scale_color(at));
	text.bold = i == j;
	text.color = at > DARK_FROM ? look_white : look_ink;
	print(l->d, middle_x(l, j), middle_y(l, i), text, "%" PRId64, count);
}

static void draw_grid(const struct layout *l)
{
	double right = l->metric_x + l->metric_width / 2,
	       below = l->metric_y + EDGE_ROW / 2.0;

	for (int k = 1; k < l->n; k++) {
		draw_rect(l->d, l->x + k * l->cell.x - GRID_LINE / 2.0, l->y, GRID_LINE,
		          l->below - l->y, look_white);
		draw_rect(l->d, l->x, l->y + k * l->cell.y - GRID_LINE / 2.0,
		          l->right - l->x, GRID_LINE, look_white);
	}
	draw_rect(l->d, l->x, l->below, right - l->x, THICK_LINE, look_ink);
	draw_rect(l->d, l->right, l->y, THICK_LINE, below - l->y, look_ink);
}

static void draw_cells(const struct layout *l)
{
	draw_rect(l->d, l->x, l->y, l->right - l->x, l->below - l->y, no_images);
	for (int i = 0; i < l->n; i++)
		for (int j = 0; j < l->n; j++)
			draw_cell(l, i, j);
}

static void print_metric(const struct layout *l, double x, double y, double value,
                         int64_t cases)
{
	struct lettering text = look_anchored(look_faint, DRAW_MIDDLE);

	if (cases > 0)
		print(l->d, x, y, text, "%.2f", value);
	else
		print(l->d, x, y, text, "%s", no_metric);
}

/* The columns behind the matrix, then the rows below it. */
static void draw_edges(const struct layout *l)
{
	struct lettering middle = look_anchored(look_plain, DRAW_MIDDLE),
	                 end = look_anchored(look_plain, DRAW_END);
	double title_y = l->y - LOOK_GAP - LOOK_PLAIN_TEXT / 2.0, title_x = l->x - LOOK_GAP;

	print(l->d, l->total_x, title_y, middle, "total");
	print(l->d, l->metric_x, title_y, look_anchored(look_faint, DRAW_MIDDLE), "recall");
	for (int i = 0; i < l->n; i++) {
		print(l->d, l->total_x, middle_y(l, i), middle, "%" PRId64,
		      l->m.each[i].support);
		print_metric(l, l->metric_x, middle_y(l, i), l->m.each[i].recall,
		             l->m.each[i].support);
	}
	print(l->d, title_x, l->total_y, end, "total");
	print(l->d, title_x, l->metric_y, look_anchored(look_faint, DRAW_END), "precision");
	for (int j = 0; j < l->n; j++) {
		int64_t count = confusion_column_sum(l->c, j);

		print(l->d, middle_x(l, j), l->total_y, middle, "%" PRId64, count);
		print_metric(l, middle_x(l, j), l->metric_y, l->m.each[j].precision,
		             count);
	}
	middle.bold = true;
	print(l->d, l->total_x, l->total_y, middle, "%" PRId64, l->m.total);
}

static void draw_scale(const struct layout *l)
{
	double y = l->y, step = l->bar_height / BAR_BANDS;

	/* Each down to the end, so that no seam shows between two. */
	for (int k = 0; k < BAR_BANDS; k++)
		draw_rect(l->d, l->bar_x, y + k * step, BAR_WIDTH,
		          l->bar_height - k * step,
		          scale_color(1 - (k + 0.5) / BAR_BANDS));
	for (int k = 0; k <= l->decades; k++) {
		double at = y + k * l->bar_height / l->decades;

		draw_rect(l->d, l->bar_x + BAR_WIDTH, at - GRID_LINE / 2.0, BAR_TICK,
		          GRID_LINE, look_pale);
		print(l->d, l->bar_x + BAR_WIDTH + BAR_TICK + LOOK_GAP / 2.0, at, look_small,
		      "%g %%", 100 / pow(10, k));
	}
	for (int k = 0; k < 2; k++)
		print(l->d, l->bar_x, y - LOOK_GAP - BAR_TITLE_LINE * (1.5 - k), look_small, "%s",
		      k == 0 ? share_of : whole[l->of]);
}

static void draw_all(const struct layout *l, const char *facts)
{
	draw_heading(l, facts);
	draw_axis_titles(l);
	draw_labels(l);
	draw_cells(l);
	draw_grid(l);
	draw_edges(l);
	draw_scale(l);
}

/* The line below the title. CLASSES: also those that are not drawn. */
static void write_facts(char *text, size_t room, const struct metrics *m, int classes)
{
	int n = snprintf(text, room, "%" PRId64 " image%s, accuracy %.3f, macro F1 %.3f", m->total,
	                 m->total == 1 ? "" : "s", m->accuracy, m->macro.f1);

	if (m->occurring < classes)
		snprintf(text + n, room - (size_t)n, " over %d of %d classes", m->occurring,
		         classes);
}

void confusion_figure(struct drawing *d, const struct confusion *c, enum confusion_share of,
                      bool all, const char *title)
{
	struct confusion occurring = {0};
	struct layout l = { .d = d, .c = c, .of = of };
	char facts[128];
	double width;

	if (!all && confusion_total(c) > 0) {
		confusion_occurring(&occurring, c);
		l.c = &occurring;
	}
	l.n = l.c->classes.count;
	metrics_init(&l.m, l.c);
	l.decades = decades(&l);
	place(&l);
	write_facts(facts, sizeof facts, &l.m, c->classes.count);
	width = fmax(l.bar_x + scale_width(&l),
	             LOOK_MARGIN + font_width(title, LOOK_TITLE_TEXT, true));
	width = fmax(width, LOOK_MARGIN + font_width(facts, LOOK_PLAIN_TEXT, false));
	draw_init(d, ceil(width + LOOK_MARGIN), ceil(l.metric_y + EDGE_ROW / 2.0 + LOOK_MARGIN),
	          title);
	draw_all(&l, facts);
	metrics_release(&l.m);
	confusion_release(&occurring);
}
