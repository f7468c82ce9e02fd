/* Aligned text; see table.h. */
#include "base/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { FIRST_ROOM = 64 };

void table_init(struct table *t, const char *align)
{
	*t = (struct table){ .align = align };
}

void table_release(struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){0};
}

void table_add(struct table *t, const char *format, ...)
{
	va_list ap;

	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : FIRST_ROOM;
		t->cells = xrealloc(t->cells, t->room, sizeof *t->cells);
	}
	va_start(ap, format);
	t->cells[t->count++] = xvasprintf(format, ap);
	va_end(ap);
}

static size_t column_width(const struct table *t, size_t column, size_t columns)
{
	size_t width = 0;

	for (size_t i = column; i < t->count; i += columns) {
		size_t n = utf8_count(t->cells[i]);

		if (n > width)
			width = n;
	}
	return width;
}

/* Cells of the row up to its last that is not empty. */
static size_t used_cells(char *const *row, size_t columns)
{
	while (columns > 0 && !*row[columns - 1])
		columns--;
	return columns;
}

static void write_cells(char *const *row, size_t count, const size_t *width,
                        const char *align, FILE *f)
{
	for (size_t j = 0; j < count; j++) {
		int pad = (int)(width[j] - utf8_count(row[j]));
		bool right = align[j] == 'r', last = j + 1 == count;

		fprintf(f, "%s%*s%s%*s", j ? "  " : "", right ? pad : 0, "", row[j],
		        right || last ? 0 : pad, "");
	}
	putc('\n', f);
}

void table_write(const struct table *t, FILE *f)
{
	size_t columns = strlen(t->align);
	size_t *width = xmalloc(columns, sizeof *width);

	assert(t->count % columns == 0);
	for (size_t j = 0; j < columns; j++)
		width[j] = column_width(t, j, columns);
	for (size_t i = 0; i < t->count; i += columns)
		write_cells(t->cells + i, used_cells(t->cells + i, columns), width,
		            t->align, f);
	free(width);
}
