/* Layout of reliability diagrams; see reliability_figure.h. */
#include "figure/reliability_figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "figure/axis.h"
#include "figure/font.h"
#include "figure/look.h"

/* Pixels. */
enum {
	PLOT = 330,                     /* width and height of a diagram */
	STRIP = 66,                     /* height of the highest bar of counts */
	STRIP_GAP = 28,                 /* above them: for the count of the highest */
	LEFT = 70,                      /* room for tick labels and what they are of */
	DOT = 8,
	CAP = 6,                        /* width of an interval's ends */
	BAR_GAP = 2,                    /* between two bars */
	DASH = 5,
	TICKS = 5,
};
#define LINE_PEN 1.0
#define INTERVAL_PEN 1.6

static const struct color grid = { 0xe6, 0xe7, 0xe9 }, mark = { 0x00, 0x72, 0xb2 };

static const char note[] =
	"Dots: share of right images, with its 95 % interval. Bars: number of images. "
	"On the dashed line the model is as sure as it is right.";

struct panel {
	struct drawing *d;
	double left, top;               /* upper left corner of the plot */
	struct axis axis;               /* of both directions */
};

static struct point place(const struct panel *p, double x, double y)
{
	return (struct point){ p->left + PLOT * axis_place(&p->axis, x),
		               p->top + PLOT * (1 - axis_place(&p->axis, y)) };
}

/* From bin I on; BINS: the right end. */
static double bin_left(const struct panel *p, int i)
{
	return place(p, (double)i / CALIBRATION_BINS, 0).x;
}

static double strip_bottom(const struct panel *p)
{
	return p->top + PLOT + STRIP_GAP + STRIP;
}

static void draw_grid(const struct panel *p)
{
	struct pen pen = { .color = grid, .width = LINE_PEN };
	struct pen dashed = { .color = look_pale, .width = LINE_PEN, .dash = DASH };
	double below = strip_bottom(p) + LOOK_GAP + LOOK_PLAIN_TEXT / 2.0;
	char text[AXIS_LABEL_BYTES];

	for (long k = axis_first(&p->axis); k <= axis_last(&p->axis); k++) {
		double value = (double)k * p->axis.step;
		struct point y = place(p, 0, value), x = place(p, value, 0);

		axis_label(&p->axis, k, text);
		draw_line(p->d, y, place(p, 1, value), pen);
		draw_line(p->d, x, place(p, value, 1), pen);
		draw_text_centred(p->d, y.x - LOOK_GAP, y.y, text,
		                  look_anchored(look_faint, DRAW_END));
		draw_text_centred(p->d, x.x, below, text,
		                  look_anchored(look_faint, DRAW_MIDDLE));
	}
	draw_line(p->d, place(p, 0, 0), place(p, 1, 1), dashed);
}

static void draw_captions(const struct panel *p)
{
	struct lettering upwards = look_anchored(look_faint, DRAW_MIDDLE);
	double left = p->left - LEFT + LOOK_PLAIN_TEXT, bottom = strip_bottom(p);

	upwards.upwards = true;
	draw_text_centred(p->d, left, p->top + PLOT / 2.0, "share of right images",
	                  upwards);
	draw_text_centred(p->d, left, bottom - STRIP / 2.0, "images", upwards);
	draw_text_centred(p->d, p->left + PLOT / 2.0, bottom + LOOK_PLAIN_TEXT + LOOK_LINE,
	                  "largest probability", look_anchored(look_faint, DRAW_MIDDLE));
}

/*
 * An interval beside its value: from LOW to HIGH at X, with a short line at either end.
 */
static void draw_interval(const struct panel *p, double x, const struct interval *share)
{
	struct pen pen = { .color = mark, .width = INTERVAL_PEN };
	const double ends[] = { share->low, share->high };

	draw_line(p->d, place(p, x, share->low), place(p, x, share->high), pen);
	for (int i = 0; i < 2; i++) {
		struct point at = place(p, x, ends[i]);

		draw_line(p->d, (struct point){ at.x - CAP / 2.0, at.y },
		          (struct point){ at.x + CAP / 2.0, at.y }, pen);
	}
}

