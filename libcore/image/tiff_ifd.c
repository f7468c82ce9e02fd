/* The entries of a TIFF that pixels depend on; see tiff_ifd.h. */
#include "image/tiff_ifd.h"

#include <string.h>

enum { MAGIC_BYTES = 4 };

enum type {
	TYPE_BYTE = 1,
	TYPE_SHORT = 3,
	TYPE_LONG,
	TYPE_RATIONAL,
	TYPE_SBYTE,
	TYPE_UNDEFINED,
	TYPE_SSHORT,
	TYPE_SLONG,
	TYPE_SRATIONAL,
	TYPE_FLOAT,
	TYPE_DOUBLE,
	TYPE_IFD,
	TYPE_LONG8 = 16,
};

static const uint16_t wanted[] = {
	TIFF_IFD_IMAGE_WIDTH,    TIFF_IFD_IMAGE_LENGTH,         TIFF_IFD_BITS_PER_SAMPLE,
	TIFF_IFD_COMPRESSION,    TIFF_IFD_PHOTOMETRIC,          TIFF_IFD_FILL_ORDER,
	TIFF_IFD_STRIP_OFFSETS,  TIFF_IFD_ORIENTATION,          TIFF_IFD_SAMPLES_PER_PIXEL,
	TIFF_IFD_ROWS_PER_STRIP, TIFF_IFD_COLOR_MAP,            TIFF_IFD_TILE_WIDTH,
	TIFF_IFD_TILE_LENGTH,    TIFF_IFD_PLANAR_CONFIGURATION, TIFF_IFD_TILE_OFFSETS,
	TIFF_IFD_EXTRA_SAMPLES,  TIFF_IFD_SAMPLE_FORMAT,        TIFF_IFD_YCBCR_SUBSAMPLING,
	TIFF_IFD_XMP,            TIFF_IFD_MEDIA_PHOTO,
};

bool tiff_ifd_begins(const uint8_t *bytes, size_t size)
{
	static const char magic[][MAGIC_BYTES + 1] = {
		"II*\0", "MM\0*", "II+\0", "MM\0+",
	};

	for (size_t i = 0; size >= MAGIC_BYTES && i < sizeof magic / sizeof *magic; i++)
		if (!memcmp(bytes, magic[i], MAGIC_BYTES))
			return true;
	return false;
}

uint64_t tiff_ifd_number(const uint8_t *p, int bytes, bool big_endian)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[big_endian ? i : bytes - 1 - i];
	return v;
}

/* Bytes of a value; 0: a type that Pillow passes over. */
int tiff_ifd_type_bytes(int type)
{
	static const uint8_t bytes[] = {
		0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8,
	};

	return type < (int)sizeof bytes ? bytes[type] : 0;
}

static bool is_wanted(int tag)
{
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (wanted[i] == tag)
			return true;
	return false;
}

const struct tiff_ifd_entry *tiff_ifd_find(const struct tiff_ifd *d, int tag)
{
	for (int i = 0; i < d->entries; i++)
		if (d->entry[i].tag == tag)
			return &d->entry[i];
	return NULL;
}

/*
 * Finds the values of entry X, whose last field lies at FIELD. False: the directory is
 * taken to end before it. One that is passed over has no count.
 */
static bool find_values(struct tiff_ifd *d, struct tiff_ifd_entry *x, const uint8_t *field)
{
	int unit = tiff_ifd_type_bytes(x->type), room = d->big ? 8 : 4;
	uint64_t at;

	if (!unit || x->count > UINT64_MAX / 16) {
		x->count = 0;
		return true;
	}
	x->data = field;
	if (x->count * (uint64_t)unit <= (uint64_t)room)
		return true;
	at = tiff_ifd_number(field, room, d->big_endian);
	d->told += x->count * (uint64_t)unit;
	if (d->told > d->size) {
		x->count = 0;
		return true;
	}
	if (at > d->size || x->count * (uint64_t)unit > d->size - at)
		return false;
	x->data = d->bytes + at;
	return true;
}

