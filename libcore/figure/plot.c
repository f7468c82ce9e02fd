/* Frames and axes of diagrams; see plot.h. */
#include "figure/plot.h"

#include "figure/look.h"

/* Pixels. */
enum { RING = 10, HOLE = 5 };
#define AXIS_PEN 1.0

static const struct color grid = { 0xe6, 0xe7, 0xe9 };

/* Told apart with any colour vision: Okabe and Ito, Color universal design, 2008. */
static const struct color palette[PLOT_COLORS] = {
	{ 0x00, 0x72, 0xb2 }, { 0xd5, 0x5e, 0x00 }, { 0x00, 0x9e, 0x73 },
	{ 0xcc, 0x79, 0xa7 }, { 0xe6, 0x9f, 0x00 }, { 0x56, 0xb4, 0xe9 },
	{ 0x50, 0x50, 0x50 },
};

struct color plot_color(size_t series)
{
	return palette[series % PLOT_COLORS];
}

struct point plot_point(const struct plot *p, double x, double y)
{
	return (struct point){ p->left + p->width * axis_place(&p->x, x),
	                       p->top + p->height * (1 - axis_place(&p->y, y)) };
}

void plot_y_axis(const struct plot *p, const char *title)
{
	struct pen pen = { .color = grid, .width = AXIS_PEN };
	struct lettering label = look_anchored(look_faint, DRAW_END);
	char text[AXIS_LABEL_BYTES];

	draw_text_centred(p->d, p->left, p->top - LOOK_GAP - LOOK_PLAIN_TEXT / 2.0, title,
	                  look_plain);
	for (long k = axis_first(&p->y); k <= axis_last(&p->y); k++) {
		double y = plot_point(p, p->x.low, (double)k * p->y.step).y;

		draw_line(p->d, (struct point){ p->left, y },
		          (struct point){ p->left + p->width, y }, pen);
		axis_label(&p->y, k, text);
		draw_text_centred(p->d, p->left - LOOK_GAP, y, text, label);
	}
}

void plot_x_axis(const struct plot *p, const char *title)
{
	double bottom = p->top + p->height;
	struct pen pen = { .color = look_pale, .width = AXIS_PEN };
	char text[AXIS_LABEL_BYTES];

	draw_line(p->d, (struct point){ p->left, bottom },
	          (struct point){ p->left + p->width, bottom }, pen);
	for (long k = axis_first(&p->x); k <= axis_last(&p->x); k++) {
		double x = plot_point(p, (double)k * p->x.step, p->y.low).x;

		draw_line(p->d, (struct point){ x, bottom },
		          (struct point){ x, bottom + LOOK_GAP / 2.0 }, pen);
		axis_label(&p->x, k, text);
		draw_text_centred(p->d, x, bottom + LOOK_GAP + LOOK_PLAIN_TEXT / 2.0, text,
		                  look_anchored(look_faint, DRAW_MIDDLE));
	}
	draw_text_centred(p->d, p->left + p->width / 2,
	                  bottom + LOOK_GAP + LOOK_PLAIN_TEXT / 2.0 + LOOK_LINE, title,
	                  look_anchored(look_faint, DRAW_MIDDLE));
}

void plot_ring(struct drawing *d, struct point at, struct color color)
{
	draw_dot(d, at, RING, color);
	draw_dot(d, at, HOLE, look_white);
}
