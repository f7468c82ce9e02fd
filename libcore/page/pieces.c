/* Headings, tables, figures of a report; see pieces.h. */
#include "page/pieces.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "figure/svg.h"

void pieces_section(struct html *h, const char *id, const char *title)
{
	char *heading = xasprintf("%s-title", id);

	html_begin(h, "section", "id", id, "aria-labelledby", heading);
	html_begin(h, "h2", "id", heading);
	html_text(h, "%s", title);
	html_end(h, "h2");
	free(heading);
}

void pieces_section_end(struct html *h)
{
	html_end(h, "section");
}

static void paragraph(struct html *h, const char *class, const char *format, va_list ap)
{
	char *text = xvasprintf(format, ap);

	if (class)
		html_begin(h, "p", "class", class);
	else
		html_begin(h, "p");
	html_text(h, "%s", text);
	html_end(h, "p");
	free(text);
}

void pieces_say(struct html *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	paragraph(h, NULL, format, ap);
	va_end(ap);
}

void pieces_note(struct html *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	paragraph(h, "note", format, ap);
	va_end(ap);
}

/* ---- tables ---- */

void pieces_table(struct html *h, const char *caption, const char *const *heads, int n, int left)
{
	html_begin(h, "div", "class", "scroll", "role", "region", "tabindex", "0", "aria-label",
	          caption);
	html_begin(h, "table");
	html_put(h, "caption", "%s", caption);
	html_begin(h, "thead");
	html_begin(h, "tr");
	for (int i = 0; i < n; i++) {
		html_begin(h, "th", "scope", "col", "class", i < left ? "text" : "number");
		html_text(h, "%s", heads[i]);
		html_end(h, "th");
	}
	html_end(h, "tr");
	html_end(h, "thead");
	html_begin(h, "tbody");
}

void pieces_table_end(struct html *h)
{
	html_end(h, "tbody");
	html_end(h, "table");
	html_end(h, "div");
}

void pieces_row(struct html *h, const char *text, const char *name)
{
	html_begin(h, "tr");
	html_begin(h, "th", "scope", "row");
	html_foreign(h, text);
	if (name && strcmp(name, text)) {
		html_text(h, " ");
		html_begin(h, "small");
		html_foreign(h, name);
		html_end(h, "small");
	}
	html_end(h, "th");
}

void pieces_row_end(struct html *h)
{
	html_end(h, "tr");
}

void pieces_cell(struct html *h, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	html_put(h, "td", "%s", text);
	free(text);
}

static void open_number(struct html *h)
{
	html_begin(h, "td", "class", "number");
}

void pieces_count(struct html *h, int64_t n)
{
	open_number(h);
	html_text(h, "%" PRId64, n);
	html_end(h, "td");
}

void pieces_dash(struct html *h)
{
	open_number(h);
	html_text(h, "–");
	html_end(h, "td");
}

/* FORMAT, UNIT: of each number. LINK: between the ends of the interval. */
static void put_interval(struct html *h, const struct interval *i, double scale, int decimals,
                         bool sign, const char *unit, const char *link)
{
	if (interval_is_none(i)) {
		pieces_dash(h);
		return;
	}
	open_number(h);
	html_text(h, sign ? "%+.*f%s" : "%.*f%s", decimals, i->value * scale, unit);
	if (!isnan(i->low)) {
		html_text(h, " ");
		html_begin(h, "small");
		html_text(h, sign ? "%+.*f%s%+.*f" : "%.*f%s%.*f", decimals, i->low * scale, link,
		          decimals, i->high * scale);
		html_end(h, "small");
	}
	html_end(h, "td");
}

void pieces_share(struct html *h, const struct interval *i)
{
	put_interval(h, i, 100, 1, false, "\u00a0%", "–");
}

void pieces_figure(struct html *h, const struct interval *i)
{
	put_interval(h, i, 1, 3, false, "", "–");
}

void pieces_points(struct html *h, const struct interval *i)
{
	put_interval(h, i, 100, 1, true, "", " to ");
}

const char *pieces_of_100(double share, char text[32])
{
	double n = round(100 * share);

	if (n == 0 && share > 0)
		return "fewer than 1";
	if (n == 100 && share < 1)
		return "more than 99";
	sprintf(text, "%.0f", n);
	return text;
}

/* ---- drawings ---- */

void pieces_drawing(struct html *h, struct drawing *d, const char *description,
                    const char *caption)
{
	char *svg;
	size_t size;
	FILE *f = xmemstream(&svg, &size);
	char *width = xasprintf("--width:%.0fpx", d->width);

	svg_write_inline(d, description, f);
	xmemclose(f);
	html_begin(h, "figure");
	html_begin(h, "div", "class", "scroll drawing", "style", width, "role", "region",
	           "tabindex",
	          "0", "aria-label", d->title);
	html_raw(h, svg);
	html_end(h, "div");
	html_put(h, "figcaption", "%s", caption);
	html_end(h, "figure");
	free(width);
	free(svg);
	draw_release(d);
}
