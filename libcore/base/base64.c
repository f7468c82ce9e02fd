/* Encoding base64; see base64.h. */
#include "base/base64.h"

#include <stdint.h>

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
