/* Arrays of numbers as float32; see npy.h. */
#include "format/npy.h"

#include <endian.h>
#include <math.h>
#include <string.h>

/* IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits. */
static float from_half(uint16_t h)
{
	int exponent = h >> 10 & 31, mantissa = h & 1023;
	float value;

	if (exponent == 31)
		value = mantissa ? NAN : INFINITY;
	else if (exponent == 0)
		value = ldexpf((float)mantissa, -24);
	else
		value = ldexpf((float)(mantissa | 1024), exponent - 25);
	return h & 0x8000 ? -value : value;
}

static float from_single(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static float from_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return (float)value;
}

/* N elements that lie STEP bytes apart, in the file's byte order. */
typedef void row_converter(float *out, const uint8_t *p, size_t step, size_t n, bool big_endian);

#define ROW(NAME, BITS, VALUE) \
static void NAME(float *out, const uint8_t *p, size_t step, size_t n, bool big_endian) \
{ \
	for (size_t i = 0; i < n; i++, p += step) { \
		uint##BITS##_t v; \
\
		memcpy(&v, p, sizeof v); \
		v = big_endian ? be##BITS##toh(v) : le##BITS##toh(v); \
		out[i] = VALUE; \
	} \
}
#define be8toh(v) (v)
#define le8toh(v) (v)

ROW(row_f2, 16, from_half(v))
ROW(row_f4, 32, from_single(v))
ROW(row_f8, 64, from_double(v))
ROW(row_b1, 8, (float)(v != 0))
ROW(row_u1, 8, (float)v)
ROW(row_u2, 16, (float)v)
ROW(row_u4, 32, (float)v)
ROW(row_u8, 64, (float)v)
ROW(row_i1, 8, (float)(int8_t)v)
ROW(row_i2, 16, (float)(int16_t)v)
ROW(row_i4, 32, (float)(int32_t)v)
ROW(row_i8, 64, (float)(int64_t)v)

static row_converter *find_converter(const struct npy *a)
{
	static const struct {
		char kind;
		int item_bytes;
		row_converter *convert;
	} known[] = {
		{ 'f', 4, row_f4 }, { 'f', 8, row_f8 }, { 'f', 2, row_f2 }, { 'b', 1, row_b1 },
		{ 'u', 1, row_u1 }, { 'u', 2, row_u2 }, { 'u', 4, row_u4 }, { 'u', 8, row_u8 },
		{ 'i', 1, row_i1 }, { 'i', 2, row_i2 }, { 'i', 4, row_i4 }, { 'i', 8, row_i8 },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].kind == a->kind && known[i].item_bytes == a->item_bytes)
			return known[i].convert;
	return NULL;
}

/* Walks the rows (last index) in C order; FIRST counts the other indices like an odometer. */
static void convert_fortran(const struct npy *a, float *out, row_converter *convert)
{
	size_t first[NPY_MAX_DIMS] = {0}, stride[NPY_MAX_DIMS];
	int last = a->dims - 1;
	size_t n = a->shape[last], rows = npy_count(a) / n;
	const uint8_t *p = a->data;

	stride[0] = (size_t)a->item_bytes;
	for (int i = 1; i < a->dims; i++)
		stride[i] = stride[i - 1] * a->shape[i - 1];
	for (size_t r = 0; r < rows; r++) {
		convert(out + r * n, p, stride[last], n, a->big_endian);
		for (int i = last - 1; i >= 0; i--) {
			p += stride[i];
			if (++first[i] < a->shape[i])
				break;
			p -= stride[i] * a->shape[i];
			first[i] = 0;
		}
	}
}

int npy_to_f4(const struct npy *a, float *out, struct err *e)
{
	row_converter *convert = find_converter(a);
	char text[128];

	if (!convert)
		return err_set(e, "holds %s, expected numbers", npy_describe(a, text, sizeof text));
	if (npy_count(a) == 0)
		return 0;
	if (npy_is_f4(a))
		memcpy(out, a->data, a->size_bytes);
	else if (a->fortran)
		convert_fortran(a, out, convert);
	else
		convert(out, a->data, (size_t)a->item_bytes, npy_count(a), a->big_endian);
	return 0;
}
