/* A web request; see request.h. */
#include "serve/request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *request_get(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (!strcmp(r->variable[i].name, name))
			return r->variable[i].value;
	return "";
}

/* CGI's SCRIPT_NAME names the program; a server that speaks SCGI may have nothing else to tell. */
const char *request_path(const struct request *r)
{
	static const char *const name[] = { "PATH_INFO", "DOCUMENT_URI", "SCRIPT_NAME" };
	size_t count = *request_get(r, "SCGI") ? 3 : 2;

	for (size_t i = 0; i < count; i++) {
		const char *path = request_get(r, name[i]);

		if (*path)
			return path;
	}
	return "/";
}

static int hex_digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10;
}

int request_escape(const char *text)
{
	int high, low;

	if (text[0] != '%')
		return -1;
	high = hex_digit(text[1]);
	if (high < 0)
		return -1;
	low = hex_digit(text[2]);
	return low < 0 ? -1 : high << 4 | low;
}

/* The SIZE bytes at TEXT, which end before '&', '=' or a NUL: no escape goes on behind them. */
static char *decode(const char *text, size_t size)
{
	char *result = xmalloc(size + 1, 1), *to = result;
	const char *end = text + size;

	while (text < end) {
		int c = request_escape(text);

		if (c > 0)
			*to++ = (char)c;
		else if (c < 0)
			*to++ = *text == '+' ? ' ' : *text;
		text += c < 0 ? 1 : 3;
	}
	*to = '\0';
	return result;
}

static bool is_named(const char *text, size_t size, const char *name)
{
	char *own = decode(text, size);
	bool same = !strcmp(own, name);

	free(own);
	return same;
}

char *request_field(const struct request *r, const char *field)
{
	const char *p = request_get(r, "QUERY_STRING");

	while (*p) {
		size_t size = strcspn(p, "&"), name = strcspn(p, "&=");

		if (size && is_named(p, name, field))
			return name == size ? xstrdup("") : decode(p + name + 1, size - name - 1);
		p += size + (p[size] == '&');
	}
	return NULL;
}

bool request_length_is_number(const char *content_length)
{
	return !content_length[strspn(content_length, "0123456789")];
}

int64_t request_length(const char *content_length, size_t limit, struct err *e)
{
	unsigned long long n;

	if (!*content_length)
		return 0;
	if (!request_length_is_number(content_length))
		return err_set(e, "CONTENT_LENGTH is no number");
	n = strtoull(content_length, NULL, 10);         /* ULLONG_MAX for more */
	if (n > limit || n > INT64_MAX)
		return err_set(e, "a body of more than %zu bytes", limit);
	return (int64_t)n;
}
