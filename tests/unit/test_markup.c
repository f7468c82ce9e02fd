/* Text that can stand in an element or an attribute, whatever it was. */
#include "tap.h"

#include "base/markup.h"

static void becomes(const char *text, const char *want, const char *what)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	markup_text(f, text);
	fclose(f);
	is_text(got, want, what);
	free(got);
}

int main(void)
{
	becomes("", "", "nothing");
	becomes("a b\t\n", "a b\t\n", "blanks");
	becomes("<a href=\"x\">'&amp;", "&lt;a href=&quot;x&quot;&gt;'&amp;amp;", "marks");
	becomes("é€😀", "é€😀", "other letters");
	becomes("\x01|\r|\x7f|\xc2\x80|\xc2\x9f|\xc2\xa0", "�|�|�|�|�|\xc2\xa0",
	        "control characters");
	becomes("\xff|\xc3|\xed\xa0\x80", "�|�|���", "no UTF-8");
	becomes("\xef\xbf\xbe|\xef\xbf\xbf|\xef\xb7\x90|\xf0\x9f\xbf\xbf", "�|�|�|�",
	        "what will never be a character");
	return tap_end();
}
