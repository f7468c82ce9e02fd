/* Forms as browsers, curl and others write them, and what is none. */
#include "serve/form.h"

#include "base/mem.h"
#include "corpus.h"
#include "scratch.h"
#include "tap.h"

#define TYPE "multipart/form-data; boundary=b"
#define FIELD "Content-Disposition: form-data; name=\"n\""

static struct err e;

/* "NAME(FILE)=DATA/" of each part, without "(FILE)" where it is none; or the message. */
static const char *parts(const char *type, const void *body, size_t size)
{
	static char *got;
	size_t n;
	struct form form;
	FILE *f;

	if (form_parse(&form, type, body, size, &e) < 0)
		return form.part || form.count ? "not empty" : e.text;
	free(got);
	f = xmemstream(&got, &n);
	for (size_t i = 0; i < form.count; i++) {
		fputs(form.part[i].name, f);
		if (form.part[i].file)
			fprintf(f, "(%s)", form.part[i].file);
		putc('=', f);
		fwrite(form.part[i].data, 1, form.part[i].size, f);
		putc('/', f);
	}
	xmemclose(f);
	form_release(&form);
	return got;
}

static void is_read(const char *body, const char *want, const char *what)
{
	is_text(parts(TYPE, body, strlen(body)), want, what);
}

/* A part with the header HEAD after "form-data; ". */
static void is_disposition(const char *head, const char *want, const char *what)
{
	char *body = xasprintf("--b\r\nContent-Disposition: form-data%s\r\n\r\n\r\n--b--", head);

	is_read(body, want, what);
	free(body);
}

static void is_head(const char *head, const char *want, const char *what)
{
	char *body = xasprintf("--b\r\n%s\r\n\r\nx\r\n--b--\r\n", head);

	is_read(body, want, what);
	free(body);
}

static void types(void)
{
	ok(form_is("multipart/form-data; boundary=x"), "a form");
	ok(form_is("Multipart/Form-Data ;boundary=x"), "in other letters");
	ok(form_is("multipart/form-data"), "without a boundary");
	ok(!form_is("multipart/form-data2"), "a longer name");
	ok(!form_is("multipart/form-dat"), "a shorter name");
	ok(!form_is("multipart/mixed; boundary=x"), "another one");
	ok(!form_is(""), "none");
	ok(!form_is(" multipart/form-data"), "a blank before");
}

static void whole(void)
{
	static const char binary[] = "--b\r\n" FIELD "\r\n\r\na\0b\r\n--b--\r\n";
	struct form f = {0};

	is_read("--b\r\n" FIELD "\r\n\r\n1\r\n--b\r\n" FIELD "; filename=\"a b.tif\"\r\n"
	        "Content-Type: image/tiff\r\n\r\nII*\r\n\r\n--b--\r\n",
	        "n=1/n(a b.tif)=II*\r\n/", "a field and a file");
	is_read("before\r\n--b\r\n" FIELD "\r\n\r\n1\r\n--b--\r\nafter\r\n--b\r\n", "n=1/",
	        "preamble and epilogue");
	is_read("--b\r\n" FIELD "\r\n\r\n1\r\n--b--", "n=1/", "no line end at the end");
	is_read("--b \t\r\n" FIELD "\r\n\r\n1\r\n--b--\t ", "n=1/", "blanks behind boundaries");
	is_read("--b\r\n" FIELD "\r\n\r\n\r\n--b--\r\n", "n=/", "no data");
	is_read("--b\r\n" FIELD "\r\n\r\n--b\r\n" FIELD "\r\n\r\n1\r\n--b--", "n=/n=1/",
	        "not even a line end");
	ok(form_parse(&f, TYPE, (const uint8_t *)binary, sizeof binary - 1, &e) == 0 &&
	   f.part[0].size == 3 && !memcmp(f.part[0].data, "a\0b", 3), "a NUL in data");
	form_release(&f);
	ok(!f.part && !f.count, "released");
}

