#pragma once
/* Writing PNG files, through libpng. Equal pixels give equal files. */
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/*
 * Writes RGB, 8 bits a channel, height x width x 3. Errors of F may also be left to its closing.
 * Returns 0, or -1 with E set.
 */
int png_write_rgb(FILE *f, const uint8_t *rgb, int width, int height, struct err *e);
