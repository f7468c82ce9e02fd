/* Requests: paths as servers tell them, fields of the query, lengths. */
#include "serve/request.h"

#include "corpus.h"
#include "scratch.h"
#include "tap.h"

static struct err e;

static struct request request(const struct request_variable *variable, size_t count)
{
	return (struct request){ .variable = variable, .count = count };
}

static void variables(void)
{
	static const struct request_variable v[] = {
		{ "A", "1" }, { "B", "" }, { "A", "2" }, { "AB", "3" },
	};
	struct request r = request(v, 4);

	is_text(request_get(&r, "AB"), "3", "a variable");
	is_text(request_get(&r, "A"), "1", "twice: the first");
	is_text(request_get(&r, "B"), "", "an empty one");
	is_text(request_get(&r, "C"), "", "none");
	is_text(request_get(&r, "a"), "", "in other letters: none");
}

static void paths(void)
{
	static const struct {
		struct request_variable v[3];
		const char *want, *what;
	} of[] = {
		{ { { "PATH_INFO", "/a" }, { "DOCUMENT_URI", "/p/a" }, { "SCGI", "1" } }, "/a",
		  "below a prefix" },
		{ { { "PATH_INFO", "" }, { "DOCUMENT_URI", "/a" }, { "SCGI", "1" } }, "/a",
		  "nginx's DOCUMENT_URI" },
		{ { { "SCRIPT_NAME", "/a" }, { "DOCUMENT_URI", "" }, { "SCGI", "1" } }, "/a",
		  "SCRIPT_NAME by SCGI" },
		{ { { "SCRIPT_NAME", "/cgi-bin/aml-serve" }, { "A", "" }, { "B", "" } }, "/",
		  "SCRIPT_NAME by CGI is the program" },
		{ { { "A", "" }, { "B", "" }, { "C", "" } }, "/", "nothing told" },
		{ { { "PATH_INFO", "/%41/../b%" }, { "A", "" }, { "B", "" } }, "/%41/../b%",
		  "as it is" },
	};

	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct request r = request(of[i].v, 3);

		is_text(request_path(&r), of[i].want, of[i].what);
	}
}

static void is_field(const char *query, const char *name, const char *want, const char *what)
{
	struct request_variable v = { "QUERY_STRING", query };
	struct request r = request(&v, 1);
	char *got = request_field(&r, name);

	is_text(got, want, what);
	free(got);
}

static void fields(void)
{
	struct request none = request(NULL, 0);

	is_field("top=3", "top", "3", "a field");
	is_field("a=1&top=3&b=2", "top", "3", "between others");
	is_field("stop=1&top2=2&to=3", "top", NULL, "similar names");
	is_field("top=1&top=2", "top", "1", "twice: the first");
	is_field("", "top", NULL, "an empty query");
	ok(!request_field(&none, "top"), "no query");
	is_field("&&top=1", "top", "1", "empty fields");
	is_field("&=x&", "", "x", "a field without a name");
	is_field("top", "top", "", "no value");
	is_field("top=", "top", "", "an empty value");
	is_field("top=a=b=", "top", "a=b=", "equals signs in the value");
	is_field("a?top=1;b", "top", NULL, "no other separators");
}

static void escapes(void)
{
	is_field("m=a+b%20c%2Bd%26e", "m", "a b c+d&e", "blanks and escapes");
	is_field("m=%c3%A4%0a%ff", "m", "\xc3\xa4\n\xff", "any byte");
	is_field("m=%&x=", "m", "%", "a sign alone");
	is_field("m=%4&x=", "m", "%4", "one digit");
	is_field("m=%4g%g4%-1%+1", "m", "%4g%g4%-1% 1", "no digits");
	is_field("m=%%34%2541", "m", "%4%41", "decoded once");
	is_field("m=a%00b", "m", "ab", "a NUL ends nothing");
	is_field("%6d+x=1", "m x", "1", "in a name");
	is_field("m%=1", "m%", "1", "at a name's end");
	is_int(request_escape("%fF0"), 0xff, "the byte of an escape");
	is_int(request_escape("%00"), 0, "zero");
	is_int(request_escape("%f"), -1, "cut off");
	is_int(request_escape("f00"), -1, "none");
}

static void is_length(const char *text, size_t limit, int64_t want, const char *message)
{
	int64_t got;

	e.text[0] = '\0';
	got = request_length(text, limit, &e);
	ok(got == want && !strcmp(e.text, message), "length '%s': %lld %s", text, (long long)got,
	   e.text);
}

static void lengths(void)
{
	static const char *const no_number[] = {
		"-1", "+1", " 1", "1 ", "0x10", "1,1", "1.0", "1e3", "one", "1\n", "\xc2\xb2",
	};

	is_length("", 9, 0, "");
	is_length("0", 0, 0, "");
	is_length("9", 9, 9, "");
	is_length("00000000000000000000000000000009", 9, 9, "");
	is_length("9223372036854775807", SIZE_MAX, INT64_MAX, "");
	is_length("9223372036854775808", SIZE_MAX, -1,
	          "a body of more than 18446744073709551615 bytes");
	is_length("10", 9, -1, "a body of more than 9 bytes");
	is_length("18446744073709551617", 9, -1, "a body of more than 9 bytes");
	ok(request_length_is_number("18446744073709551617"), "which is a number");
	for (size_t i = 0; i < sizeof no_number / sizeof *no_number; i++) {
		is_length(no_number[i], 9, -1, "CONTENT_LENGTH is no number");
		ok(!request_length_is_number(no_number[i]), "which is told apart");
	}
}

static int read_length(const char *path, struct err *why)
{
	size_t size = 0;
	char *text = scratch_read(path, &size);
	int64_t n;

	text[strcspn(text, "\n")] = '\0';
	n = request_length(text, 4096, why);
	free(text);
	return n < 0 ? err_in(why, path) : 0;
}

int main(void)
{
	variables();
	paths();
	fields();
	escapes();
	lengths();
	corpus_check("request", read_length);
	return tap_end();
}
