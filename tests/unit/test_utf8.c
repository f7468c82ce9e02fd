/* Decoding of UTF-8. */
#include "tap.h"

#include "base/utf8.h"

static void decodes(const char *text, const uint32_t *want, const char *what)
{
	int i = 0;
	bool pass = true;

	while (*text)
		pass &= utf8_next(&text) == want[i++];
	ok(pass && !want[i], "%s", what);
}

int main(void)
{
	const uint32_t bad = UTF8_REPLACEMENT;

	decodes("aé€😀", (uint32_t[]){ 'a', 0xe9, 0x20ac, 0x1f600, 0 }, "one to four bytes");
	decodes("\x80z", (uint32_t[]){ bad, 'z', 0 }, "a lone continuation byte");
	decodes("\xe9z", (uint32_t[]){ bad, 'z', 0 }, "Latin-1");
	decodes("\xe2\x82", (uint32_t[]){ bad, bad, 0 }, "cut off at the end");
	decodes("\xc0\xaf", (uint32_t[]){ bad, bad, 0 }, "an overlong form of two bytes");
	decodes("\xe0\x80\xaf", (uint32_t[]){ bad, bad, bad, 0 }, "an overlong form of three");
	decodes("\xed\xa0\x80", (uint32_t[]){ bad, bad, bad, 0 }, "a surrogate");
	decodes("\xf4\x90\x80\x80", (uint32_t[]){ bad, bad, bad, bad, 0 }, "above U+10FFFF");
	is_int((long long)utf8_count("naïve €"), 7, "characters are counted");
	return tap_end();
}
