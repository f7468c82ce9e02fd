#pragma once
/* Drawings as SVG 1.1: one file, no scripts, no fonts of its own, text as text. */
#include <stdio.h>

#include "figure/draw.h"

/* Errors stay in the stream. */
void svg_write(const struct drawing *d, FILE *f);
