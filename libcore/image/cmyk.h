#pragma once
/* Four inks to RGB, in Pillow's 8-bit arithmetic. */
#include "image/alpha.h"

/* In place: cyan, magenta, yellow and black become red, green, blue and 255. */
static inline void cmyk_to_rgba(uint8_t p[4])
{
	unsigned white = 255 - p[3];

	for (int c = 0; c < 3; c++)
		p[c] = (uint8_t)(white - alpha_times(p[c], white));
	p[3] = 255;
}