/* Of entries of one tag the first counts. */
static void read_entries(struct tiff_ifd *d)
{
	size_t head = d->big ? 16 : 8, counter = d->big ? 8 : 2, step = d->big ? 20 : 12;
	const uint8_t *p;
	uint64_t at, n;

	if (d->size < head)
		return;
	at = tiff_ifd_number(d->bytes + head / 2, (int)head / 2, d->big_endian);
	if (at > d->size || d->size - at < counter)
		return;
	n = tiff_ifd_number(d->bytes + at, (int)counter, d->big_endian);
	p = d->bytes + at + counter;
	for (; n && (size_t)(d->bytes + d->size - p) >= step; n--, p += step) {
		struct tiff_ifd_entry x = {
			.tag = (int)tiff_ifd_number(p, 2, d->big_endian),
			.type = (int)tiff_ifd_number(p + 2, 2, d->big_endian),
			.count = tiff_ifd_number(p + 4, d->big ? 8 : 4, d->big_endian),
		};

		if (!tiff_ifd_find(d, x.tag)) {
			if (!find_values(d, &x, p + (d->big ? 12 : 8)))
				return;
			if (x.count && is_wanted(x.tag))
				d->entry[d->entries++] = x;
		}
	}
}

/* ---- values ---- */

static bool is_signed_type(int type)
{
	return type == TYPE_SBYTE || type == TYPE_SSHORT || type == TYPE_SLONG;
}

bool tiff_ifd_is_whole(const struct tiff_ifd_entry *x)
{
	int type = x->type;

	return type == TYPE_SHORT || type == TYPE_LONG || type == TYPE_IFD ||
	       type == TYPE_LONG8 ||
	       is_signed_type(type);
}

uint64_t tiff_ifd_value(const struct tiff_ifd *d, const struct tiff_ifd_entry *x, uint64_t i)
{
	int unit = tiff_ifd_type_bytes(x->type);
	uint64_t v = tiff_ifd_number(x->data + i * (uint64_t)unit, unit, d->big_endian);

	if (is_signed_type(x->type) && v >> (8 * unit - 1))
		return UINT64_MAX;
	return v;
}

/* A fraction that is a whole number, 0 otherwise. */
static uint64_t quotient(const struct tiff_ifd *d, const struct tiff_ifd_entry *x)
{
	int64_t a, b;

	a = (int64_t)tiff_ifd_number(x->data, 4, d->big_endian);
	b = (int64_t)tiff_ifd_number(x->data + 4, 4, d->big_endian);
	if (x->type == TYPE_SRATIONAL) {
		a = (int32_t)a;
		b = (int32_t)b;
	}
	return b && a % b == 0 ? (uint64_t)(a / b) : 0;
}

static uint64_t from_float(const struct tiff_ifd *d, const struct tiff_ifd_entry *x)
{
	uint64_t bits = tiff_ifd_number(x->data, tiff_ifd_type_bytes(x->type), d->big_endian);
	uint32_t low = (uint32_t)bits;
	double v;
	float single;

	memcpy(&v, &bits, sizeof v);
	memcpy(&single, &low, sizeof single);
	if (x->type == TYPE_FLOAT)
		v = (double)single;
	return v >= 0 && v < UINT16_MAX && v == (double)(uint64_t)v ? (uint64_t)v : 0;
}

uint64_t tiff_ifd_lenient(const struct tiff_ifd *d, const struct tiff_ifd_entry *x)
{
	if (!x)
		return 0;
	if (tiff_ifd_is_whole(x))
		return tiff_ifd_value(d, x, 0);
	if (x->type == TYPE_RATIONAL || x->type == TYPE_SRATIONAL)
		return quotient(d, x);
	return x->type == TYPE_FLOAT || x->type == TYPE_DOUBLE ? from_float(d, x) : 0;
}

bool tiff_ifd_is_bytes(const struct tiff_ifd_entry *x)
{
	return x->type == TYPE_BYTE || x->type == TYPE_UNDEFINED;
}

void tiff_ifd_init(struct tiff_ifd *d, const uint8_t *bytes, size_t size)
{
	memset(d, 0, sizeof *d);
	d->bytes = bytes;
	d->size = size;
	d->big_endian = bytes[0] == 'M';
	d->big = bytes[2] == '+' || bytes[3] == '+';
	read_entries(d);
}
