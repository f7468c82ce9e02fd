#pragma once
/*
 * Picture files as the network's input: decoded, resized to a square, divided by 255.
 * Datasets and predictions both come from here, so their pixels are equal.
 */
#include <stdint.h>

#include "base/err.h"
#include "image/image.h"
#include "image/resize.h"

/* What one thread needs for one picture after the other; the memory is used again. */
struct picture {
	int size;                       /* pixels a side */
	int most;                       /* pixels that a file may have; 0: IMAGE_MAX_PIXELS */
	struct resize *resize;
	struct image image;             /* as the file holds it; its note is the last file's */
	uint8_t *bytes;                 /* [size][size][IMAGE_CHANNELS], of the last picture */
	int width, height;              /* of the last file, before it was resized */
};

void picture_init(struct picture *p, int size, enum resize_filter filter);
void picture_release(struct picture *p);

/* Gives back the memory of a large image, which the next would use again. */
void picture_forget(struct picture *p);

/*
 * Reads the TIFF, PNG or JPEG at PATH ("-": stdin) and resizes it into p->bytes.
 * Returns 0, or -1 with E set (PATH named in it).
 */
int picture_load(struct picture *p, const char *path, struct err *e);

/* p->bytes as floats in 0..1. OUT [size][size][IMAGE_CHANNELS]. */
void picture_floats(const struct picture *p, float *out);

/*
 * What a network of p->size and CHANNELS takes, from PATH ("-": stdin): a TIFF, PNG or JPEG, or an
 * .npy of exactly size x size x channels ('<f4' 0..1, or '|u1'). OUT: as many floats in 0..1.
 * Returns 0, or -1 with E set (PATH named in it).
 */
int picture_input(struct picture *p, float *out, int channels, const char *path,
                  struct err *e);

/* The same from the SIZE bytes of such a file in memory, but no message names a file. */
int picture_read(struct picture *p, float *out, int channels, const uint8_t *bytes, size_t size,
                 struct err *e);

/*
 * After picture_input or picture_read: makes p->image the picture that it read, at its own size.
 * A TIFF, PNG or JPEG is there already; of an array it is IN, its floats, in bytes. Returns 0, or
 * -1 with E set: channels that are neither grey, RGB nor RGBA.
 */
int picture_original(struct picture *p, const float *in, int channels, struct err *e);

/*
 * IN, height x width x channels of floats in 0..1, as a picture in IM. Returns 0, or -1 with E set:
 * channels as above.
 */
int picture_from_floats(struct image *im, const float *in, int width, int height, int channels,
                        struct err *e);
