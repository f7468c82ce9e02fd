/* Text for a terminal: what is escaped, and what is not. */
#include "base/printable.h"

#include "tap.h"

static void is_printed(const char *text, const char *want, const char *what)
{
	char *got = printable(text);

	is_text(got, want, what);
	free(got);
}

int main(void)
{
	is_printed("", "", "nothing");
	is_printed("a model.npz", "a model.npz", "plain text");
	is_printed("na\xc3\xafve \xe2\x82\xac \xff", "na\xc3\xafve \xe2\x82\xac \xff",
	           "bytes beyond ASCII stay, UTF-8 or not");
	is_printed("a\nb\n", "a\\nb\\n", "newlines");
	is_printed("\x1b[31mred\t\r\x7f\x01", "\\033[31mred\\011\\015\\177\\001",
	           "other control characters");
	is_printed("\n\n\n\n", "\\n\\n\\n\\n", "nothing else");
	is_printed("\x1b\x1b\x1b", "\\033\\033\\033", "four times as long");
	return tap_end();
}
