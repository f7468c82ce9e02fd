#pragma once
/*
 * What the sections of a report are made of: headings, tables that can be read aloud and pushed
 * sideways, figures with their intervals, drawings.
 */
#include <stdint.h>

#include "stats/interval.h"
#include "figure/draw.h"
#include "page/html.h"

/* A section called ID in links, with its heading; and its end. */
void pieces_section(struct html *h, const char *id, const char *title);
void pieces_section_end(struct html *h);

/* A paragraph. */
void pieces_say(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pieces_note(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A table of the N columns HEADS, in a region of its own that scrolls where the page is narrow.
 * CAPTION also names the region, so no two tables may have the same. LEFT: how many columns hold
 * text; the others hold numbers.
 */
void pieces_table(struct html *h, const char *caption, const char *const *heads, int n, int left);
void pieces_table_end(struct html *h);

/* A row begins with its heading: TEXT, and faintly NAME unless it is NULL or TEXT again. */
void pieces_row(struct html *h, const char *text, const char *name);
void pieces_row_end(struct html *h);

/* Cells: text, a whole number, a dash for what has no cases. */
void pieces_cell(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pieces_count(struct html *h, int64_t n);
void pieces_dash(struct html *h);

/* A figure and below it its interval: a share as "92.3 %", any other as ".923". */
void pieces_share(struct html *h, const struct interval *i);
void pieces_figure(struct html *h, const struct interval *i);
/* The same of a difference of shares, in points with a sign. */
void pieces_points(struct html *h, const struct interval *i);

/* "92", how many of 100; of what is rounded to none or all but is not: "fewer than 1". */
const char *pieces_of_100(double share, char text[32]);

/* The drawing D, which is released, with CAPTION below; DESCRIPTION for those who cannot see it. */
void pieces_drawing(struct html *h, struct drawing *d, const char *description,
                    const char *caption);
