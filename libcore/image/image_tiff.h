#pragma once
/* TIFF pictures, the first of a file, through libtiff. */
#include "image/image.h"

bool image_is_tiff(const uint8_t *bytes, size_t size);

/* As image_read, but leaves im->opaque alone. */
int image_tiff_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e);
