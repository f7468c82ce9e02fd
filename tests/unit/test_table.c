/* Tables for the eye. */
#include "tap.h"

#include "base/table.h"

static void prints(const char *align, const char *const *cells, const char *want, const char *what)
{
	struct table t;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	table_init(&t, align);
	for (; *cells; cells++)
		table_add(&t, "%s", *cells);
	table_write(&t, f);
	fclose(f);
	is_text(text, want, what);
	free(text);
	table_release(&t);
	table_release(&t);
}

static void test_long(void)
{
	struct table t;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	table_init(&t, "r");
	for (int i = 0; i < 1000; i++)
		table_add(&t, "%d", i);
	table_write(&t, f);
	fclose(f);
	is_int((long long)size, 4000, "a thousand rows");
	free(text);
	table_release(&t);
}

int main(void)
{
	prints("lrl", (const char *[]){ "a", "bc", "def", "gh", "i", "j", NULL },
	       "a   bc  def\ngh   i  j\n", "left, right, and nothing at the end");
	prints("rr", (const char *[]){ "é", "x", "abc", "y", NULL }, "  é  x\nabc  y\n",
	       "padded by characters, not bytes");
	prints("rr", (const char *[]){ "a", "", "", "bc", NULL }, "a\n   bc\n",
	       "empty cells at the end of a line leave no blanks");
	prints("ll", (const char *[]){ NULL }, "", "no rows");
	test_long();
	return tap_end();
}
