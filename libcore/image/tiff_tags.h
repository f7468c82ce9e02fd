#pragma once
/*
 * What the first directory of a TIFF says of its pixels, read as Pillow 13 reads it: which
 * tags count, what is assumed where one is missing, and which of them fit together. Tags
 * that pixels do not depend on are never looked at, whatever they hold.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { TIFF_TAGS_COLOURS = 256, TIFF_TAGS_MAX_SAMPLES = 6 };

/* Numbers of one tag; see tiff_tags_number. */
struct tiff_tags_list {
	const uint8_t *data;            /* NULL: the tag is missing */
	uint64_t count;
	int bytes;                      /* of a number: 2, 4 or 8 */
};

struct tiff_tags {
	bool swapped;                   /* the file's byte order is not the machine's */
	uint32_t width, height;
	uint16_t compression, photometric, planar, fill_order, bits;
	uint16_t samples;               /* of a pixel, the unused ones with them */
	uint16_t used;                  /* those that make its colour and alpha, the first */
	uint16_t alpha;                 /* kind of the extra sample that is used, or 0 */
	bool is_signed;
	int orientation;                /* 1 to 8 */
	bool tiled;
	uint32_t block_width, block_height;     /* of strips and tiles */
	struct tiff_tags_list offsets;  /* of strips or tiles */
	bool subsampled;                /* says that chroma is */
	uint8_t palette[TIFF_TAGS_COLOURS][3];
};

/*
 * Reads the first directory of a TIFF of SIZE BYTES, which must outlive T. Returns 0, or -1 with
 * E set: no picture, or one of a kind that Pillow or we do not read.
 */
int tiff_tags_read(struct tiff_tags *t, const uint8_t *bytes, size_t size, struct err *e);

/* Number I of LIST, below its count. */
uint64_t tiff_tags_number(const struct tiff_tags *t, const struct tiff_tags_list *list,
                          uint64_t i);