static void within_data(void)
{
	is_read("--b\r\n" FIELD "\r\n\r\nx--b\r\n--b--", "n=x--b/",
	        "not at the start of a line");
	is_read("--b\r\n" FIELD "\r\n\r\n\r\n--bc\r\n\r\n--b--", "n=\r\n--bc\r\n/",
	        "a longer line");
	is_read("--b\r\n" FIELD "\r\n\r\n\r\n--b-\r\n--b--x\r\n--b--", "n=\r\n--b-\r\n--b--x/",
	        "similar ends");
	is_read("--b\r\n" FIELD "\r\n\r\na\n--b\r\nb\n--b--\r\n\r\n--b--",
	        "n=a\n--b\r\nb\n--b--\r\n/",
	        "behind a line feed alone");
	is_read("--b\r\n" FIELD "\r\n\r\n\r\n--b \n\r\n--b--", "n=\r\n--b \n/",
	        "with a line feed alone behind it");
	is_read("--b\r\n" FIELD "\r\n\r\n\r\r\n--b--", "n=\r/", "a return before it is data");
}

static void boundaries(void)
{
	static const char body[] = "--a=b:? c\r\n" FIELD "\r\n\r\n1\r\n--a=b:? c--";
	size_t size = sizeof body - 1;
	char longest[71] = "", *type, *text;

	is_text(parts("multipart/form-data; boundary=\"a=b:? c\"", body, size), "n=1/", "quoted");
	is_text(parts("multipart/form-data;charset=\";boundary=x\" ; BOUNDARY = \"a=b:? c\";", body,
	              size), "n=1/", "behind another parameter");
	is_text(parts("multipart/form-data; boundary=a=b:? c", body, size), "n=1/",
	        "unquoted, though it should be");
	memset(longest, '-', 70);
	text = xasprintf("--%s\r\n" FIELD "\r\n\r\n1\r\n--%s--", longest, longest);
	type = xasprintf("multipart/form-data; boundary=%s", longest);
	is_text(parts(type, text, strlen(text)), "n=1/", "70 characters");
	free(type);
	type = xasprintf("multipart/form-data; boundary=%s-", longest);
	is_text(parts(type, text, strlen(text)), "a boundary of more than 70 characters", "71");
	free(type);
	free(text);
}

static void no_boundary(void)
{
	static const char *const type[][2] = {
		{ "multipart/form-data", "multipart/form-data without a boundary" },
		{ "multipart/form-data; boundary", "multipart/form-data without a boundary" },
		{ "multipart/form-data; boundary=", "multipart/form-data without a boundary" },
		{ "multipart/form-data; boundary=\"\"", "multipart/form-data without a boundary" },
		{ "multipart/form-data; xboundary=b", "multipart/form-data without a boundary" },
		{ "multipart/form-data; boundary=\"b", "quotes without end" },
		{ "multipart/form-data; boundary=\"b\\\"", "quotes without end" },
		{ "multipart/form-data; boundary=\"b\"b", "text behind a parameter" },
		{ "multipart/form-data; a b=c", "text behind a parameter" },
		{ "multipart/form-data; boundary=\r\nb",
		  "a control character in the content type" },
	};
	static const char body[] = "--b\r\n" FIELD "\r\n\r\n1\r\n--b--";

	for (size_t i = 0; i < sizeof type / sizeof *type; i++)
		is_text(parts(type[i][0], body, sizeof body - 1), type[i][1], type[i][0]);
}

