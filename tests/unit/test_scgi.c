/* SCGI: whole requests, requests piece by piece, and what is none. */
#include "serve/scgi.h"

#include "base/mem.h"
#include "corpus.h"
#include "scratch.h"
#include "tap.h"

enum { LIMIT = 4096 };

static struct err e;

/* VARIABLES with '|' for each NUL, as SCGI has them; in new memory. */
static uint8_t *request(const char *variables, const char *body, size_t *size)
{
	char *text = xasprintf("%zu:%s,%s", strlen(variables), variables, body);

	*size = strlen(text);
	for (char *p = text; *p; p++)
		if (*p == '|')
			*p = '\0';
	return (uint8_t *)text;
}

/* The message, or "whole", or "more". */
static const char *read_bytes(const void *data, size_t size)
{
	struct scgi s = {0};
	int got = scgi_read(&s, data, size, LIMIT, &e);

	scgi_release(&s);
	return got < 0 ? e.text : got ? "whole" : "more";
}

static void is_read(const char *variables, const char *want, const char *what)
{
	size_t size;
	uint8_t *data = request(variables, "", &size);

	is_text(read_bytes(data, size), want, what);
	free(data);
}

static void whole(void)
{
	size_t size;
	uint8_t *data = request("CONTENT_LENGTH|3|SCGI|1|REQUEST_METHOD|POST|QUERY_STRING||",
	                        "abcd", &size);
	struct scgi s = {0};
	struct request r;

	is_int(scgi_read(&s, data, size, LIMIT, &e), 1, "a request");
	scgi_request(&r, &s, data);
	is_int((long long)r.count, 4, "its variables");
	is_text(r.variable[2].name, "REQUEST_METHOD", "a name");
	is_text(request_get(&r, "REQUEST_METHOD"), "POST", "a value");
	is_text(request_get(&r, "QUERY_STRING"), "", "an empty one");
	ok(r.size == 3 && !memcmp(r.body, "abc", 3), "its body, not what is behind it");
	scgi_release(&s);
	ok(!s.variable && !s.whole, "released");
	free(data);
}

/* At another address each time; nothing but what has arrived is there, and only at the last one. */
static void pieces(void)
{
	size_t size, early = 0;
	uint8_t *data = request("CONTENT_LENGTH|3|SCGI|1|A|x|", "abc", &size);
	uint8_t **piece = xmalloc(size, sizeof *piece);
	struct scgi s = {0};
	struct request r;

	for (size_t n = 0; n < size; n++) {
		piece[n] = memcpy(xmalloc(n ? n : 1, 1), data, n);
		early += scgi_read(&s, piece[n], n, LIMIT, &e) != 0;
		memset(piece[n], 'x', n);
	}
	is_int((long long)early, 0, "byte by byte: more must come");
	is_int(scgi_read(&s, data, size, LIMIT, &e), 1, "until the last one");
	scgi_request(&r, &s, data);
	is_text(request_get(&r, "A"), "x", "the request, at the last address");
	ok(r.body == data + size - 3, "its body too");
	scgi_release(&s);
	for (size_t n = 0; n < size; n++)
		free(piece[n]);
	free(piece);
	free(data);
}

/* What is known is not looked at again: a header that was read may be gone. */
static void once(void)
{
	size_t size;
	uint8_t *data = request("CONTENT_LENGTH|9|SCGI|1|", "abc", &size);
	struct scgi s = {0};

	is_int(scgi_read(&s, data, size, LIMIT, &e), 0, "a body that is not whole");
	memset(data, 'x', size);
	is_int(scgi_read(&s, data, size, LIMIT, &e), 0, "the header is not read again");
	scgi_release(&s);
	free(data);
}

static void starts(void)
{
	static const char none[] = "no SCGI: no length of a header at the start";

	is_text(read_bytes("", 0), "more", "nothing");
	is_text(read_bytes("24", 2), "more", "half of a length");
	is_text(read_bytes("24:", 3), "more", "a length");
	is_text(read_bytes("GET / HTTP/1.1\r\n", 16), none, "HTTP");
	is_text(read_bytes(":,", 2), none, "no length");
	is_text(read_bytes("024:", 4), none, "a zero first");
	is_text(read_bytes("00", 2), none, "two zeros");
	is_text(read_bytes("+24:", 4), none, "a sign");
	is_text(read_bytes(" 24:", 4), none, "a blank");
	is_text(read_bytes("2\0:", 3), none, "a NUL");
	is_text(read_bytes("24,", 3), none, "another sign behind it");
	is_text(read_bytes("65536:", 6), "more", "the longest header");
	is_text(read_bytes("65537", 5), "a header of more than 65536 bytes", "a longer one");
	is_text(read_bytes("111111", 6), none, "more digits");
	is_text(read_bytes("0:,", 3), "no SCGI: the header ends within a variable", "no header");
}

