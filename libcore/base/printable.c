/* Text for a terminal; see printable.h. */
#include "base/printable.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { ESCAPE_BYTES = 4 };              /* of "\033" */

static bool is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

char *printable(const char *text)
{
	char *copy = xmalloc(strlen(text) * ESCAPE_BYTES + 1, 1), *to = copy;

	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '\n')
			to += sprintf(to, "\\n");
		else if (is_control(*p))
			to += sprintf(to, "\\%03o", *p);
		else
			*to++ = (char)*p;
	}
	*to = '\0';
	return copy;
}

bool printable_is_word(const char *text)
{
	static const char fit[] = "abcdefghijklmnopqrstuvwxyz"
	                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                          "0123456789._-";

	return *text && !text[strspn(text, fit)];
}