static void names(void)
{
	is_disposition("; name=\"\"", "=/", "an empty name");
	is_disposition(";name=n;filename=a b.tif ;x", "n(a b.tif)=/", "no quotes");
	is_disposition("; filename=\"x; name=y\"; name=n", "n(x; name=y)=/", "within quotes");
	is_disposition("; NAME=n; FileName=\"\"", "n()=/", "nothing chosen, other letters");
	is_disposition("; name=a; name=b", "a=/", "twice: the first");
	is_disposition("; name=n; filename=\"%22a%22%2241%%22\"", "n(\"a\"\"41%\")=/",
	               "a browser's quotes");
	is_disposition("; name=n; filename=\"a%0d%0A%41%2\"", "n(a%0d%0A%41%2)=/",
	               "other escapes stay");
	is_disposition("; name=n; filename=\"\\\"a\\\\\\\"\"", "n(\"a\\\")=/", "curl's quotes");
	is_disposition("; name=n; filename=\"C:\\cells\\a.tif\"", "n(C:\\cells\\a.tif)=/",
	               "folders of Windows");
	is_disposition("; name=n; filename=\"\xc3\xa4\xff\"", "n(\xc3\xa4\xff)=/", "any bytes");
}

static void extended(void)
{
	is_disposition("; name=n; filename*=UTF-8''%C3%A4%20b", "n(\xc3\xa4 b)=/", "UTF-8");
	is_disposition("; name=n; filename=a; filename*=utf-8'en'b", "n(b)=/",
	               "before the plain one");
	is_disposition("; filename*=\"utf-8''%62'\"; name=n; filename=a", "n(b')=/", "in quotes");
	is_disposition("; name=n; filename*=UTF-8''a%00%0a%7f%1Fb%", "n(a%00%0a%7f%1Fb%)=/",
	               "no control characters");
	is_disposition("; name=n; filename*=UTF-8''a%09", "n(a\t)=/", "but tabs");
	is_disposition("; name=n; filename*=ISO-8859-1''%E4", "n(ISO-8859-1''%E4)=/",
	               "another charset: as it is");
	is_disposition("; name=n; filename*=UTF-8", "n(UTF-8)=/", "no quotes");
	is_disposition("; name=n; filename*=UTF-8'a", "n(UTF-8'a)=/", "one quote");
	is_disposition("; name=n; filename*", "n=/", "no value");
}

static void heads(void)
{
	is_head("content-disposition:form-data;name=n", "n=x/", "small letters, no blank");
	is_head("Content-Type: a;b\r\n" FIELD "\r\nX: \xff", "n=x/", "other headers");
	is_head(FIELD "\r\nContent-Transfer-Encoding: Binary", "n=x/", "an encoding that is none");
	is_head(FIELD "\r\nContent-Transfer-Encoding: 8bit", "n=x/", "8bit");
	is_head(FIELD "\r\nContent-Transfer-Encoding: 7bit", "n=x/", "7bit");
	is_head(FIELD "\r\ncontent-transfer-encoding:base64",
	        "part 1: Content-Transfer-Encoding base64, which forms do not have", "base64");
	is_head(FIELD "\r\n" FIELD, "part 1: Content-Disposition twice", "twice");
	is_head("Content-Type: text/plain", "part 1: no name", "no disposition");
	is_head("Content-Disposition: form-data", "part 1: no name", "no name");
	is_head("Content-Disposition: form-data; filename=a\r\n"
	        "Content-Disposition: form-data; filename=a", "part 1: no name",
	        "a file without a name, twice");
	is_head("Content-Disposition: form-data; name", "part 1: no name", "a name without value");
	is_head("Content-Disposition: attachment; name=n", "part 1: no name", "no form's");
	is_head("Content-Dispositio: form-data; name=n", "part 1: no name", "a similar header");
	is_head(FIELD "x", "part 1: text behind a parameter", "text behind quotes");
	is_head("Content-Disposition: form-data; name=\"n", "part 1: quotes without end",
	        "quotes without end");
	is_head(FIELD "; filename=\"\\\"", "part 1: quotes without end", "an escaped quote only");
	is_head(FIELD "; x=\"", "part 1: quotes without end", "of another parameter");
}

