/* Pixels: coverage, overlap, dashes, letters. */
#include "tap.h"

#include "figure/font.h"
#include "figure/raster.h"

static const struct color black = { 0, 0, 0 }, red = { 200, 0, 0 };

static struct raster painted(struct drawing *d, int scale)
{
	struct raster r = {0};
	struct err e;

	if (raster_paint(&r, d, scale, &e) < 0)
		puts(e.text);
	draw_release(d);
	return r;
}

/* Red, green or blue of a pixel. */
static int at(const struct raster *r, int x, int y, int channel)
{
	return r->rgb[((size_t)y * (size_t)r->width + (size_t)x) * 3 + (size_t)channel];
}

static long ink(const struct raster *r, int x0, int x1)
{
	long sum = 0;

	for (int y = 0; y < r->height; y++)
		for (int x = x0; x < x1; x++)
			sum += 255 - at(r, x, y, 1);
	return sum;
}

static void test_rect(void)
{
	struct drawing d;
	struct raster r;

	draw_init(&d, 8.2, 4, "");
	draw_rect(&d, 1, 1, 2.5, 1, red);
	draw_rect(&d, -5, 3, 100, 100, black);
	r = painted(&d, 1);
	ok(r.width == 9 && r.height == 4, "sizes are rounded up");
	is_int(at(&r, 0, 0, 0), 255, "the ground is white");
	ok(at(&r, 1, 1, 0) == 200 && at(&r, 1, 1, 1) == 0, "inside the rectangle");
	is_int(at(&r, 3, 1, 1), 127, "half a pixel is half covered");
	is_int(at(&r, 4, 1, 1), 255, "right of it");
	is_int(at(&r, 8, 3, 1), 0, "what reaches over the edge is cut");
	raster_release(&r);
}

static void test_line(void)
{
	struct drawing d;
	struct raster r;

	draw_init(&d, 20, 9, "");
	draw_line(&d, (struct point){ 4, 4.5 }, (struct point){ 16, 4.5 },
	          (struct pen){ black, 2, 0 });
	r = painted(&d, 1);
	is_int(at(&r, 10, 4, 1), 0, "the middle of a line of two pixels is covered");
	is_int(at(&r, 10, 3, 1), 127, "its sides by half");
	is_int(at(&r, 10, 2, 1), 255, "and no more");
	ok(at(&r, 3, 4, 1) < 255 && at(&r, 2, 4, 1) == 255, "its cap is round");
	raster_release(&r);
	draw_init(&d, 9, 9, "");
	draw_dot(&d, (struct point){ 4.5, 4.5 }, 6, black);
	r = painted(&d, 1);
	is_near((double)ink(&r, 0, 9) / 255, 28.3, 1, "a dot covers its area");
	raster_release(&r);
}

/* A path that crosses itself is as dark at the crossing as elsewhere. */
static void test_overlap(void)
{
	const struct point cross[] = { { 2, 2 }, { 8, 8 }, { 8, 2 }, { 2, 8 } };
	struct drawing d;
	struct raster r;

	draw_init(&d, 10, 10, "");
	draw_path(&d, cross, 4, (struct pen){ black, 0.5, 0 });
	r = painted(&d, 1);
	is_int(at(&r, 8, 5, 1), at(&r, 7, 5, 1), "both sides of the upright part");
	ok(at(&r, 4, 4, 1) == at(&r, 3, 3, 1), "at the crossing as before it");
	raster_release(&r);
}

static void test_dashes(void)
{
	const struct point bent[] = { { 0, 2 }, { 15, 2 }, { 30, 2 } };
	struct drawing d;
	struct raster r;

	draw_init(&d, 40, 4, "");
	draw_path(&d, bent, 3, (struct pen){ black, 1, 5 });
	r = painted(&d, 1);
	ok(at(&r, 2, 2, 1) < 200 && at(&r, 12, 2, 1) < 200 && at(&r, 22, 2, 1) < 200, "dashes");
	ok(at(&r, 7, 2, 1) == 255 && at(&r, 17, 2, 1) == 255 && at(&r, 27, 2, 1) == 255, "gaps");
	raster_release(&r);
}

