/*
 * The pixel back end of a drawing; see raster.h. A path is first a mask of coverage, so that
 * where its segments or strokes overlap nothing is painted twice; the mask is then blended.
 */
#include "figure/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "figure/font.h"

enum { CHANNELS = 3, COVERED = 255, SIDE_MAX = 1 << 15 };

/* Pixels x0 <= x < x1, y0 <= y < y1. */
struct box {
	int x0, y0, x1, y1;
};

struct canvas {
	struct raster *r;
	double scale;
	uint8_t *mask;                  /* coverage of every pixel; zero between shapes */
	struct box dirty;               /* where it is not zero */
};

static size_t pixel_at(const struct canvas *c, int x, int y)
{
	return (size_t)y * (size_t)c->r->width + (size_t)x;
}

static int clamp(double x, int limit)
{
	return x < 0 ? 0 : x > limit ? limit : (int)x;
}

/* The pixels that touch the rectangle from A to B, which is PAD larger on every side. */
static struct box box_around(const struct raster *r, struct point a, struct point b,
                             double pad)
{
	return (struct box){
		.x0 = clamp(floor(fmin(a.x, b.x) - pad), r->width),
		.y0 = clamp(floor(fmin(a.y, b.y) - pad), r->height),
		.x1 = clamp(ceil(fmax(a.x, b.x) + pad), r->width),
		.y1 = clamp(ceil(fmax(a.y, b.y) + pad), r->height),
	};
}

static void box_grow(struct box *b, struct box more)
{
	b->x0 = more.x0 < b->x0 ? more.x0 : b->x0;
	b->y0 = more.y0 < b->y0 ? more.y0 : b->y0;
	b->x1 = more.x1 > b->x1 ? more.x1 : b->x1;
	b->y1 = more.y1 > b->y1 ? more.y1 : b->y1;
}

static struct box box_empty(const struct raster *r)
{
	return (struct box){ r->width, r->height, 0, 0 };
}

static uint8_t over(int below, int ink, int coverage)
{
	return (uint8_t)((below * (COVERED - coverage) + ink * coverage + COVERED / 2) / COVERED);
}

static void blend(uint8_t *pixel, struct color color, int coverage)
{
	const uint8_t ink[CHANNELS] = { color.r, color.g, color.b };

	for (int k = 0; k < CHANNELS; k++)
		pixel[k] = over(pixel[k], ink[k], coverage);
}

/* Paints the mask and leaves it zero. */
static void paint_mask(struct canvas *c, struct color color)
{
	for (int y = c->dirty.y0; y < c->dirty.y1; y++)
		for (int x = c->dirty.x0; x < c->dirty.x1; x++) {
			size_t at = pixel_at(c, x, y);

			if (c->mask[at])
				blend(c->r->rgb + at * CHANNELS, color, c->mask[at]);
			c->mask[at] = 0;
		}
	c->dirty = box_empty(c->r);
}

static double distance_to_segment(struct point p, struct point a, struct point b)
{
	struct point along = { b.x - a.x, b.y - a.y }, from = { p.x - a.x, p.y - a.y };
	double length2 = along.x * along.x + along.y * along.y;
	double t = length2 > 0 ? (from.x * along.x + from.y * along.y) / length2 : 0;
	double dx, dy;

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	dx = from.x - t * along.x;
	dy = from.y - t * along.y;
	return sqrt(dx * dx + dy * dy);
}

/* Overlap of the intervals X +- HALF and Y +- 1/2: a pixel's share of a stripe or of a side. */
static double overlap(double x, double half, double y)
{
	double shared = fmin(x + half, y + 0.5) - fmax(x - half, y - 0.5);

	return shared > 0 ? shared : 0;
}

