#pragma once
/* PNG pictures, through libpng. */
#include "image/image.h"

bool image_is_png(const uint8_t *bytes, size_t size);

/* As image_read, but leaves im->opaque alone. */
int image_png_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e);
