/* What a TIFF says of its pixels, as Pillow reads it (TiffImagePlugin.py); see tiff_tags.h. */
#include "image/tiff_tags.h"

#include <string.h>

#include "image/tiff_ifd.h"

enum {
	NO_PHOTOMETRIC = 0,             /* what a file without the tag is taken for */
	NOT_COMPRESSED = 1,
	UNSIGNED = 1,
	SIGNED = 2,
	MAX_EXTRAS = 3,
};

static int check_whole(const struct tiff_ifd_entry *x, struct err *e)
{
	if (tiff_ifd_is_whole(x))
		return 0;
	return err_set(e, "tag %d of a TIFF holds values of type %d, not whole numbers", x->tag,
	               x->type);
}

/* The first value of TAG, of at most MOST, or OTHERWISE where the tag is missing. */
static int one(const struct tiff_ifd *d, int tag, uint64_t otherwise, uint64_t most,
               uint64_t *out, struct err *e)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, tag);

	*out = otherwise;
	if (!x || (tag == TIFF_IFD_PHOTOMETRIC && x->count > 1))
		return 0;
	if (check_whole(x, e) < 0)
		return -1;
	*out = tiff_ifd_value(d, x, 0);
	if (*out > most)
		return err_set(e, "tag %d of a TIFF is %llu, at most %llu is known", tag,
		               (unsigned long long)*out, (unsigned long long)most);
	return 0;
}

static int one16(const struct tiff_ifd *d, int tag, uint16_t otherwise, uint16_t *out,
                 struct err *e)
{
	uint64_t v;

	if (one(d, tag, otherwise, UINT16_MAX, &v, e) < 0)
		return -1;
	*out = (uint16_t)v;
	return 0;
}

static int one32(const struct tiff_ifd *d, int tag, uint32_t otherwise, uint32_t *out,
                 struct err *e)
{
	uint64_t v;

	if (one(d, tag, otherwise, UINT32_MAX, &v, e) < 0)
		return -1;
	*out = (uint32_t)v;
	return 0;
}

/* ---- what fits together ---- */

/* The kind of a picture, as Pillow's table has it. */
struct kind {
	int photometric, fill_order, samples, bits, extras;
	int dropped;                    /* extras of no meaning that count for nothing */
	bool is_signed, big_endian;
	uint64_t extra[MAX_EXTRAS];
};

/* All values of TAG, which must be equal; 0 where it is missing. COUNT: how many. */
static int same(const struct tiff_ifd *d, int tag, uint64_t *out, uint64_t *count,
                struct err *e)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, tag);

	*out = 0;
	*count = x ? x->count : 0;
	if (!x)
		return 0;
	if (check_whole(x, e) < 0)
		return -1;
	*out = tiff_ifd_value(d, x, 0);
	for (uint64_t i = 1; i < x->count; i++)
		if (tiff_ifd_value(d, x, i) != *out)
			return err_set(e, "TIFF of samples that differ in tag %d", tag);
	return 0;
}

static int colours(int photometric)
{
	switch (photometric) {
	case 0:
	case 1:
	case 3:
		return 1;
	case 2:
	case 6:
		return 3;
	case 5:
		return 4;
	}
	return 0;
}

static bool extras_are_zero(const struct kind *k, int from)
{
	for (int i = from; i < k->extras; i++)
		if (k->extra[i])
			return false;
	return true;
}

static bool knows_extras(const struct kind *k)
{
	uint64_t first = k->extra[0];

	if (!k->extras)
		return true;
	if (k->is_signed || k->fill_order != 1 || !extras_are_zero(k, 1))
		return false;
	switch (k->photometric) {
	case 1:
	case 3:
		return k->bits == 8 && k->extras == 1 && (first == 0 || first == 2);
	case 2:
		if (first == 999)
			return k->bits == 8 && k->extras == 1;
		return first <= 2 && (k->bits == 8 || k->extras == 1);
	case 5:
		return k->bits == 8 && k->extras <= 2 && first == 0;
	}
	return false;
}

