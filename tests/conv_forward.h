#pragma once
/* A whole convolution, which the engines make strip by strip. */
#include "nn/conv.h"

static void conv_forward(const struct conv *c, float *y, const float *x, const float *w,
                         const float *b, float *scratch)
{
	for (int strip = 0; strip < conv_strips(c); strip++)
		conv_forward_strip(c, y, x, w, b, scratch, strip);
}
