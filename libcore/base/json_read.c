/* The strict JSON reader; see json.h. */
#include "base/json.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { MAX_DEPTH = 32, MAX_NAMES = 10000, NUMBER_BYTES = 64 };

struct reader {
	const char *start, *p, *end;
	struct err *e;
	bool foreign;                   /* also what Python's json writes, and no standard has */
	bool tensors;
	size_t values;                  /* of any kind so far */
};

static int read_value(struct reader *r, struct json *v, int depth);

static int fail(struct reader *r, const char *what)
{
	return err_set(r->e, "no valid JSON at byte %zu: %s", (size_t)(r->p - r->start), what);
}

static void skip_blanks(struct reader *r)
{
	while (r->p < r->end &&
	       (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
		r->p++;
}

static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static bool take_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n))
		return false;
	r->p += n;
	return true;
}

static int read_hex4(struct reader *r, uint32_t *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++, r->p++) {
		if (r->p == r->end || !isxdigit((unsigned char)*r->p))
			return fail(r, "expected four hexadecimal digits");
		*code = *code << 4 | (uint32_t)(isdigit((unsigned char)*r->p)
		                                        ? *r->p - '0'
		                                        : (*r->p | 32) - 'a' + 10);
	}
	return 0;
}

/* After "\u": one code point, from a surrogate pair if need be. */
static int read_unicode(struct reader *r, uint32_t *code)
{
	uint32_t low;

	if (read_hex4(r, code) < 0)
		return -1;
	if (*code == 0)
		return fail(r, "a NUL in a text");
	if (*code < 0xd800 || *code > 0xdfff)
		return 0;
	if (*code > 0xdbff || !take_word(r, "\\u") || read_hex4(r, &low) < 0 ||
	    low < 0xdc00 || low > 0xdfff)
		return fail(r, "half of a surrogate pair");
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return 0;
}

static int read_escape(struct reader *r, char *to, size_t *used)
{
	static const char from[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
	const char *at;
	uint32_t code;

	if (r->p == r->end)
		return fail(r, "the text ends in an escape");
	if (*r->p == 'u') {
		r->p++;
		if (read_unicode(r, &code) < 0)
			return -1;
		*used += utf8_encode(to + *used, code);
		return 0;
	}
	at = *r->p ? strchr(from, *r->p) : NULL;
	if (!at)
		return fail(r, "unknown escape");
	to[(*used)++] = plain[at - from];
	r->p++;
	return 0;
}

/*
 * After the opening quote. An escape is never shorter than what it stands for, so the
 * text bounds its size.
 */
static int read_text(struct reader *r, char **text)
{
	const char *close = r->p;
	size_t used = 0;
	char *to;

	while (close < r->end && *close != '"')
		close += *close == '\\' ? 2 : 1;
	if (close >= r->end)
		return fail(r, "the text does not end");
	to = xmalloc((size_t)(close - r->p) + 1, 1);
	while (*r->p != '"') {
		unsigned char c = (unsigned char)*r->p;

		if (c < ' ') {
			free(to);
			return fail(r, "a control character in a text");
		}
		r->p++;
		if (c != '\\') {
			to[used++] = (char)c;
		} else if (read_escape(r, to, &used) < 0) {
			free(to);
			return -1;
		}
	}
	r->p++;
	to[used] = '\0';
	*text = to;
	return 0;
}

static size_t digits(const char *p)
{
	return strspn(p, "0123456789");
}

/*
 * Length of the JSON number at P (ended by a NUL), 0 if there is none. INTEGER: no point,
 * no exponent.
 */
static size_t number_length(const char *p, bool *integer)
{
	const char *q = p + (*p == '-');
	size_t n = digits(q);

	if (!n || (*q == '0' && n > 1))
		return 0;
	q += n;
	*integer = true;
	if (*q == '.') {
		n = digits(++q);
		if (!n)
			return 0;
		q += n;
		*integer = false;
	}
	if (*q == 'e' || *q == 'E') {
		q++;
		q += *q == '+' || *q == '-';
		n = digits(q);
		if (!n)
			return 0;
		q += n;
		*integer = false;
	}
	return (size_t)(q - p);
}

static int read_number(struct reader *r, struct json *v)
{
	char text[NUMBER_BYTES] = "";
	size_t left = (size_t)(r->end - r->p), n;

	memcpy(text, r->p, left < sizeof text - 1 ? left : sizeof text - 1);
	n = number_length(text, &v->integer);
	if (!n || n == sizeof text - 1)
		return fail(r, "expected a value");
	text[n] = '\0';
	v->type = JSON_NUMBER;
	v->number = strtod(text, NULL);
	if (!isfinite(v->number))
		return fail(r, "a number out of range");
	if (v->integer) {
		errno = 0;
		v->whole = strtoll(text, NULL, 10);
		if (errno)
			v->text = xstrdup(text);
		v->integer = !errno && strcmp(text, "-0");
	}
	r->p += n;
	return 0;
}

static struct json *add_item(struct json *v, size_t *room)
{
	if (v->count == *room) {
		*room = *room ? 2 * *room : 4;
		v->items = xrealloc(v->items, *room, sizeof *v->items);
	}
	v->items[v->count] = (struct json){0};
	return &v->items[v->count++];
}

static int read_key(struct reader *r, struct json *object, char **key)
{
	if (!take(r, '"'))
		return fail(r, "expected a name in quotes");
	if (read_text(r, key) < 0)
		return -1;
	assert(*key);
	if (json_get(object, *key))
		return fail(r, "the same name twice");
	if (object->count == MAX_NAMES)
		return fail(r, "too many names in one object");
	return take(r, ':') ? 0 : fail(r, "expected ':'");
}

/* After the opening bracket, up to the closing one. */
static int read_items(struct reader *r, struct json *v, char close, int depth)
{
	size_t room = 0;

	if (take(r, close))
		return 0;
	do {
		char *key = NULL;
		struct json *item;

		if (close == '}' && read_key(r, v, &key) < 0) {
			free(key);
			return -1;
		}
		item = add_item(v, &room);
		item->key = key;
		if (read_value(r, item, depth + 1) < 0)
			return -1;
	} while (take(r, ','));
	return take(r, close) ? 0 : fail(r, "expected ',' or the closing bracket");
}

/* ---- tensors ---- */

struct tensor {
	float *values;
	size_t count, room;
	int rank;                       /* 0: no innermost array has ended yet */
	size_t shape[JSON_RANK_MAX];
};

static void add_number(struct tensor *t, float value)
{
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->values = xrealloc(t->values, t->room, sizeof *t->values);
	}
	t->values[t->count++] = value;
}