/* Points in pixels. */
static void mask_segment(struct canvas *c, struct point a, struct point b,
                         double half_pen)
{
	struct box box = box_around(c->r, a, b, half_pen + 1);

	for (int y = box.y0; y < box.y1; y++)
		for (int x = box.x0; x < box.x1; x++) {
			struct point middle = { x + 0.5, y + 0.5 };
			double d = distance_to_segment(middle, a, b);
			int coverage = (int)(overlap(0, half_pen, d) * COVERED + 0.5);
			uint8_t *mask = &c->mask[pixel_at(c, x, y)];

			if (coverage > *mask)
				*mask = (uint8_t)coverage;
		}
	box_grow(&c->dirty, box);
}

static struct point between(struct point a, struct point b, double t)
{
	return (struct point){ a.x + t * (b.x - a.x), a.y + t * (b.y - a.y) };
}

/*
 * The dashes of one segment, which begins AT pixels after the start of its path, where the
 * first dash began. Returns the place of its end.
 */
static double mask_dashes(struct canvas *c, struct point a, struct point b,
                          double half_pen, double dash, double at)
{
	double length = hypot(b.x - a.x, b.y - a.y), period = 2 * dash;

	for (long k = (long)floor(at / period); (double)k * period < at + length; k++) {
		double start = (double)k * period - at;
		double from = fmax(start, 0), to = fmin(start + dash, length);

		if (from < to)
			mask_segment(c, between(a, b, from / length), between(a, b, to / length),
			             half_pen);
	}
	return at + length;
}

static struct point scaled(const struct canvas *c, struct point p)
{
	return (struct point){ p.x * c->scale, p.y * c->scale };
}

static void paint_path(struct canvas *c, const struct shape *s)
{
	double half_pen = s->pen.width * c->scale / 2, dash = s->pen.dash * c->scale, at = 0;

	for (size_t i = 1; i < s->count; i++) {
		struct point a = scaled(c, s->points[i - 1]), b = scaled(c, s->points[i]);

		if (dash > 0)
			at = mask_dashes(c, a, b, half_pen, dash, at);
		else
			mask_segment(c, a, b, half_pen);
	}
	paint_mask(c, s->pen.color);
}

static void paint_rect(struct canvas *c, const struct shape *s)
{
	struct point a = scaled(c, s->at), size = scaled(c, s->size);
	struct point b = { a.x + size.x, a.y + size.y }, middle = between(a, b, 0.5);
	struct box box = box_around(c->r, a, b, 0);

	for (int y = box.y0; y < box.y1; y++)
		for (int x = box.x0; x < box.x1; x++) {
			double across = overlap(middle.x, size.x / 2, x + 0.5);
			double down = overlap(middle.y, size.y / 2, y + 0.5);
			uint8_t *pixel = c->r->rgb + pixel_at(c, x, y) * CHANNELS;

			blend(pixel, s->color, (int)(across * down * COVERED + 0.5));
		}
}

/* Lines along which a row of pixels is measured: edges that are nearly level look straight. */
enum { AREA_LINES = 8 };

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Where the outline of S crosses the line at Y, in order. Returns how often. */
static size_t crossings(const struct canvas *c, const struct shape *s, double y, double *x)
{
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++) {
		struct point a = scaled(c, s->points[i]);
		struct point b = scaled(c, s->points[(i + 1) % s->count]);

		if ((a.y <= y) != (b.y <= y))
			x[count++] = between(a, b, (y - a.y) / (b.y - a.y)).x;
	}
	qsort(x, count, sizeof *x, compare_doubles);
	return count;
}

/* Adds the share of each pixel of ROW that lies between FROM and TO, over AREA_LINES. */
static void cover(double *row, int width, double from, double to)
{
	int x0 = clamp(floor(from), width), x1 = clamp(ceil(to), width);
	double middle = (from + to) / 2, half = (to - from) / 2;

	for (int x = x0; x < x1; x++)
		row[x] += overlap(middle, half, x + 0.5) / AREA_LINES;
}

static void area_row(const struct canvas *c, const struct shape *s, int y, double *row, double *x)
{
	for (int k = 0; k < AREA_LINES; k++) {
		size_t count = crossings(c, s, y + (k + 0.5) / AREA_LINES, x);

		for (size_t i = 0; i + 1 < count; i += 2)
			cover(row, c->r->width, x[i], x[i + 1]);
	}
}

