/* JSON writer; see json.h. The reader is json_read.c. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

void json_start(struct json_writer *j, FILE *f, bool pretty)
{
	*j = (struct json_writer){ .f = f, .pretty = pretty, .first = true };
}

static void new_line(struct json_writer *j)
{
	if (!j->pretty)
		return;
	putc('\n', j->f);
	for (int i = 0; i < j->depth; i++)
		fputs("  ", j->f);
}

static void write_text(FILE *f, const char *text)
{
	putc('"', f);
	while (*text) {
		const char *at = text;
		uint32_t c = utf8_next(&text);

		if (c == UTF8_REPLACEMENT)
			fputs("\xef\xbf\xbd", f);
		else if (c == '"' || c == '\\')
			fprintf(f, "\\%c", (char)c);
		else if (c == '\n')
			fputs("\\n", f);
		else if (c == '\t')
			fputs("\\t", f);
		else if (c < ' ')
			fprintf(f, "\\u%04x", c);
		else
			fwrite(at, 1, (size_t)(text - at), f);
	}
	putc('"', f);
}

/* What stands before a value: comma, new line, key. */
static void lead(struct json_writer *j, const char *key)
{
	if (!j->first)
		fputs(j->pretty ? "," : ", ", j->f);
	if (j->depth > 0)
		new_line(j);
	j->first = false;
	if (key) {
		write_text(j->f, key);
		fputs(": ", j->f);
	}
}

static void open_level(struct json_writer *j, const char *key, char bracket)
{
	lead(j, key);
	putc(bracket, j->f);
	j->depth++;
	j->first = true;
}

static void close_level(struct json_writer *j, char bracket)
{
	j->depth--;
	if (!j->first)
		new_line(j);
	putc(bracket, j->f);
	j->first = false;
	if (j->depth == 0 && j->pretty)
		putc('\n', j->f);
}

void json_object(struct json_writer *j, const char *key)
{
	open_level(j, key, '{');
}

void json_array(struct json_writer *j, const char *key)
{
	open_level(j, key, '[');
}

void json_close_object(struct json_writer *j)
{
	close_level(j, '}');
}

void json_close_array(struct json_writer *j)
{
	close_level(j, ']');
}

void json_text(struct json_writer *j, const char *key, const char *value)
{
	lead(j, key);
	write_text(j->f, value);
}

void json_int(struct json_writer *j, const char *key, int64_t value)
{
	lead(j, key);
	fprintf(j->f, "%lld", (long long)value);
}

void json_seed(struct json_writer *j, const char *key, uint64_t value)
{
	lead(j, key);
	fprintf(j->f, "%llu", (unsigned long long)value);
}

/* The fewest digits from FEWEST on that read back as VALUE. */
static void write_shortest(FILE *f, double value, int fewest, int most, bool as_float)
{
	char text[40];

	if (!isfinite(value)) {
		fputs("null", f);
		return;
	}
	for (int digits = fewest; digits <= most; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (as_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			break;
	}
	fputs(text, f);
}

void json_number(struct json_writer *j, const char *key, double value)
{
	lead(j, key);
	write_shortest(j->f, value, 15, 17, false);
}

void json_float(struct json_writer *j, const char *key, float value)
{
	lead(j, key);
	write_shortest(j->f, value, 6, 9, true);
}

void json_bool(struct json_writer *j, const char *key, bool value)
{
	lead(j, key);
	fputs(value ? "true" : "false", j->f);
}

void json_null(struct json_writer *j, const char *key)
{
	lead(j, key);
	fputs("null", j->f);
}

static void write_digits(struct json_writer *j, const char *key, const char *digits)
{
	lead(j, key);
	fputs(digits, j->f);
}

const float *json_tensor(struct json_writer *j, const char *key, int rank, const size_t *shape,
                         const float *values)
{
	json_array(j, key);
	for (size_t i = 0; i < shape[0]; i++)
		if (rank > 1)
			values = json_tensor(j, NULL, rank - 1, shape + 1, values);
		else
			json_float(j, NULL, *values++);
	json_close_array(j);
	return values;
}

void json_value(struct json_writer *j, const char *key, const struct json *v)
{
	switch (v->type) {
	case JSON_NULL:
		json_null(j, key);
		break;
	case JSON_BOOL:
		json_bool(j, key, v->boolean);
		break;
	case JSON_NUMBER:
		if (v->integer)
			json_int(j, key, v->whole);
		else if (v->text)
			write_digits(j, key, v->text);
		else
			json_number(j, key, v->number);
		break;
	case JSON_TEXT:
		json_text(j, key, v->text);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		open_level(j, key, v->type == JSON_ARRAY ? '[' : '{');
		for (size_t i = 0; i < v->count; i++)
			json_value(j, v->items[i].key, &v->items[i]);
		close_level(j, v->type == JSON_ARRAY ? ']' : '}');
		break;
	case JSON_TENSOR:
		json_tensor(j, key, v->rank, v->shape, v->values);
		break;
	}
}

char *json_line(const struct json *v)
{
	struct json_writer j;
	char *text;
	size_t size;

	json_start(&j, xmemstream(&text, &size), false);
	json_value(&j, NULL, v);
	xmemclose(j.f);
	return text;
}