/* Notes that an array at LEVEL had N items; false: not the shape of those before. */
static bool agree(struct tensor *t, int level, size_t n)
{
	if (!t->shape[level])
		t->shape[level] = n;
	return t->shape[level] == n;
}

/* Is an array at LEVEL one of numbers, where the first of its level was one of arrays? */
static bool is_innermost(struct tensor *t, int level)
{
	if (!t->rank)
		t->rank = level + 1;
	return t->rank == level + 1;
}

/* After the opening bracket. False: no tensor; the place is lost then. */
static bool read_rows(struct reader *r, struct tensor *t, int level)
{
	size_t n = 0;

	if (level == JSON_RANK_MAX)
		return false;
	do {
		const char *end;
		float value;

		if (take(r, '[')) {
			if (t->rank == level + 1 || !read_rows(r, t, level + 1))
				return false;
			continue;
		}
		end = decimal_float(r->p, r->end, &value);
		if (!end || !is_innermost(t, level))
			return false;
		add_number(t, value);
		r->p = end;
	} while (n++, take(r, ','));
	return take(r, ']') && agree(t, level, n);
}

/* After the opening bracket. False: no tensor, and nothing happened. */
static bool read_tensor(struct reader *r, struct json *v)
{
	const char *start = r->p;
	struct tensor t = {0};

	if (!read_rows(r, &t, 0)) {
		free(t.values);
		r->p = start;
		return false;
	}
	v->type = JSON_TENSOR;
	v->values = t.values;
	v->rank = t.rank;
	memcpy(v->shape, t.shape, sizeof v->shape);
	return true;
}

static int read_value(struct reader *r, struct json *v, int depth)
{
	skip_blanks(r);
	if (depth > MAX_DEPTH)
		return fail(r, "nested too deeply");
	if (r->tensors && r->values++ == JSON_VALUES_MAX)
		return fail(r, "too many values");
	if (take(r, '{')) {
		v->type = JSON_OBJECT;
		return read_items(r, v, '}', depth);
	}
	if (take(r, '[')) {
		if (r->tensors && read_tensor(r, v))
			return 0;
		v->type = JSON_ARRAY;
		return read_items(r, v, ']', depth);
	}
	if (take(r, '"')) {
		v->type = JSON_TEXT;
		return read_text(r, &v->text);
	}
	if (take_word(r, "null"))
		return 0;
	if (r->foreign &&
	    (take_word(r, "NaN") || take_word(r, "Infinity") || take_word(r, "-Infinity")))
		return 0;
	v->boolean = take_word(r, "true");
	if (v->boolean || take_word(r, "false")) {
		v->type = JSON_BOOL;
		return 0;
	}
	return read_number(r, v);
}

static void release(struct json *v)
{
	for (size_t i = 0; i < v->count; i++)
		release(&v->items[i]);
	free(v->items);
	free(v->values);
	free(v->text);
	free(v->key);
}

void json_free(struct json *v)
{
	if (!v)
		return;
	release(v);
	free(v);
}

void json_move(struct json *to, struct json *from)
{
	char *key = to->key;

	to->key = NULL;
	release(to);
	free(from->key);
	*to = *from;
	to->key = key;
	free(from);
}

static struct json *parse(struct reader *r)
{
	struct json *v = xcalloc(1, sizeof *v);

	if (read_value(r, v, 0) < 0)
		goto fail;
	skip_blanks(r);
	if (r->p != r->end) {
		fail(r, "text after the value");
		goto fail;
	}
	return v;
fail:
	json_free(v);
	return NULL;
}

struct json *json_parse(const char *text, size_t size, struct err *e)
{
	struct reader r = { .start = text, .p = text, .end = text + size, .e = e };

	return parse(&r);
}

struct json *json_parse_foreign(const char *text, size_t size, struct err *e)
{
	struct reader r = { .start = text, .p = text, .end = text + size, .e = e, .foreign = true };

	take_word(&r, "\xef\xbb\xbf");
	return parse(&r);
}

struct json *json_parse_tensors(const char *text, size_t size, struct err *e)
{
	struct reader r = { .start = text, .p = text, .end = text + size, .e = e, .tensors = true };

	return parse(&r);
}

const struct json *json_get(const struct json *v, const char *key)
{
	if (!v || v->type != JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < v->count; i++) {
		assert(v->items[i].key);        /* as each item of an object has */
		if (!strcmp(v->items[i].key, key))
			return &v->items[i];
	}
	return NULL;
}
