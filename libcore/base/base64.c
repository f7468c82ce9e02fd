/* base64; see base64.h. */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Three bytes, of which N are there, make four digits of 6 bits. */
static void put_group(FILE *f, const uint8_t *p, size_t n)
{
	unsigned bits = p[0] * 0x10000u + (n > 1 ? p[1] * 0x100u : 0) + (n > 2 ? p[2] : 0);

	putc(digit[bits >> 18], f);
	putc(digit[bits >> 12 & 0x3f], f);
	putc(n > 1 ? digit[bits >> 6 & 0x3f] : '=', f);
	putc(n > 2 ? digit[bits & 0x3f] : '=', f);
}

void base64_write(FILE *f, const void *data, size_t size)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < size; i += 3)
		put_group(f, p + i, size - i < 3 ? size - i : 3);
}

enum { PASSED_OVER = 64, PADDING, UNKNOWN };

/* Of each byte its 6 bits, or one of the above. */
static void set_values(uint8_t value[256])
{
	memset(value, UNKNOWN, 256);
	for (uint8_t i = 0; i < 64; i++)
		value[(unsigned char)digit[i]] = i;
	value['-'] = value['+'];
	value['_'] = value['/'];
	value['='] = PADDING;
	value[' '] = value['\t'] = value['\r'] = value['\n'] = PASSED_OVER;
}

/* Decodes groups of four digits, as long as there is nothing else. Returns where they end. */
static const char *read_groups(const uint8_t value[256], const char *text, const char *end,
                               uint8_t **out)
{
	uint8_t *to = *out;

	for (; end - text >= 4; text += 4) {
		const unsigned char *p = (const unsigned char *)text;
		uint8_t a = value[p[0]], b = value[p[1]], c = value[p[2]], d = value[p[3]];

		if ((a | b | c | d) & 0xc0)
			break;
		*to++ = (uint8_t)(a << 2 | b >> 4);
		*to++ = (uint8_t)(b << 4 | c >> 2);
		*to++ = (uint8_t)(c << 6 | d);
	}
	*out = to;
	return text;
}

/*
 * The last group: DIGITS of it, which hold BITS, and PADDED signs of padding. Bits that stand for
 * no byte are zero in what an encoder wrote; others tell of a text that was cut off.
 */
static long read_rest(uint8_t *to, uint32_t bits, size_t digits, size_t padded, struct err *e)
{
	size_t n = digits ? digits - 1 : 0;

	if (digits == 1 || (bits << (6 * (4 - digits)) & (0xffffffu >> (8 * n))))
		return err_set(e, "no base64: cut off");
	if (padded && (!digits || digits + padded != 4))
		return err_set(e, "no base64: padded to no group of four");
	bits <<= 6 * (4 - digits);
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(bits >> (16 - 8 * i));
	return (long)n;
}

long base64_read(void *out, const char *text, size_t size, struct err *e)
{
	const char *p = text, *end = text + size;
	uint8_t value[256], *to = out;
	size_t digits = 0, padded = 0;
	uint32_t bits = 0;
	long rest;

	set_values(value);
	while ((p = digits ? p : read_groups(value, p, end, &to)) < end) {
		uint8_t v = value[(unsigned char)*p];

		if (v == UNKNOWN || (v < PASSED_OVER && padded))
			return err_set(e, "no base64 at byte %td: %s", p - text,
			               padded ? "goes on behind the padding" : "no digit");
		padded += v == PADDING;
		if (v < PASSED_OVER) {
			bits = bits << 6 | v;
			digits++;
		}
		if (digits == 4) {
			*to++ = (uint8_t)(bits >> 16);
			*to++ = (uint8_t)(bits >> 8);
			*to++ = (uint8_t)bits;
			digits = 0;
		}
		p++;
	}
	rest = read_rest(to, bits, digits, padded, e);
	return rest < 0 ? -1 : to - (uint8_t *)out + rest;
}
