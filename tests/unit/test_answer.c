/* Answers as a web server reads them. */
#include "serve/answer.h"

#include "base/mem.h"
#include "tap.h"

/* What is written, in new memory. */
static char *written(const struct answer *a, int with_body)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	answer_write(a, f, with_body);
	xmemclose(f);
	return text;
}

static void is_written(const struct answer *a, int with_body, const char *want, const char *what)
{
	char *got = written(a, with_body);

	is_text(got, want, what);
	free(got);
}

static void put_body(struct answer *a, const char *text)
{
	FILE *f = answer_begin(a);

	fputs(text, f);
	answer_end(a, f);
}

static void bodies(void)
{
	struct answer a;

	answer_init(&a);
	is_written(&a, 1, "Status: 200 OK\r\nContent-Type: application/json\r\n"
	           "Content-Length: 0\r\nX-Content-Type-Options: nosniff\r\n\r\n", "no body");
	put_body(&a, "an earlier body");
	put_body(&a, "<p>\n");
	a.type = "text/html; charset=utf-8";
	is_written(&a, 1, "Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
	           "Content-Length: 4\r\nX-Content-Type-Options: nosniff\r\n\r\n<p>\n", "a page");
	is_written(&a, 0, "Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
	           "Content-Length: 4\r\nX-Content-Type-Options: nosniff\r\n\r\n", "to HEAD");
	answer_header(&a, "ETag", "\"1\"");
	a.status = 304;
	is_written(&a, 1, "Status: 304 Not Modified\r\nX-Content-Type-Options: nosniff\r\n"
	           "ETag: \"1\"\r\n\r\n", "not modified");
	answer_release(&a);
	ok(!a.body && !a.headers, "released");
}

static void binary(void)
{
	struct answer a;
	char *text;
	size_t size;
	FILE *f;

	answer_init(&a);
	f = answer_begin(&a);
	fwrite("a\0b", 1, 3, f);
	answer_end(&a, f);
	is_int((long long)a.size, 3, "a body with a NUL");
	f = xmemstream(&text, &size);
	answer_write(&a, f, 1);
	xmemclose(f);
	ok(size > 7 && !memcmp(text + size - 7, "\r\n\r\na\0b", 7), "is written");
	free(text);
	answer_release(&a);
}

static void headers(void)
{
	struct answer a;

	answer_init(&a);
	answer_header(&a, "Allow", "GET, HEAD");
	is_text(a.headers, "Allow: GET, HEAD\r\n", "a header");
	answer_header(&a, "X", "a\r\nSet-Cookie: b\t\x7f\x01\xc3\xa4");
	is_text(a.headers, "Allow: GET, HEAD\r\nX: a  Set-Cookie: b   \xc3\xa4\r\n",
	        "another one without control characters");
	is_written(&a, 1, "Status: 200 OK\r\nContent-Type: application/json\r\n"
	           "Content-Length: 0\r\nX-Content-Type-Options: nosniff\r\nAllow: GET, HEAD\r\n"
	           "X: a  Set-Cookie: b   \xc3\xa4\r\n\r\n", "both are written");
	answer_release(&a);
}

static void errors(void)
{
	struct answer a;

	answer_init(&a);
	put_body(&a, "half of a pa");
	a.type = "text/html";
	answer_header(&a, "Allow", "GET");
	answer_error(&a, 405, "%s of \"%s\"", "no\nPOST", "\xff\x1b\\");
	is_written(&a, 1, "Status: 405 Method Not Allowed\r\nContent-Type: application/json\r\n"
	           "Content-Length: 40\r\nX-Content-Type-Options: nosniff\r\nAllow: GET\r\n\r\n"
	           "{\"error\": \"no\\nPOST of \\\"\xef\xbf\xbd\\u001b\\\\\\\"\"}",
	           "an error in place of a page");
	answer_release(&a);
}

static void reasons(void)
{
	static const char *const line[] = {
		"Status: 200 OK\r\n", "Status: 301 Moved Permanently\r\n",
		"Status: 304 Not Modified\r\n", "Status: 400 Bad Request\r\n",
		"Status: 404 Not Found\r\n", "Status: 405 Method Not Allowed\r\n",
		"Status: 408 Request Timeout\r\n", "Status: 411 Length Required\r\n",
		"Status: 413 Content Too Large\r\n", "Status: 415 Unsupported Media Type\r\n",
		"Status: 500 Internal Server Error\r\n", "Status: 503 Service Unavailable\r\n",
	};

	for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
		struct answer a;
		char *got;

		answer_init(&a);
		a.status = atoi(line[i] + 8);
		got = written(&a, 1);
		ok(!strncmp(got, line[i], strlen(line[i])), "%d", a.status);
		free(got);
		answer_release(&a);
	}
}

int main(void)
{
	bodies();
	binary();
	headers();
	errors();
	reasons();
	return tap_end();
}