static void draw_bins(const struct panel *p, const struct calibration *c)
{
	for (int i = 0; i < CALIBRATION_BINS; i++) {
		const struct calibration_bin *bin = &c->bin[i];
		struct interval share = interval_wilson(bin->correct, bin->count);
		double x = bin->sum / (double)bin->count;

		if (!bin->count)
			continue;
		draw_interval(p, x, &share);
		draw_dot(p->d, place(p, x, share.value), DOT, mark);
	}
}

/* Index of the bin with the most images, the first of several. */
static int fullest(const struct calibration *c)
{
	int best = 0;

	for (int i = 1; i < CALIBRATION_BINS; i++)
		if (c->bin[i].count > c->bin[best].count)
			best = i;
	return best;
}

static void draw_strip(const struct panel *p, const struct calibration *c)
{
	struct pen pen = { .color = look_pale, .width = LINE_PEN };
	double bottom = strip_bottom(p), width = PLOT / (double)CALIBRATION_BINS - BAR_GAP;
	int most = fullest(c);
	char text[32];

	for (int i = 0; i < CALIBRATION_BINS && c->bin[most].count; i++) {
		double share = (double)c->bin[i].count / (double)c->bin[most].count;

		if (c->bin[i].count)
			draw_rect(p->d, bin_left(p, i) + BAR_GAP / 2.0,
			          bottom - STRIP * share, width, STRIP * share, mark);
	}
	draw_line(p->d, (struct point){ p->left, bottom },
	          (struct point){ p->left + PLOT, bottom }, pen);
	snprintf(text, sizeof text, "%" PRId64, c->bin[most].count);
	draw_text_centred(p->d, bin_left(p, most) + width / 2,
	                  bottom - STRIP - LOOK_SMALL_TEXT / 2.0 - BAR_GAP, text,
	                  look_anchored(look_small, DRAW_MIDDLE));
}

static void draw_panel(const struct panel *p, const struct reliability_panel *r)
{
	double above = p->top - LOOK_GAP - LOOK_PLAIN_TEXT / 2.0;
	char text[32];

	draw_text_centred(p->d, p->left, above, r->name, look_plain);
	snprintf(text, sizeof text, "ECE %.4f", calibration_ece(&r->calibration));
	draw_text_centred(p->d, p->left + PLOT, above, text,
	                  look_anchored(look_plain, DRAW_END));
	draw_grid(p);
	draw_captions(p);
	draw_bins(p, &r->calibration);
	draw_strip(p, &r->calibration);
}

void reliability_figure(struct drawing *d, const struct reliability_panel *panels,
                        int count, const char *title)
{
	double title_y = LOOK_MARGIN + LOOK_TITLE_TEXT / 2.0;
	double top = title_y + 3 * LOOK_LINE + LOOK_GAP;
	double plots = LOOK_MARGIN + count * (LEFT + PLOT + LOOK_MARGIN);
	double words = fmax(font_width(title, LOOK_TITLE_TEXT, true), look_width(note));
	struct panel p = { .d = d, .left = LOOK_MARGIN + LEFT, .top = top };

	axis_init(&p.axis, 0, 1, TICKS, false);
	draw_init(d, ceil(fmax(plots, words + 2 * LOOK_MARGIN)),
	          strip_bottom(&p) + LOOK_PLAIN_TEXT + 2 * LOOK_LINE + LOOK_MARGIN, title);
	draw_text_centred(d, LOOK_MARGIN, title_y, title, look_title);
	draw_text_centred(d, LOOK_MARGIN, title_y + LOOK_LINE + LOOK_GAP / 2.0, note,
	                  look_faint);
	for (int i = 0; i < count; i++) {
		draw_panel(&p, &panels[i]);
		p.left += PLOT + LOOK_MARGIN + LEFT;
	}
}
