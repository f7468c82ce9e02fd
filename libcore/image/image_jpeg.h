#pragma once
/* JPEG pictures, through libjpeg-turbo. */
#include "image/image.h"

bool image_is_jpeg(const uint8_t *bytes, size_t size);

/* As image_read, but leaves im->opaque alone. */
int image_jpeg_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e);