static void lines(void)
{
	static const char none[] = "part 1: a line without the name of a header",
	                  control[] = "part 1: a control character in its head",
	                  nul[] = "--b\r\n" FIELD "\0\r\n\r\n\r\n--b--";

	is_head(FIELD ";\r\n filename=\"a:b\"", none, "a line that goes on");
	is_head(FIELD "\r\nX", none, "no colon");
	is_head(FIELD "\r\n: x", none, "no name");
	is_head(FIELD "\r\nX y: z", none, "a blank in the name");
	is_head(FIELD "; filename=\"a\rb\"", control, "a return");
	is_head(FIELD "; filename=\"a\nb\"", control, "a line feed");
	is_head(FIELD "; filename=\"a\x1b\"", control, "an escape");
	is_head(FIELD "; filename=\"a\x7f\"", control, "DEL");
	is_head(FIELD ";\tfilename=\"a\tb\"", "n(a\tb)=x/", "tabs");
	is_text(parts(TYPE, nul, sizeof nul - 1), control, "a NUL");
	is_read("--b\r\n" FIELD "\r\n--b--", "part 1: no empty line behind its head", "no end");
	is_read("--b\r\n\r\nx\r\n--b--", "part 1: no empty line behind its head", "no head");
}

static void ends(void)
{
	static const char line[] = "no line of the body is its boundary";

	is_read("", line, "an empty body");
	is_text(parts(TYPE, NULL, 0), line, "none");
	is_read("--b", line, "a boundary without line end");
	is_read("--c\r\n" FIELD "\r\n\r\n\r\n--c--", line, "another boundary");
	is_read("--b\n" FIELD "\n\n1\n--b--\n", line, "line feeds only");
	is_read("x--b\r\n" FIELD "\r\n\r\n", line, "not at the start of a line");
	is_read("--b--\r\n", "a form without parts", "no parts");
	is_read("--b\r\n", "part 1: no end", "cut off at once");
	is_read("--b\r\n--b--\r\n", "part 1: no end", "a line end is of one boundary");
	is_read("--b\r\n" FIELD "\r\n\r\nx\r\n--b-", "part 1: no end", "cut off at the end");
	is_read("--b\r\n" FIELD "\r\n\r\nx\r\n--b\r", "part 1: no end", "cut off in a line end");
	is_read("--b\r\n" FIELD "\r\n\r\nx\r\n--b\r\nx", "part 2: no end", "cut off later");
}

/* COUNT parts with heads of MORE bytes than they need. */
static const char *many(int count, int more)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);
	const char *result;

	for (int i = 0; i < count; i++)
		fprintf(f, "--b\r\n" FIELD "\r\nX:%*s\r\n\r\n\r\n", more, "");
	fputs("--b--\r\n", f);
	xmemclose(f);
	result = parts(TYPE, text, size);
	free(text);
	return result;
}

static void limits(void)
{
	int room = FORM_HEAD_BYTES - (int)strlen(FIELD "\r\nX:\r\n\r\n");

	is_int((long long)strlen(many(1024, 0)), 3 * 1024, "1024 parts");
	is_text(many(1025, 0), "a form of more than 1024 parts", "one more");
	is_text(many(1, room), "n=/", "a head of 16384 bytes");
	is_text(many(1, room + 1), "part 1: a head of more than 16384 bytes", "one more");
}

static int read_file(const char *path, struct err *why)
{
	size_t size = 0;
	char *text = scratch_read(path, &size), *body = memchr(text, '\n', size);
	struct form f = {0};
	int got;

	if (body)
		*body++ = '\0';
	got = form_parse(&f, text, (uint8_t *)body, body ? size - (size_t)(body - text) : 0, why);
	form_release(&f);
	free(text);
	return got < 0 ? err_in(why, path) : 0;
}

int main(void)
{
	types();
	whole();
	within_data();
	boundaries();
	no_boundary();
	names();
	extended();
	heads();
	lines();
	ends();
	limits();
	corpus_check("form", read_file);
	return tap_end();
}