static bool knows_bits(const struct kind *k)
{
	bool packed = k->bits == 1 || k->bits == 2 || k->bits == 4 || k->bits == 8;

	switch (k->photometric) {
	case 0:
		return packed || (k->bits == 16 && !k->big_endian && k->fill_order == 1);
	case 1:
		return packed || (k->bits == 16 && (!k->big_endian || k->fill_order == 1));
	case 3:
		return packed;
	case 2:
		return k->bits == 8 || (k->bits == 16 && k->fill_order == 1);
	case 5:
		return (k->bits == 8 || k->bits == 16) && k->fill_order == 1;
	case 6:
		return k->bits == 8 && k->fill_order == 1;
	}
	return false;
}

static bool knows(const struct kind *k)
{
	int n = colours(k->photometric) + k->extras;
	bool fits = k->samples == n;

	if (k->photometric == 2 && !k->extras && k->fill_order == 1)
		fits = k->samples == 3 || k->samples == 4;
	if (k->photometric == 6)
		fits = k->samples == 1 || k->samples == 3;
	if (k->is_signed && (k->photometric != 1 || k->fill_order != 1 || k->bits < 8))
		return false;
	return fits && (k->fill_order == 1 || k->fill_order == 2) && knows_bits(k) &&
	       knows_extras(k);
}

/*
 * Kinds that Pillow knows and yet stumbles over, or reads as noise: in planes that are not
 * compressed it takes each letter of a raw mode ("L;4", "RGB;16L") for a plane; it has no raw modes
 * for some reversed bits; and it swaps the bytes of signed samples that libtiff swapped.
 */
static bool is_misread(const struct kind *k, bool compressed, bool planar)
{
	if (compressed)
		return k->is_signed && k->bits == 16 && k->big_endian;
	if (k->fill_order == 2 && ((k->photometric == 0 && k->bits == 8) ||
	                           (k->photometric == 3 && k->bits < 8)))
		return true;
	if (!planar)
		return false;
	if (k->photometric == 1 && k->bits == 1)
		return k->fill_order != 1;
	return k->bits != 8 || k->fill_order != 1 || k->photometric == 0 ||
	       (k->photometric == 6 && k->samples > 1) || k->dropped ||
	       (k->extras && (k->photometric != 2 || k->extra[0] == 1));
}

static int refuse(const struct kind *k, const char *why, struct err *e)
{
	return err_set(e, "TIFF of photometric interpretation %d with %d samples of %d bits, %d "
	               "extra, %s", k->photometric, k->samples, k->bits, k->extras, why);
}

static int read_extras(struct kind *k, const struct tiff_ifd *d, struct err *e)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, TIFF_IFD_EXTRA_SAMPLES);

	if (!x)
		return 0;
	if (check_whole(x, e) < 0)
		return -1;
	if (x->count > MAX_EXTRAS)
		return err_set(e, "TIFF of %llu extra samples is not supported",
		               (unsigned long long)x->count);
	k->extras = (int)x->count;
	for (int i = 0; i < k->extras; i++)
		k->extra[i] = tiff_ifd_value(d, x, (uint64_t)i);
	return 0;
}

static int read_format(struct kind *k, const struct tiff_ifd *d, struct err *e)
{
	uint64_t format, count;

	if (same(d, TIFF_IFD_SAMPLE_FORMAT, &format, &count, e) < 0)
		return -1;
	if (count && format != UNSIGNED && format != SIGNED)
		return err_set(e, "TIFF of sample format %llu is not supported",
		               (unsigned long long)format);
	k->is_signed = format == SIGNED;
	return 0;
}

/* One number of bits stands for all samples; too many are cut off. */
static int read_bits(struct kind *k, const struct tiff_ifd *d, struct err *e)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, TIFF_IFD_BITS_PER_SAMPLE);
	uint64_t told = x ? x->count : 1;

	if (x && check_whole(x, e) < 0)
		return -1;
	told = told > (uint64_t)k->dropped ? told - (uint64_t)k->dropped : 0;
	k->bits = x ? (int)(tiff_ifd_value(d, x, 0) & UINT16_MAX) : 1;
	if (told != 1 && told < (uint64_t)k->samples)
		return refuse(k, "does not fit together", e);
	for (uint64_t i = 0; x && i < told && i < (uint64_t)k->samples; i++)
		if (tiff_ifd_value(d, x, i) != (uint64_t)k->bits)
			return err_set(e, "TIFF of samples that differ in bits");
	return 0;
}

