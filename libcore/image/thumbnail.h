#pragma once
/* Pictures made small enough to be shown. */
#include "image/image.h"

/*
 * Where a side of IM is longer than MOST pixels, makes the longer one MOST and the other in
 * proportion (bicubic). Returns 0, or -1 with E set: out of memory.
 */
int thumbnail_fit(struct image *im, int most, struct err *e);
