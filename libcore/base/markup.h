#pragma once
/* Text within HTML and SVG. */
#include <stdio.h>

/*
 * Writes TEXT as it may stand in an element, or in an attribute between double quotes: & < > " are
 * escaped; what neither may hold (control characters but for tab and newline, invalid UTF-8,
 * characters that Unicode will never assign) becomes U+FFFD. Errors stay in the stream.
 */
void markup_text(FILE *f, const char *text);
