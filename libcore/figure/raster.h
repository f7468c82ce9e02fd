#pragma once
/* Drawings as pixels, antialiased by the distance of each pixel to the pen's path. */
#include <stdint.h>

#include "base/err.h"
#include "figure/draw.h"

struct raster {
	int width, height;
	uint8_t *rgb;                   /* height x width x 3 */
};

/* Paints D, SCALE pixels to a unit. Returns 0, or -1 with E set: too large. */
int raster_paint(struct raster *r, const struct drawing *d, int scale, struct err *e);
void raster_release(struct raster *r);