static void test_area(void)
{
	const struct point square[] = { { 1, 1 }, { 5.5, 1 }, { 5.5, 6 }, { 1, 6 } };
	const struct point slope[] = { { -8, 0 }, { 0, 0 }, { 8, 8 }, { -8, 8 } };
	const struct point knot[] = { { 0, 0 }, { 8, 8 }, { 8, 0 }, { 0, 8 } };
	struct drawing d;
	struct raster r;

	draw_init(&d, 8, 8, "");
	draw_area(&d, square, 4, red, 0.2);
	r = painted(&d, 1);
	ok(at(&r, 3, 3, 0) == 244 && at(&r, 3, 3, 1) == 204, "a fifth of the colour");
	is_int(at(&r, 5, 3, 1), 229, "half of it at an edge inside a pixel");
	ok(at(&r, 6, 3, 1) == 255 && at(&r, 3, 0, 1) == 255 && at(&r, 3, 6, 1) == 255,
	   "none outside");
	raster_release(&r);
	draw_init(&d, 8, 8, "");
	draw_area(&d, slope, 4, black, 1);
	r = painted(&d, 1);
	ok(at(&r, 0, 4, 1) == 0 && at(&r, 7, 4, 1) == 255,
	   "both sides of a slope, cut at the edge");
	is_near(at(&r, 4, 4, 1), 127, 1, "on the slope half");
	raster_release(&r);
	draw_init(&d, 8, 8, "");
	draw_area(&d, knot, 4, black, 1);
	r = painted(&d, 1);
	is_near((double)ink(&r, 0, 8) / 255, 32, 0.5, "an outline that crosses itself");
	raster_release(&r);
}

/* All that a text covers lies in the box that its measures promise. */
static void fits(const char *text, bool bold, bool upwards)
{
	double size = 20, width = font_width(text, size, bold);
	struct drawing d;
	struct raster r;

	draw_init(&d, 400, 400, "");
	draw_text(&d, 200, 200, text,
	          (struct lettering){ size, bold, upwards, DRAW_MIDDLE, black });
	r = painted(&d, 1);
	if (upwards) {
		ok(ink(&r, 180, 206) == ink(&r, 0, 400), "%s: upwards on its line", text);
	} else {
		int left = (int)floor(200 - width / 2), right = (int)ceil(200 + width / 2);

		ok(ink(&r, left, right) == ink(&r, 0, 400), "%s: as wide as measured", text);
	}
	ok(ink(&r, 0, 400) > 0, "%s: is seen", text);
	raster_release(&r);
}

static void test_text(void)
{
	fits("Metamyelocyte (segmented)", false, false);
	fits("Metamyelocyte (segmented)", true, false);
	fits("{WAV}@0123456789", true, false);
	fits("ÄÖÜäöüßéèêëçñøåÅÉÇØ", false, false);
	fits("Ψ中\xff", false, false);
	fits("jumps over", false, true);
	is_near(font_width("AA", 10, false), 2 * font_width("A", 10, false), 1e-9, "widths add up");
	is_near(font_width("ü", 10, false), font_width("u", 10, false), 0, "accents add nothing");
	ok(font_width("i", 10, true) > font_width("i", 10, false), "bold is wider");
}

static long strokes;
static void count_strokes(void *arg, const struct point *points, size_t count)
{
	(void)arg;
	(void)points;
	strokes += count > 1;
}

/* Every character has strokes, apart from the blanks. */
static void test_glyphs(void)
{
	for (uint32_t c = 0x20; c < 0x180; c++) {
		strokes = 0;
		font_strokes(c, false, count_strokes, NULL);
		if ((strokes > 0) == (c == ' ' || c == 0xa0))
			ok(false, "U+%04X has %ld strokes", c, strokes);
	}
	strokes = 0;
	font_strokes(0xcb, false, count_strokes, NULL);
	is_int(strokes, 4, "an E with two dots has two strokes and two dots");
}

static void test_large(void)
{
	struct drawing d;
	struct raster r;
	struct err e = {0};

	draw_init(&d, 20000, 1, "");
	is_int(raster_paint(&r, &d, 2, &e), -1, "a picture that is too wide is refused");
	is_text(e.text, "40000 x 2 pixels are too many, a side has at most 32768", "its sizes");
	draw_release(&d);
}

int main(void)
{
	test_rect();
	test_line();
	test_overlap();
	test_dashes();
	test_area();
	test_text();
	test_glyphs();
	test_large();
	return tap_end();
}