/* Which samples are kept: an extra one of unknown meaning (kind 0) is dropped. */
static void choose_samples(struct tiff_tags *t, const struct kind *k)
{
	int n = k->photometric == 6 && k->samples == 1 ? 1 : colours(k->photometric);

	t->used = (uint16_t)n;
	if (k->photometric == 2 && k->samples == 4 && !k->extras) {
		t->alpha = 2;
		t->used++;
	} else if (k->extras && k->extra[0]) {
		t->alpha = (uint16_t)k->extra[0];
		t->used++;
	}
}

static int read_kind(struct tiff_tags *t, const struct tiff_ifd *d, struct err *e)
{
	struct kind k = { .photometric = t->photometric, .fill_order = t->fill_order,
		          .big_endian = d->big_endian };

	if (one16(d, TIFF_IFD_SAMPLES_PER_PIXEL, 1, &t->samples, e) < 0)
		return -1;
	if (t->samples > TIFF_TAGS_MAX_SAMPLES)
		return err_set(e, "TIFF of %d samples is not supported", t->samples);
	if (read_extras(&k, d, e) < 0 || read_format(&k, d, e) < 0)
		return -1;
	/* planes of unknown meaning behind the others are as good as missing */
	if (t->planar == 2 && extras_are_zero(&k, 0)) {
		k.dropped = k.extras;
		k.extras = 0;
	}
	k.samples = t->samples - k.dropped;
	if (read_bits(&k, d, e) < 0)
		return -1;
	if (!knows(&k))
		return refuse(&k, "is not supported", e);
	if (is_misread(&k, t->compression != NOT_COMPRESSED, t->planar == 2))
		return refuse(&k, t->planar == 2 ? "in planes, is not supported"
		                                 : "in this byte or bit order, is not supported",
		              e);
	t->bits = (uint16_t)k.bits;
	t->is_signed = k.is_signed;
	choose_samples(t, &k);
	return 0;
}

/* ---- the rest ---- */

/* What lies beyond an incomplete palette is black, as in Pillow. */
static int read_palette(struct tiff_tags *t, const struct tiff_ifd *d, struct err *e)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, TIFF_IFD_COLOR_MAP);
	uint64_t n;

	if (t->photometric != 3)
		return 0;
	if (!x)
		return err_set(e, "damaged TIFF: no colour map");
	n = x->count / 3;
	if (check_whole(x, e) < 0)
		return -1;
	if (!n || n > TIFF_TAGS_COLOURS || x->count % 3)
		return err_set(e, "damaged TIFF: a colour map of %llu numbers",
		               (unsigned long long)x->count);
	for (uint64_t i = 0; i < x->count; i++)
		t->palette[i % n][i / n] = (uint8_t)(tiff_ifd_value(d, x, i) >> 8);
	return 0;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The first tiff:Orientation="N" or <tiff:Orientation>N of an XMP packet; otherwise 1. */
static int xmp_orientation(const uint8_t *p, size_t size)
{
	static const char name[] = "tiff:Orientation";
	const uint8_t *end = p + size;
	size_t n = sizeof name - 1;

	while ((p = memmem(p, (size_t)(end - p), name, n))) {
		p += n;
		if (end - p >= 3 && !memcmp(p, "=\"", 2) && is_digit(p[2]))
			return p[2] - '0';
		if (end - p >= 2 && *p == '>' && is_digit(p[1]))
			return p[1] - '0';
	}
	return 1;
}

static int read_orientation(struct tiff_tags *t, const struct tiff_ifd *d, struct err *e)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, TIFF_IFD_ORIENTATION);
	const struct tiff_ifd_entry *xmp = tiff_ifd_find(d, TIFF_IFD_XMP);
	uint64_t v = 1;

	if (x)
		v = tiff_ifd_lenient(d, x);
	else if (xmp && !tiff_ifd_is_bytes(xmp))
		return err_set(e, "TIFF with an XMP packet of type %d", xmp->type);
	else if (xmp)
		v = (uint64_t)xmp_orientation(xmp->data, xmp->count);
	t->orientation = v >= 1 && v <= 8 ? (int)v : 1;
	return 0;
}