static void headers(void)
{
	static const char within[] = "no SCGI: the header ends within a variable",
	                  first[] = "no SCGI: CONTENT_LENGTH is not the first variable",
	                  version[] = "no SCGI: the variable SCGI is not 1",
	                  name[] = "variable 3 has no name, or none that can be one";

	is_read("CONTENT_LENGTH|0|SCGI|1|", "whole", "the least");
	is_text(read_bytes("24:CONTENT_LENGTH\0000\0SCGI\0001\0;", 28),
	        "no SCGI: no comma behind the header", "no comma");
	is_read("CONTENT_LENGTH|0|SCGI|1", within, "no NUL at the end");
	is_read("CONTENT_LENGTH|0|SCGI|1|A|", within, "a name without a value");
	is_read("CONTENT_LENGTH|0|SCGI|1|A|b", within, "a value without its end");
	is_read("SCGI|1|CONTENT_LENGTH|0|", first, "the length second");
	is_read("SCGI|1|", first, "no length");
	is_read("content_length|0|SCGI|1|", first, "in small letters");
	is_read("CONTENT_LENGTH|0|", version, "no version");
	is_read("CONTENT_LENGTH|0|SCGI|2|", version, "another version");
	is_read("CONTENT_LENGTH|0|SCGI||", version, "an empty version");
	is_read("CONTENT_LENGTH|0|SCGI|1|||", name, "no name");
	is_read("CONTENT_LENGTH|0|SCGI|1|A B|x|", name, "a name with a blank");
	is_read("CONTENT_LENGTH|0|SCGI|1|A\r\nB|x|", name, "a name with a line end");
	is_read("CONTENT_LENGTH|0|SCGI|1|A\x7f|x|", name, "a name with DEL");
	is_read("CONTENT_LENGTH|0|SCGI|1|A=B|x|", name, "a name with an equals sign");
	is_read("CONTENT_LENGTH|0|SCGI|1|A|\r\n|", "whole", "a value with a line end");
	is_read("CONTENT_LENGTH|0|SCGI|1|A|1|B|2|A|1|", "the variable A comes twice", "twice");
	is_read("CONTENT_LENGTH|0|SCGI|1|CONTENT_LENGTH|1|",
	        "the variable CONTENT_LENGTH comes twice", "two lengths");
}

static void is_length(const char *length, const char *want, bool too_large)
{
	char *variables = xasprintf("CONTENT_LENGTH|%s|SCGI|1|", length);
	size_t size;
	uint8_t *data = request(variables, "", &size);
	struct scgi s = {0};
	int got = scgi_read(&s, data, size, LIMIT, &e);

	ok(!strcmp(got < 0 ? e.text : got ? "whole" : "more", want) &&
	   scgi_too_large(&s) == too_large, "length '%s': %s", length, want);
	scgi_release(&s);
	free(data);
	free(variables);
}

static void lengths(void)
{
	static const char *const no_number[] = { "-1", "+1", " 1", "1 ", "0x1", "0, 0", "1\t" };

	is_length("0", "whole", false);
	is_length("4096", "more", false);
	is_length("4097", "a body of more than 4096 bytes", true);
	is_length("18446744073709551616", "a body of more than 4096 bytes", true);
	is_length("", "CONTENT_LENGTH is empty", false);
	for (size_t i = 0; i < sizeof no_number / sizeof *no_number; i++)
		is_length(no_number[i], "CONTENT_LENGTH is no number", false);
}

/* COUNT variables, the last of which is as long as to make SIZE bytes; 0: empty. */
static const char *many(int count, size_t size)
{
	char *head = NULL, *text;
	size_t used, whole;
	FILE *f = xmemstream(&head, &used);
	const char *result;

	fprintf(f, "CONTENT_LENGTH%c0%cSCGI%c1%c", 0, 0, 0, 0);
	for (int i = 2; i < count; i++)
		fprintf(f, "N%d%c%*s%c", i, 0, i == count - 1 ? (int)size : 0, "", 0);
	xmemclose(f);
	f = xmemstream(&text, &whole);
	fprintf(f, "%zu:", used);
	fwrite(head, 1, used, f);
	putc(',', f);
	xmemclose(f);
	result = read_bytes(text, whole);
	free(head);
	free(text);
	return result;
}

static void limits(void)
{
	is_text(many(1024, 0), "whole", "1024 variables");
	is_text(many(1025, 0), "more than 1024 variables", "one more");
	is_text(many(3, 65536 - 24 - 4), "whole", "a header of 65536 bytes");
	is_text(many(3, 65536 - 24 - 3), "a header of more than 65536 bytes", "one more");
}

static int read_file(const char *path, struct err *why)
{
	size_t size = 0;
	char *text = scratch_read(path, &size);
	struct scgi s = {0};
	int got = scgi_read(&s, (uint8_t *)text, size, LIMIT, why);

	if (got == 0)
		err_set(why, "cut off");
	scgi_release(&s);
	free(text);
	return got > 0 ? 0 : err_in(why, path);
}

int main(void)
{
	whole();
	pieces();
	once();
	starts();
	headers();
	lengths();
	limits();
	corpus_check("scgi", read_file);
	return tap_end();
}
