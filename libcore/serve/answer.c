/* Answers; see answer.h. */
#include "serve/answer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

enum { NOT_MODIFIED = 304 };            /* has neither body nor what describes one */

static const char json_type[] = "application/json";

void answer_init(struct answer *a)
{
	*a = (struct answer){ .status = 200, .type = json_type };
}

void answer_release(struct answer *a)
{
	free(a->headers);
	free(a->body);
	*a = (struct answer){0};
}

FILE *answer_begin(struct answer *a)
{
	free(a->body);
	a->body = NULL;
	a->size = 0;
	return xmemstream(&a->body, &a->size);
}

void answer_end(struct answer *a, FILE *f)
{
	(void)a;
	xmemclose(f);
}

void answer_header(struct answer *a, const char *name, const char *value)
{
	char *headers = xasprintf("%s%s: %s", a->headers ? a->headers : "", name, value);
	size_t start = a->headers ? strlen(a->headers) : 0;

	for (char *p = headers + start; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	free(a->headers);
	a->headers = xasprintf("%s\r\n", headers);
	free(headers);
}

void answer_error(struct answer *a, int status, const char *format, ...)
{
	struct json_writer j;
	char *text;
	va_list ap;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	a->status = status;
	a->type = json_type;
	json_start(&j, answer_begin(a), false);
	json_object(&j, NULL);
	json_text(&j, "error", text);
	json_close_object(&j);
	answer_end(a, j.f);
	free(text);
}

/* As RFC 9110 has them. */
static const char *reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} of[] = {
		{ 200, "OK" },
		{ 301, "Moved Permanently" },
		{ NOT_MODIFIED, "Not Modified" },
		{ 400, "Bad Request" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		if (of[i].status == status)
			return of[i].text;
	assert(!"a status without a reason");
	return "";
}

void answer_write(const struct answer *a, FILE *f, int with_body)
{
	bool described = a->status != NOT_MODIFIED;

	fprintf(f, "Status: %d %s\r\n", a->status, reason(a->status));
	if (described)
		fprintf(f, "Content-Type: %s\r\nContent-Length: %zu\r\n", a->type, a->size);
	fprintf(f, "X-Content-Type-Options: nosniff\r\n%s\r\n", a->headers ? a->headers : "");
	if (described && with_body && a->size)
		fwrite(a->body, 1, a->size, f);
}