static int read_blocks(struct tiff_tags *t, const struct tiff_ifd *d, struct err *e)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, TIFF_IFD_STRIP_OFFSETS);

	t->tiled = !x;
	if (!x && !(x = tiff_ifd_find(d, TIFF_IFD_TILE_OFFSETS)))
		return err_set(e, "damaged TIFF: neither strips nor tiles");
	if (check_whole(x, e) < 0)
		return -1;
	t->offsets = (struct tiff_tags_list){ x->data, x->count, tiff_ifd_type_bytes(x->type) };
	t->block_width = t->width;
	if (t->tiled && one32(d, TIFF_IFD_TILE_WIDTH, 0, &t->block_width, e) < 0)
		return -1;
	return one32(d, t->tiled ? TIFF_IFD_TILE_LENGTH : TIFF_IFD_ROWS_PER_STRIP,
	             t->tiled ? 0 : t->height,
	             &t->block_height, e);
}

static void read_subsampling(struct tiff_tags *t, const struct tiff_ifd *d)
{
	const struct tiff_ifd_entry *x = tiff_ifd_find(d, TIFF_IFD_YCBCR_SUBSAMPLING);

	if (!x || !tiff_ifd_is_whole(x))
		return;
	t->subsampled = tiff_ifd_value(d, x, 0) != 1 ||
	                (x->count > 1 && tiff_ifd_value(d, x, 1) != 1);
}

static int read_all(struct tiff_tags *t, const struct tiff_ifd *d, struct err *e)
{
	const struct tiff_ifd_entry *planar;

	if (tiff_ifd_find(d, TIFF_IFD_MEDIA_PHOTO))
		return err_set(e, "Windows Media Photo is not supported");
	if (!tiff_ifd_find(d, TIFF_IFD_IMAGE_WIDTH) || !tiff_ifd_find(d, TIFF_IFD_IMAGE_LENGTH))
		return err_set(e, "damaged TIFF: no width or height");
	if (one32(d, TIFF_IFD_IMAGE_WIDTH, 0, &t->width, e) < 0 ||
	    one32(d, TIFF_IFD_IMAGE_LENGTH, 0, &t->height, e) < 0 ||
	    one16(d, TIFF_IFD_COMPRESSION, 1, &t->compression, e) < 0 ||
	    one16(d, TIFF_IFD_PHOTOMETRIC, NO_PHOTOMETRIC, &t->photometric, e) < 0 ||
	    one16(d, TIFF_IFD_FILL_ORDER, 1, &t->fill_order, e) < 0)
		return -1;
	planar = tiff_ifd_find(d, TIFF_IFD_PLANAR_CONFIGURATION);
	t->planar = tiff_ifd_lenient(d, planar) == 2 ? 2 : 1;
	if (!colours(t->photometric))
		return err_set(e, "TIFF of photometric interpretation %u is not supported",
		               t->photometric);
	read_subsampling(t, d);
	if (read_orientation(t, d, e) < 0 || read_kind(t, d, e) < 0 ||
	    read_palette(t, d, e) < 0)
		return -1;
	return t->compression == NOT_COMPRESSED ? read_blocks(t, d, e) : 0;
}

int tiff_tags_read(struct tiff_tags *t, const uint8_t *bytes, size_t size, struct err *e)
{
	struct tiff_ifd d;

	tiff_ifd_init(&d, bytes, size);
	*t = (struct tiff_tags){
		.swapped = d.big_endian == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__),
	};
	return read_all(t, &d, e);
}

uint64_t tiff_tags_number(const struct tiff_tags *t, const struct tiff_tags_list *list,
                          uint64_t i)
{
	bool big = t->swapped == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

	return tiff_ifd_number(list->data + i * (uint64_t)list->bytes, list->bytes, big);
}
