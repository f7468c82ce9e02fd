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
	const char *path = scratch_path("table");
	struct tsv *t;
	size_t used = 0;
	int more;

	scratch_write(path, text, size);
	t = tsv_open(path, &e);

	got[0] = '\0';
	while ((more = tsv_next(t, &e)) > 0)
		for (int i = 0; i < t->count; i++)
			used += (size_t)snprintf(got + used, sizeof got - used, "%s%s", t->field[i],
			                         i < t->count - 1 ? "|" : "/");
	tsv_close(t);
	return more < 0 ? scratch_told(&e) : got;
}

static void is_read(const char *text, const char *want, const char *what)
{
	is_text(fields(text, strlen(text)), want, what);
}

/* "whole", or what is wrong with the end of TEXT. */
static const char *last_line(const char *text)
{
	struct tsv *t = tsv_open(scratch_text("table", text), &e);
	const char *got = "whole";

	while (tsv_next(t, &e) > 0)
		if (tsv_check_whole(t, &e) < 0)
			got = e.text;
	tsv_close(t);
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
	struct tsv *t;

	ok(!tsv_open(scratch_path("missing"), &e) && strstr(e.text, "missing: No such file"),
	   "no such file: named");
	t = tsv_open(scratch_text("table", "a\n"), &e);
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
	const char *path = scratch_path("x");
	struct tsv *t;

	memset(text, 'x', size);
	text[TSV_LINE_BYTES - 1] = '\n';
	scratch_write(path, text, size);
	t = tsv_open(path, &e);
	is_int(tsv_next(t, &e), 1, "the longest line is read");
	tsv_close(t);
	text[TSV_LINE_BYTES - 1] = 'x';
	scratch_write(path, text, size);
	t = tsv_open(path, &e);
	is_int(tsv_next(t, &e), -1, "a longer one is refused");
	is_text(scratch_told(&e), "x: line 1: longer than 65535 bytes", "and counted");
	tsv_close(t);
	free(text);
}

static void first_line(void)
{
	static const char *const names[] = { "class", "neighbour" };
	static const struct {
		const char *text, *message;     /* NULL: good */
	} of[] = {
		{ "class\tneighbour\nA\tB\n", NULL },
		{ "\xef\xbb\xbf" "class\tneighbour\r\n", NULL },
		{ "class\tneighbour\tmore\n", "x: line 1: expected the heading: class, neighbour" },
		{ "class\n", "x: line 1: expected the heading: class, neighbour" },
		{ "neighbour\tclass\n", "x: line 1: expected the heading: class, neighbour" },
		{ "\n", "x: line 1: expected the heading: class, neighbour" },
	};

	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		const char *path = scratch_text("x", of[i].text);
		struct tsv *t = tsv_open(path, &e);

		is_int(tsv_heading(t, names, 2, &e), of[i].message ? -1 : 0, "a heading");
		if (of[i].message)
			is_text(scratch_told(&e), of[i].message, "says so");
		tsv_close(t);
		t = tsv_open(path, &e);
		ok(tsv_first(t, &e) == 0 && t->line == 1, "a first line");
		tsv_close(t);
	}
}

static void no_line(void)
{
	static const char *const names[] = { "class" };
	const char *path = scratch_text("nothing", "");
	struct tsv *t = tsv_open(path, &e);

	is_int(tsv_first(t, &e), -1, "no first line");
	ok(strstr(e.text, "nothing: empty") != NULL, "%s", e.text);
	tsv_close(t);
	t = tsv_open(path, &e);
	is_int(tsv_heading(t, names, 1, &e), -1, "no heading");
	tsv_close(t);
}

static void is_count(const char *text, int64_t most, int64_t want, const char *message)
{
	int64_t got = -7;
	bool good = tsv_count(text, most, &got, &e) == 0;

	ok(good == !message && (good ? got == want : strstr(e.text, message) != NULL),
	   "count '%s': %s", text, good ? "read" : e.text);
}

static void counts(void)
{
	is_count("0", 5, 0, NULL);
	is_count("007", 7, 7, NULL);
	is_count("8", 7, 0, "count 8 is more than 7");
	is_count("9223372036854775807", INT64_MAX, INT64_MAX, NULL);
	is_count("9223372036854775808", INT64_MAX, 0, "is more than 9223372036854775807");
	is_count("-1", 7, 0, "'-1' is not a count");
	is_count("+1", 7, 0, "'+1' is not a count");
	is_count(" 1", 7, 0, "' 1' is not a count");
	is_count("1 ", 7, 0, "'1 ' is not a count");
	is_count("1.0", 7, 0, "'1.0' is not a count");
	is_count("0x1", 7, 0, "'0x1' is not a count");
	is_count("", 7, 0, "'' is not a count");
}

static void is_number(const char *text, double want)
{
	double got;
	bool good = tsv_number(text, &got, &e) == 0;

	if (isnan(want))
		ok(!good && strstr(e.text, "is not a number"), "'%s' is no number", text);
	else
		ok(good && got == want, "'%s' is %g", text, want);
}

static void numbers(void)
{
	is_number("1.5e-3", 1.5e-3);
	is_number("-.25", -.25);
	is_number("+4", 4);
	is_number("0.10000000000000001", .1);
	is_number("1e400", NAN);
	is_number("nan", NAN);
	is_number("inf", NAN);
	is_number("0x1p-3", NAN);
	is_number("", NAN);
	is_number("-", NAN);
	is_number(" 1", NAN);
	is_number("1 ", NAN);
	is_number("1,5", NAN);
}

int main(void)
{
	scratch_begin();
	lines();
	other_systems();
	limits();
	long_line();
	files();
	first_line();
	no_line();
	counts();
	numbers();
	corpus_check("tsv", read_all);
	return tap_end();
}
