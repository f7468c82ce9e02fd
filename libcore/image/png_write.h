#pragma once
/* Writing PNG files, through libpng. Equal pixels give equal files. */
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/* Flat areas and sharp edges, or shades, which PNG's filters make a third smaller. */
enum png_write_kind { PNG_WRITE_DRAWING, PNG_WRITE_PHOTO };

/*
 * Writes RGB, 8 bits a channel, height x width x 3. Errors of F may also be left to its closing.
 * Returns 0, or -1 with E set.
 */
int png_write_rgb(FILE *f, const uint8_t *rgb, int width, int height,
                  enum png_write_kind kind, struct err *e);
