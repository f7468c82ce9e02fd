/* Requests by SCGI; see scgi.h. */
#include "serve/scgi.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LENGTH_DIGITS = 5 };             /* those of SCGI_HEADER_BYTES */

/* "70:": sets START and HEAD. Returns 0 if it is not all there. */
static int read_length(struct scgi *s, const uint8_t *data, size_t size, struct err *e)
{
	size_t length = 0, i = 0;

	for (; i < size && data[i] >= '0' && data[i] <= '9'; i++) {
		if (i == LENGTH_DIGITS || (i == 1 && data[0] == '0'))
			return err_set(e, "no SCGI: no length of a header at the start");
		length = 10 * length + (data[i] - '0');
	}
	if (length > SCGI_HEADER_BYTES)
		return err_set(e, "a header of more than %d bytes", SCGI_HEADER_BYTES);
	if (i == size)
		return 0;
	if (i == 0 || data[i] != ':')
		return err_set(e, "no SCGI: no length of a header at the start");
	s->start = i + 1;
	s->head = s->start + length + 1;
	return 1;
}

/* The variables between the length and the comma: NAME NUL VALUE NUL, again and again. */
static int count_variables(struct scgi *s, const uint8_t *data, struct err *e)
{
	size_t ends = 0;

	for (size_t i = s->start; i < s->head - 1; i++)
		ends += !data[i];
	if (data[s->head - 1] != ',')
		return err_set(e, "no SCGI: no comma behind the header");
	if (ends % 2 || data[s->head - 2])
		return err_set(e, "no SCGI: the header ends within a variable");
	if (ends / 2 > SCGI_VARIABLES)
		return err_set(e, "more than %d variables", SCGI_VARIABLES);
	s->count = ends / 2;
	return 0;
}

static void split(struct scgi *s, const uint8_t *data)
{
	const char *p = (const char *)data + s->start;

	for (size_t i = 0; i < s->count; i++) {
		s->variable[i].name = p;
		p += strlen(p) + 1;
		s->variable[i].value = p;
		p += strlen(p) + 1;
	}
}

static bool is_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '=')
			return false;
	return *name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_twice(const struct scgi *s, struct err *e)
{
	const char **name = xmalloc(s->count, sizeof *name);
	bool twice = false;

	for (size_t i = 0; i < s->count; i++)
		name[i] = s->variable[i].name;
	qsort(name, s->count, sizeof *name, by_name);
	for (size_t i = 1; i < s->count && !twice; i++) {
		twice = !strcmp(name[i - 1], name[i]);
		if (twice)
			err_set(e, "the variable %.64s comes twice", name[i]);
	}
	free(name);
	return twice ? -1 : 0;
}

static int check_variables(const struct scgi *s, struct err *e)
{
	struct request r = { .variable = s->variable, .count = s->count };

	if (strcmp(s->variable[0].name, "CONTENT_LENGTH"))
		return err_set(e, "no SCGI: CONTENT_LENGTH is not the first variable");
	for (size_t i = 0; i < s->count; i++)
		if (!is_name(s->variable[i].name))
			return err_set(e, "variable %zu has no name, or none that can be one",
			               i + 1);
	if (check_twice(s, e) < 0)
		return -1;
	if (strcmp(request_get(&r, "SCGI"), "1"))
		return err_set(e, "no SCGI: the variable SCGI is not 1");
	return 0;
}

/* Sets WHOLE. */
static int read_head(struct scgi *s, const uint8_t *data, size_t body_limit, struct err *e)
{
	const char *length;
	int64_t body;

	if (count_variables(s, data, e) < 0)
		return -1;
	s->variable = xrealloc(s->variable, s->count, sizeof *s->variable);
	split(s, data);
	if (check_variables(s, e) < 0)
		return -1;
	length = s->variable[0].value;
	if (!*length)
		return err_set(e, "CONTENT_LENGTH is empty");
	body = request_length(length, body_limit, e);
	s->too_large = body < 0 && request_length_is_number(length);
	if (body < 0)
		return -1;
	s->whole = s->head + (size_t)body;
	return 0;
}

int scgi_read(struct scgi *s, const uint8_t *data, size_t size, size_t body_limit, struct err *e)
{
	if (!s->start) {
		int got = read_length(s, data, size, e);

		if (got <= 0)
			return got;
	}
	if (size < s->head)
		return 0;
	if (!s->whole && read_head(s, data, body_limit, e) < 0)
		return -1;
	return size >= s->whole;
}

void scgi_request(struct request *r, struct scgi *s, const uint8_t *data)
{
	split(s, data);
	*r = (struct request){
		.variable = s->variable, .count = s->count,
		.body = data + s->head, .size = s->whole - s->head,
	};
}

bool scgi_too_large(const struct scgi *s)
{
	return s->too_large;
}

void scgi_release(struct scgi *s)
{
	free(s->variable);
	*s = (struct scgi){0};
}
