#pragma once
/* Drawings as files: which format a name asks for, and writing it. */
#include <stdio.h>

#include "base/err.h"
#include "figure/draw.h"

/* TSV: the numbers of a figure instead of it, for tools that write them. */
enum render_format { RENDER_NONE, RENDER_SVG, RENDER_PNG, RENDER_TSV };

/* By the ending of PATH (.svg, .png); RENDER_NONE: any other. */
enum render_format render_format(const char *path);
/* The same, and RENDER_TSV for .tsv. */
enum render_format render_format_or_tsv(const char *path);
/* ASKED, or where that is RENDER_NONE the format that PATH asks for. */
enum render_format render_choose(const char *path, enum render_format asked);

/* Returns 0, or -1 with E set. Errors of the stream may also be left to its closing. */
int render_write(const struct drawing *d, enum render_format format, FILE *f,
                 struct err *e);
