/* UTF-8 read and written: every character, and what is none. */
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

/* Every character there and back, and in every shorter piece not. */
static void both_ways(void)
{
	int wrong = 0;

	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		char text[UTF8_MAX_BYTES];
		const uint8_t *p = (const uint8_t *)text;
		size_t n = utf8_encode(text, c);
		uint32_t got = 0;

		wrong += n != 1u + (c > 0x7f) + (c > 0x7ff) + (c > 0xffff);
		wrong += utf8_decode(&got, p, p + n) != n || got != c;
		for (size_t cut = 0; cut < n; cut++)
			wrong += utf8_decode(&got, p, p + cut) != 0;
	}
	is_int(wrong, 0, "every character is written and read");
	is_int((long long)utf8_encode((char[UTF8_MAX_BYTES]){0}, 0x110000), 0,
	       "what is none is not written");
}

static void is_text_of(const char *text, bool valid, size_t count, const char *what)
{
	is_int(utf8_is_valid(text), valid, what);
	is_int((long long)utf8_count(text), (long long)count, "its characters");
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
	is_text_of("", true, 0, "nothing");
	is_text_of("naïve €😀", true, 8, "characters are counted");
	is_text_of("a\xed\xb2\x80", true, 2, "a surrogate, as in Python's names of files");
	is_text_of("a\xff\xfe", false, 3, "bytes that are none");
	is_text_of("\xe2\x82", false, 2, "cut off at the end");
	is_text_of("\xc0\xaf", false, 2, "an overlong form");
	is_text_of("\xf4\x90\x80\x80", false, 4, "above U+10FFFF");
	both_ways();
	return tap_end();
}
