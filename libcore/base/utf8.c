/* UTF-8 to and from numbers; see utf8.h. */
#include "base/utf8.h"

#include <string.h>

enum { LAST_CHARACTER = 0x10ffff };

/* Bytes that follow LEAD; -1: it begins no character. */
static int bytes_after(uint8_t lead)
{
	if (lead < 0x80)
		return 0;
	if (lead < 0xc2)
		return -1;
	if (lead < 0xe0)
		return 1;
	if (lead < 0xf0)
		return 2;
	return lead < 0xf5 ? 3 : -1;
}

size_t utf8_decode(uint32_t *c, const uint8_t *p, const uint8_t *end)
{
	/* below, a form is overlong */
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	int more = p < end ? bytes_after(*p) : -1;
	uint32_t value;

	if (more < 0 || end - p <= more)
		return 0;
	value = more ? *p & (0x3fu >> more) : *p;
	for (int i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (value < least[more] || value > LAST_CHARACTER)
		return 0;
	*c = value;
	return (size_t)more + 1;
}

size_t utf8_encode(char out[UTF8_MAX_BYTES], uint32_t c)
{
	static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };
	int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	if (c > LAST_CHARACTER)
		return 0;
	for (int i = more; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(lead[more] | c);
	return (size_t)more + 1;
}

/* As utf8_decode, of a text that ends in a NUL. */
static size_t decode(uint32_t *c, const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	return utf8_decode(c, p, p + strnlen(s, UTF8_MAX_BYTES));
}

bool utf8_is_valid(const char *s)
{
	uint32_t c;

	while (*s) {
		size_t length = decode(&c, s);

		if (!length)
			return false;
		s += length;
	}
	return true;
}

size_t utf8_count(const char *s)
{
	uint32_t c;
	size_t n = 0;

	for (; *s; n++) {
		size_t length = decode(&c, s);

		s += length ? length : 1;
	}
	return n;
}

uint32_t utf8_next(const char **s)
{
	uint32_t c;
	size_t length = decode(&c, *s);

	if (!length || (c >= 0xd800 && c <= 0xdfff)) {
		++*s;
		return UTF8_REPLACEMENT;
	}
	*s += length;
	return c;
}
