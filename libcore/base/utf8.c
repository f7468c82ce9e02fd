/* Decoding of UTF-8 (RFC 3629); see utf8.h. */
#include "base/utf8.h"

#include <stdbool.h>

/* Bytes of the character that LEAD begins; 0 if it begins none. */
static int sequence_length(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2)
		return 0;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	return lead < 0xf5 ? 4 : 0;
}

static bool is_character(uint32_t c, int length)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return c >= least[length] && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

uint32_t utf8_next(const char **s)
{
	const uint8_t *p = (const uint8_t *)*s;
	int length = sequence_length(*p);
	uint32_t c;

	++*s;
	if (length <= 1)
		return length ? *p : UTF8_REPLACEMENT;
	c = *p & (0x7fu >> length);
	for (int i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return UTF8_REPLACEMENT;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (!is_character(c, length))
		return UTF8_REPLACEMENT;
	*s += length - 1;
	return c;
}

size_t utf8_count(const char *s)
{
	size_t n = 0;

	for (; *s; n++)
		utf8_next(&s);
	return n;
}