static void paint_area(struct canvas *c, const struct shape *s)
{
	double *row = xmalloc((size_t)c->r->width, sizeof *row);
	double *x = xmalloc(s->count, sizeof *x);

	for (int y = 0; y < c->r->height; y++) {
		memset(row, 0, (size_t)c->r->width * sizeof *row);
		area_row(c, s, y, row, x);
		for (int i = 0; i < c->r->width; i++)
			if (row[i] > 0)
				blend(c->r->rgb + pixel_at(c, i, y) * CHANNELS, s->color,
				      (int)(fmin(row[i], 1) * s->opacity * COVERED + 0.5));
	}
	free(x);
	free(row);
}

/* Where a glyph's strokes go: from em squares to pixels. */
struct glyph_place {
	struct canvas *c;
	struct point origin;            /* pixels */
	double size, half_pen;          /* pixels an em, pixels */
	bool upwards;
};

static struct point placed(const struct glyph_place *g, struct point p)
{
	double x = p.x * g->size, y = p.y * g->size;

	if (g->upwards)
		return (struct point){ g->origin.x - y, g->origin.y - x };
	return (struct point){ g->origin.x + x, g->origin.y - y };
}

static void mask_stroke(void *arg, const struct point *points, size_t count)
{
	const struct glyph_place *g = arg;

	for (size_t i = 1; i < count; i++)
		mask_segment(g->c, placed(g, points[i - 1]), placed(g, points[i]),
		             g->half_pen);
}

static void paint_text(struct canvas *c, const struct shape *s)
{
	const struct lettering *l = &s->lettering;
	struct glyph_place g = {
		.c = c,
		.origin = scaled(c, s->at),
		.size = l->size * c->scale,
		.half_pen = font_pen(l->size * c->scale, l->bold) / 2,
		.upwards = l->upwards,
	};
	double width = font_width(s->text, 1, l->bold);
	const double shift[] = {
		[DRAW_START] = 0,
		[DRAW_MIDDLE] = -width / 2,
		[DRAW_END] = -width,
	};

	g.origin = placed(&g, (struct point){ shift[l->anchor], 0 });
	for (const char *text = s->text; *text;) {
		double advance = font_strokes(utf8_next(&text), l->bold, mask_stroke, &g);

		g.origin = placed(&g, (struct point){ advance, 0 });
	}
	paint_mask(c, l->color);
}

static int make_white(struct raster *r, const struct drawing *d, int scale, struct err *e)
{
	double width = ceil(d->width * scale), height = ceil(d->height * scale);
	size_t pixels;

	if (!(width <= SIDE_MAX && height <= SIDE_MAX))
		return err_set(e, "%g x %g pixels are too many, a side has at most %d", width,
		               height, SIDE_MAX);
	pixels = (size_t)width * (size_t)height;
	r->rgb = mem_try(pixels, CHANNELS, e);
	if (!r->rgb)
		return -1;
	memset(r->rgb, COVERED, pixels * CHANNELS);
	r->width = (int)width;
	r->height = (int)height;
	return 0;
}

int raster_paint(struct raster *r, const struct drawing *d, int scale, struct err *e)
{
	static void (*const paint[])(struct canvas *, const struct shape *) = {
		[DRAW_RECT] = paint_rect,
		[DRAW_PATH] = paint_path,
		[DRAW_AREA] = paint_area,
		[DRAW_TEXT] = paint_text,
	};
	struct raster got = {0};
	struct canvas c = { .r = &got, .scale = scale };

	if (make_white(&got, d, scale, e) < 0)
		return -1;
	c.dirty = box_empty(&got);
	c.mask = xcalloc((size_t)got.width * (size_t)got.height, 1);
	for (size_t i = 0; i < d->count; i++)
		paint[d->shapes[i].type](&c, &d->shapes[i]);
	free(c.mask);
	*r = got;
	return 0;
}

void raster_release(struct raster *r)
{
	free(r->rgb);
	*r = (struct raster){0};
}
