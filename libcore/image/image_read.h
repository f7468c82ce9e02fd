#pragma once
/*
 * Pictures from files: TIFF, PNG or JPEG, told apart by their first bytes, and converted as
 * Pillow's Image.open(path).convert("RGBA") does. A file that is damaged anywhere in the
 * picture is an error.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/image.h"

/*
 * Reads the file at PATH ("-": stdin) into IM, which is zero, released, or holds an
 * earlier picture.
 * Returns 0, or -1 with E set (PATH named in it): IM has no size then, and is released as
 * ever. E tells damage from failures of the machine, those of opening among them.
 */
int image_read_file(struct image *im, const char *path, struct err *e);

/* The same for a file that lies in memory. Thread-safe. */
int image_read(struct image *im, const uint8_t *bytes, size_t size, struct err *e);

/*
 * Bytes of a file's NAME before the ending of a picture (.tiff, .tif, .png, .jpg, .jpeg, in any
 * case); 0: it has none.
 */
size_t image_read_stem(const char *name);
