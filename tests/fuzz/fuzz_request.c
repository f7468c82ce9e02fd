/*
 * A request's length and fields: a line with CONTENT_LENGTH, a line with a field's name, then
 * QUERY_STRING. A value that is found, written in escapes, is found again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "serve/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 4096 };

static char *field(const char *query, const char *name)
{
	struct request_variable variable = { "QUERY_STRING", query };
	struct request r = { .variable = &variable, .count = 1 };

	return request_field(&r, name);
}

static void escape(FILE *f, const char *text)
{
	for (; *text; text++)
		fprintf(f, "%%%02X", (unsigned char)*text);
}

static void check_again(const char *name, const char *value)
{
	char *query = NULL, *got;
	size_t size;
	FILE *f = xmemstream(&query, &size);

	escape(f, name);
	putc('=', f);
	escape(f, value);
	xmemclose(f);
	got = field(query, name);
	if (!got || strcmp(got, value))
		abort();
	free(got);
	free(query);
}

static void check_length(const char *text)
{
	struct err e = {0};
	int64_t n = request_length(text, LIMIT, &e);

	if (n < -1 || n > LIMIT || (n < 0) != (e.text[0] != '\0'))
		abort();
	if (n < 0 && request_length_is_number(text) != !!strstr(e.text, "more than 4096 bytes"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = size ? strndup((const char *)data, size) : NULL, *rest = text;
	const char *length = strsep(&rest, "\n"), *name = strsep(&rest, "\n");
	char *value;

	if (rest) {
		check_length(length);
		value = field(rest, name);
		if (value && strlen(value) > strlen(rest))
			abort();
		if (value)
			check_again(name, value);
		free(value);
	}
	free(text);
	return 0;
}
