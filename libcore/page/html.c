/* The writer of pages; see html.h. */
#include "page/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/markup.h"
#include "base/mem.h"
#include "base/printable.h"

/* Elements that stand in a line of text: no new line behind them. */
static bool is_inline(const char *name)
{
	static const char *const names[] = { "a", "abbr", "b", "bdi", "br", "code", "em", "img",
		                             "small", "span", "strong" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* LIST: names and values in turn, ended by NULL. */
static void put_attributes(struct html *h, const char *const *list)
{
	for (; *list; list += 2) {
		fprintf(h->f, " %s", list[0]);
		if (!*list[1])
			continue;
		fputs("=\"", h->f);
		markup_text(h->f, list[1]);
		putc('"', h->f);
	}
}

void html_start(struct html *h, FILE *f)
{
	*h = (struct html){ .f = f };
	fputs("<!DOCTYPE html>\n", f);
}

static void begin(struct html *h, const char *name)
{
	assert(h->depth < HTML_DEPTH);
	h->open[h->depth++] = name;
	fprintf(h->f, "<%s", name);
}

void html_begin_list(struct html *h, const char *const *list)
{
	begin(h, list[0]);
	put_attributes(h, list + 1);
	putc('>', h->f);
}

void html_end(struct html *h, const char *name)
{
	assert(h->depth > 0 && !strcmp(h->open[h->depth - 1], name));
	h->depth--;
	fprintf(h->f, "</%s>%s", name, is_inline(name) ? "" : "\n");
}

void html_void_list(struct html *h, const char *const *list)
{
	fprintf(h->f, "<%s", list[0]);
	put_attributes(h, list + 1);
	fputs(is_inline(list[0]) ? ">" : ">\n", h->f);
}

static void put_formatted(struct html *h, const char *format, va_list ap)
{
	char *text = xvasprintf(format, ap);

	markup_text(h->f, text);
	free(text);
}

void html_text(struct html *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_formatted(h, format, ap);
	va_end(ap);
}

void html_put(struct html *h, const char *name, const char *format, ...)
{
	va_list ap;

	begin(h, name);
	putc('>', h->f);
	va_start(ap, format);
	put_formatted(h, format, ap);
	va_end(ap);
	html_end(h, name);
}

void html_foreign(struct html *h, const char *text)
{
	char *line = printable(text);

	html_put(h, "bdi", "%s", line);
	free(line);
}

void html_raw(struct html *h, const char *text)
{
	fputs(text, h->f);
}

void html_png(struct html *h, const void *png, size_t size, int width, int height,
              const char *alt)
{
	fprintf(h->f, "<img width=\"%d\" height=\"%d\" alt=\"", width, height);
	markup_text(h->f, alt);
	fputs("\" src=\"data:image/png;base64,", h->f);
	base64_write(h->f, png, size);
	fputs("\">", h->f);
}
