/* Tab-separated text, from whatever system. */
#include "format/tsv.h"

#include <stdlib.h>

#include "corpus.h"
#include "scratch.h"
#include "tap.h"

static struct err e;

/* The fields of all lines of the SIZE bytes of TEXT: '|' between fields, '/' behind a line. */
static const char *fields(const char *text, size_t size)
{
	static char got[512];
	FILE *f = fmemopen((void *)text, size, "r");
	struct tsv *t = tsv_over(f, "table");
	size_t used = 0;
	int more;

	got[0] = '\0';
	while ((more = tsv_next(t, &e)) > 0)
		for (int i = 0; i < t->count; i++)
			used += (size_t)snprintf(got + used, sizeof got - used, "%s%s", t->field[i],
			                         i < t->count - 1 ? "|" : "/");
	tsv_close(t);
	fclose(f);
	return more < 0 ? e.text : got;
}

static void is_read(const char *text, const char *want, const char *what)
{
	is_text(fields(text, strlen(text)), want, what);
}

/* "whole", or what is wrong with the end of TEXT. */
static const char *last_line(const char *text)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	struct tsv *t = tsv_over(f, "table");
	const char *got = "whole";

	while (tsv_next(t, &e) > 0)
		if (tsv_check_whole(t, &e) < 0)
			got = e.text;
	tsv_close(t);
	fclose(f);
	return got;
}

static void lines(void)
{
	is_read("a\tb\nc\n", "a|b/c/", "two lines");
	is_read("a\tb", "a|b/", "a last line without its newline");
	is_read("\n\t\n", "/|/", "empty lines and fields");
	is_text(last_line("a\nb\n"), "whole", "a newline at the end");
	is_text(last_line("a\nb\r\n"), "whole", "CR LF at the end");
	is_text(last_line("a\nb"), "ends without a newline: the file is cut off", "none");
}

static void other_systems(void)
{
	is_read("\xef\xbb\xbf" "id\ttrue\nx\ty\n", "id|true/x|y/",
	        "a byte order mark at the start");
	is_read("a\n\xef\xbb\xbf" "b\n", "a/\xef\xbb\xbf" "b/", "none elsewhere");
	is_read("\xef\xbb\n", "\xef\xbb/", "half a mark is text");
	is_read("\xef\xbb\xbf", "/", "a mark alone: an empty line");
	is_read("a\tb\r\nc\r\n", "a|b/c/", "CR LF");
	is_read("a\rb\n", "a\rb/", "a CR within a line");
	is_text(fields("a\nb\0c\n", 6), "table: line 2: has a NUL byte", "a NUL byte");
}

static void limits(void)
{
	static char text[TSV_LINE_BYTES + 1];

	memset(text, 'x', TSV_LINE_BYTES);
	is_read(text, "table: line 1: longer than 65535 bytes", "a line too long");
	memset(text, '\t', TSV_FIELDS_MAX);
	text[TSV_FIELDS_MAX] = '\0';
	is_read(text, "table: line 1: more than 272 columns", "a column too many");
}

static void files(void)
{
	const char *path = scratch_path("table");
	struct tsv *t;

	ok(!tsv_open(scratch_path("missing"), &e) && strstr(e.text, "missing: No such file"),
	   "no such file: named");
	scratch_write(path, "a\n", 2);
	t = tsv_open(path, &e);
	ok(t && tsv_next(t, &e) == 1 && !tsv_is_blank(t) && tsv_next(t, &e) == 0, "a file");
	tsv_close(t);
}

static int read_all(const char *path, struct err *why)
{
	struct tsv *t = tsv_open(path, why);
	int more;

	while ((more = tsv_next(t, why)) > 0)
		;
	tsv_close(t);
	return more;
}

static void long_line(void)
{
	size_t size = TSV_LINE_BYTES + 16;
	char *text = malloc(size);
	struct tsv *t;
	FILE *f;

	memset(text, 'x', size);
	text[TSV_LINE_BYTES - 1] = '\n';
	f = fmemopen(text, size, "r");
	t = tsv_over(f, "x");
	is_int(tsv_next(t, &e), 1, "the longest line is read");
	tsv_close(t);
	text[TSV_LINE_BYTES - 1] = 'x';
	rewind(f);
	t = tsv_over(f, "x");
	is_int(tsv_next(t, &e), -1, "a longer one is refused");
	is_text(e.text, "x: line 1: longer than 65535 bytes", "and counted");
	tsv_close(t);
	fclose(f);
	free(text);
}

int main(void)
{
	scratch_begin();
	lines();
	other_systems();
	limits();
	long_line();
	files();
	corpus_check("tsv", read_all);
	return tap_end();
}
