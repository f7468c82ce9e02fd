#pragma once
/* Drawings as SVG 1.1: one file, no scripts, no fonts of its own, text as text. */
#include <stdio.h>

#include "figure/draw.h"

/* Errors stay in the stream. */
void svg_write(const struct drawing *d, FILE *f);

/*
 * The same as an element of a page of HTML, which declares no namespace; DESCRIPTION, what the
 * drawing shows, for those who do not see it.
 */
void svg_write_inline(const struct drawing *d, const char *description, FILE *f);
