#pragma once
/*
 * The entries of a TIFF's first directory that pixels depend on, found as Pillow 13 finds
 * them: of entries of one tag the first counts, those of unknown types or without values
 * are passed over.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TIFF_IFD_IMAGE_WIDTH = 256,
	TIFF_IFD_IMAGE_LENGTH = 257,
	TIFF_IFD_BITS_PER_SAMPLE = 258,
	TIFF_IFD_COMPRESSION = 259,
	TIFF_IFD_PHOTOMETRIC = 262,
	TIFF_IFD_FILL_ORDER = 266,
	TIFF_IFD_STRIP_OFFSETS = 273,
	TIFF_IFD_ORIENTATION = 274,
	TIFF_IFD_SAMPLES_PER_PIXEL = 277,
	TIFF_IFD_ROWS_PER_STRIP = 278,
	TIFF_IFD_PLANAR_CONFIGURATION = 284,
	TIFF_IFD_COLOR_MAP = 320,
	TIFF_IFD_TILE_WIDTH = 322,
	TIFF_IFD_TILE_LENGTH = 323,
	TIFF_IFD_TILE_OFFSETS = 324,
	TIFF_IFD_EXTRA_SAMPLES = 338,
	TIFF_IFD_SAMPLE_FORMAT = 339,
	TIFF_IFD_YCBCR_SUBSAMPLING = 530,
	TIFF_IFD_XMP = 700,
	TIFF_IFD_MEDIA_PHOTO = 0xbc01,
	TIFF_IFD_MAX = 24,
};

struct tiff_ifd_entry {
	int tag, type;
	uint64_t count;
	const uint8_t *data;            /* in the file's byte order */
};

struct tiff_ifd {
	const uint8_t *bytes;
	size_t size;
	bool big_endian, big;           /* big: BigTIFF */
	uint64_t told;                  /* bytes of values so far that lie apart */
	struct tiff_ifd_entry entry[TIFF_IFD_MAX];    /* in the order of the file */
	int entries;
};

bool tiff_ifd_begins(const uint8_t *bytes, size_t size);

/* BYTES, which tiff_ifd_begins has let pass, must outlive D. What is damaged is missing. */
void tiff_ifd_init(struct tiff_ifd *d, const uint8_t *bytes, size_t size);

/* The entry of TAG, one of those above, or NULL. */
const struct tiff_ifd_entry *tiff_ifd_find(const struct tiff_ifd *d, int tag);

/* Holds X whole numbers? */
bool tiff_ifd_is_whole(const struct tiff_ifd_entry *x);
bool tiff_ifd_is_bytes(const struct tiff_ifd_entry *x);
int tiff_ifd_type_bytes(int type);

/* Number I of X, which is whole; negative ones come out as huge ones, which no tag allows. */
uint64_t tiff_ifd_value(const struct tiff_ifd *d, const struct tiff_ifd_entry *x,
                              uint64_t i);

/* The first value of X if it is a whole number of any type; otherwise, or if X is NULL, 0. */
uint64_t tiff_ifd_lenient(const struct tiff_ifd *d, const struct tiff_ifd_entry *x);

/* An unsigned number of as many BYTES. */
uint64_t tiff_ifd_number(const uint8_t *p, int bytes, bool big_endian);
