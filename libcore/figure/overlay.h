#pragma once
/*
 * A map of numbers from 0 to 1 over a picture, such as where a network looked in it. The
 * colours run from blue over green to yellow, the more opaque the higher: the picture is as it
 * was where the map is 0.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "image/image.h"

/*
 * RGB [height][width][3]: IM, on white where it is transparent, below MAP [height][width].
 * Lightness grows with the map, and hues lie between blue and yellow, so that colour-blind
 * readers see the same; stained cells, which are purple, have none of them.
 */
void overlay_paint(uint8_t *rgb, const struct image *im, const float *map);

/* Writes the same as PNG; MAP NULL: the picture alone. Returns 0, or -1 with E set. */
int overlay_write(FILE *f, const struct image *im, const float *map, struct err *e);
