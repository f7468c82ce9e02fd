#pragma once
/* One picture file as the network's input: what aml-downsample would have made of it. */
#include "base/err.h"
#include "image/resize.h"

/*
 * PATH ("-": stdin) is a TIFF or PNG, resized by R, or an .npy of exactly SIZE x SIZE x CHANNELS
 * ('<f4' 0..1, or '|u1'). Writes size x size x channels floats in 0..1 to OUT.
 * Returns 0, or -1 with E set (PATH named in it).
 */
int picture_load(float *out, const char *path, int size, int channels, struct resize *r,
                 struct err *e);
