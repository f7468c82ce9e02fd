/* The SVG back end of a drawing; see svg.h. */
#include "figure/svg.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/markup.h"

/* Faces as wide as font.c: what is measured there fits here. */
static const char faces[] =
	"Verdana, 'DejaVu Sans', 'Bitstream Vera Sans', Geneva, sans-serif";

/* To a hundredth of a pixel, without idle zeros. */
static void put_number(FILE *f, double x)
{
	long hundredths = lround(x * 100);
	long fraction = labs(hundredths) % 100;

	fprintf(f, "%s%ld", hundredths < 0 ? "-" : "", labs(hundredths) / 100);
	if (fraction)
		fprintf(f, ".%ld", fraction / 10);
	if (fraction % 10)
		fprintf(f, "%ld", fraction % 10);
}

static void put_attribute(FILE *f, const char *name, double x)
{
	fprintf(f, " %s=\"", name);
	put_number(f, x);
	putc('"', f);
}

static void put_color(FILE *f, const char *name, struct color c)
{
	fprintf(f, " %s=\"#%02x%02x%02x\"", name, c.r, c.g, c.b);
}

static void put_rect(FILE *f, const struct shape *s)
{
	fputs("<rect", f);
	put_attribute(f, "x", s->at.x);
	put_attribute(f, "y", s->at.y);
	put_attribute(f, "width", s->size.x);
	put_attribute(f, "height", s->size.y);
	put_color(f, "fill", s->color);
	fputs("/>\n", f);
}

static void put_points(FILE *f, const struct shape *s)
{
	fputs("<path d=\"", f);
	for (size_t i = 0; i < s->count; i++) {
		putc(i ? 'L' : 'M', f);
		put_number(f, s->points[i].x);
		putc(' ', f);
		put_number(f, s->points[i].y);
	}
}

static void put_area(FILE *f, const struct shape *s)
{
	put_points(f, s);
	fputs("Z\" fill-rule=\"evenodd\"", f);
	put_color(f, "fill", s->color);
	put_attribute(f, "fill-opacity", s->opacity);
	fputs("/>\n", f);
}

static void put_path(FILE *f, const struct shape *s)
{
	put_points(f, s);
	putc('"', f);
	put_color(f, "stroke", s->pen.color);
	put_attribute(f, "stroke-width", s->pen.width);
	if (s->pen.dash > 0)
		put_attribute(f, "stroke-dasharray", s->pen.dash);
	fputs("/>\n", f);
}

static void put_lettering(FILE *f, const struct shape *s)
{
	static const char *const anchor[] = { "start", "middle", "end" };

	fputs("<text", f);
	put_attribute(f, "x", s->at.x);
	put_attribute(f, "y", s->at.y);
	put_attribute(f, "font-size", s->lettering.size);
	put_color(f, "fill", s->lettering.color);
	if (s->lettering.bold)
		fputs(" font-weight=\"bold\"", f);
	if (s->lettering.anchor != DRAW_START)
		fprintf(f, " text-anchor=\"%s\"", anchor[s->lettering.anchor]);
	if (s->lettering.upwards) {
		fputs(" transform=\"rotate(-90 ", f);
		put_number(f, s->at.x);
		putc(' ', f);
		put_number(f, s->at.y);
		fputs(")\"", f);
	}
	putc('>', f);
	markup_text(f, s->text);
	fputs("</text>\n", f);
}

static void put_size(FILE *f, const struct drawing *d)
{
	put_attribute(f, "width", d->width);
	put_attribute(f, "height", d->height);
	fputs(" viewBox=\"0 0 ", f);
	put_number(f, d->width);
	putc(' ', f);
	put_number(f, d->height);
	fputs("\"", f);
}

/* After the size: what all drawings share, and the title, which makes their name. */
static void put_head(FILE *f, const struct drawing *d)
{
	fprintf(f, " role=\"img\" font-family=\"%s\" fill=\"none\"", faces);
	fputs(" stroke-linecap=\"round\" stroke-linejoin=\"round\"", f);
	fputs(" xml:space=\"preserve\">\n<title>", f);
	markup_text(f, d->title);
	fputs("</title>\n", f);
}

static void put_shapes(FILE *f, const struct drawing *d)
{
	static void (*const put[])(FILE *, const struct shape *) = {
		[DRAW_RECT] = put_rect,
		[DRAW_PATH] = put_path,
		[DRAW_AREA] = put_area,
		[DRAW_TEXT] = put_lettering,
	};

	fputs("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n", f);
	for (size_t i = 0; i < d->count; i++)
		put[d->shapes[i].type](f, &d->shapes[i]);
	fputs("</svg>\n", f);
}

void svg_write(const struct drawing *d, FILE *f)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", f);
	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\"", f);
	put_size(f, d);
	put_head(f, d);
	put_shapes(f, d);
}

void svg_write_inline(const struct drawing *d, const char *description, FILE *f)
{
	fputs("<svg", f);
	put_size(f, d);
	put_head(f, d);
	fputs("<desc>", f);
	markup_text(f, description);
	fputs("</desc>\n", f);
	put_shapes(f, d);
}
