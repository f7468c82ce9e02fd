/* Escaping text; see markup.h. */
#include "base/markup.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"

static bool is_forbidden(uint32_t c)
{
	bool control = (c < ' ' && c != '\t' && c != '\n') || (c >= 0x7f && c <= 0x9f);

	return control || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static void put_character(FILE *f, uint32_t c)
{
	char bytes[UTF8_MAX_BYTES] = "";
	size_t n = utf8_encode(bytes, c);

	fwrite(bytes, 1, n, f);
}

void markup_text(FILE *f, const char *text)
{
	while (*text) {
		uint32_t c = utf8_next(&text);

		switch (c) {
		case '&': fputs("&amp;", f); break;
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '"': fputs("&quot;", f); break;
		default: put_character(f, is_forbidden(c) ? UTF8_REPLACEMENT : c);
		}
	}
}
