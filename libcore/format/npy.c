/*
 * numpy's .npy files; see npy.h. Numbers are converted by npy_f4.c, ids by npy_ids.c, objects
 * by pickle.c.
 */
#include "format/npy.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"

enum {
	MAGIC_BYTES = 6,
	MAX_HEADER = 10000,             /* numpy refuses longer header texts */
};
static const uint8_t MAGIC[MAGIC_BYTES] = "\x93NUMPY";

size_t npy_count(const struct npy *a)
{
	size_t n = 1;

	for (int i = 0; i < a->dims; i++)
		n *= a->shape[i];
	return n;
}

/*
 * Appends to TEXT, of which USED characters are taken; what does not fit is cut off. Returns
 * the new USED.
 */
__attribute__((format(printf, 4, 5)))
static size_t append(char *text, size_t size, size_t used, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text + used, size - used, format, ap);
	va_end(ap);
	return n < 0 || (size_t)n >= size - used ? size - 1 : used + (size_t)n;
}

char *npy_describe(const struct npy *a, char *text, size_t size)
{
	char order = a->item_bytes <= 1 || a->kind == 'S' ? '|' : a->big_endian ? '>' : '<';
	size_t n = append(text, size, 0, "%s", a->dims ? "" : "a scalar");

	for (int i = 0; i < a->dims; i++)
		n = append(text, size, n, "%s%zu", i ? " x " : "", a->shape[i]);
	n = append(text, size, n, " of %c%c", order, a->kind);
	if (a->kind != 'O')
		n = append(text, size, n, "%d",
		           a->kind == 'U' ? a->item_bytes / NPY_CHAR_BYTES : a->item_bytes);
	append(text, size, n, "%s", a->fortran ? " in Fortran order" : "");
	return text;
}

/* ---- the header's text, a Python dict literal ---- */

struct text {
	const char *p, *end;
};

static void skip_blanks(struct text *t)
{
	while (t->p < t->end && strchr(" \t\n\r\f", *t->p) && *t->p)
		t->p++;
}

/* True if the next token is C, which is taken. */
static bool take(struct text *t, char c)
{
	skip_blanks(t);
	if (t->p == t->end || *t->p != c)
		return false;
	t->p++;
	return true;
}

static bool take_word(struct text *t, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(t);
	if ((size_t)(t->end - t->p) < n || memcmp(t->p, word, n) != 0)
		return false;
	t->p += n;
	return true;
}

/* A quoted string without escapes; S points into the header. */
static bool take_string(struct text *t, struct text *s)
{
	char quote = take(t, '\'') ? '\'' : take(t, '"') ? '"' : '\0';

	if (!quote)
		return false;
	s->p = t->p;
	while (t->p < t->end && *t->p != quote && *t->p != '\\')
		t->p++;
	s->end = t->p;
	return take(t, quote);
}

static bool is_word(const struct text *s, const char *word)
{
	return (size_t)(s->end - s->p) == strlen(word) && !memcmp(s->p, word, strlen(word));
}

/* A whole number, with the L that Python 2 put behind it. */
static bool take_number(struct text *t, size_t *n)
{
	const char *start;

	skip_blanks(t);
	start = t->p;
	for (*n = 0; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++)
		if (__builtin_mul_overflow(*n, (size_t)10, n) ||
		    __builtin_add_overflow(*n, (size_t)(*t->p - '0'), n))
			return false;
	if (t->p == start)
		return false;
	take(t, 'L');
	return true;
}

static int read_shape(struct npy *a, struct text *t, struct err *e)
{
	bool comma = true;

	a->dims = 0;
	if (!take(t, '('))
		return err_set(e, "the shape in the header is not a tuple");
	while (!take(t, ')')) {
		if (a->dims == NPY_MAX_DIMS)
			return err_set(e, "more than %d dimensions", NPY_MAX_DIMS);
		if (!comma || !take_number(t, &a->shape[a->dims]))
			return err_set(e, "the shape in the header is damaged");
		a->dims++;
		comma = take(t, ',');
	}
	if (a->dims == 1 && !comma)
		return err_set(e, "the shape in the header is not a tuple");
	return 0;
}

static bool is_known_size(char kind, size_t size)
{
	switch (kind) {
	case 'f': return size == 2 || size == 4 || size == 8;
	case 'i': /* fallthrough */
	case 'u': return size == 1 || size == 2 || size == 4 || size == 8;
	case 'b': return size == 1;
	case 'S': return size >= 1 && size <= INT32_MAX;
	case 'U': return size >= 1 && size <= INT32_MAX / NPY_CHAR_BYTES;
	case 'O': return size == 0 || size == 4 || size == 8;   /* old numpy: of a pointer */
	default:  return false;
	}
}

/* "<f4": byte order, kind, size. */
static int read_descr(struct npy *a, struct text *t, struct err *e)
{
	struct text s, whole;
	size_t size = 0;

	if (!take_string(t, &s))
		return err_set(e, "the element type is not a plain one");
	whole = s;
	a->big_endian = take(&s, '>');
	if (!a->big_endian && !take(&s, '<') && !take(&s, '|'))
		take(&s, '=');
	a->kind = s.p < s.end ? *s.p++ : '?';
	if (s.p < s.end && !take_number(&s, &size))
		size = SIZE_MAX;
	if (s.p != s.end || !is_known_size(a->kind, size))
		return err_set(e, "elements of the unsupported type '%.*s'",
		               (int)(whole.end - whole.p), whole.p);
	a->item_bytes = a->kind == 'O' ? 0 : (int)size * (a->kind == 'U' ? NPY_CHAR_BYTES : 1);
	return 0;
}

static int read_order(struct npy *a, struct text *t, struct err *e)
{
	a->fortran = take_word(t, "True");
	if (!a->fortran && !take_word(t, "False"))
		return err_set(e, "fortran_order in the header is neither True nor False");
	return 0;
}

static int read_header(struct npy *a, struct text t, struct err *e)
{
	enum { DESCR = 1, ORDER = 2, SHAPE = 4, ALL = 7 };
	int seen = 0, result = 0;
	bool comma = true;

	if (!take(&t, '{'))
		return err_set(e, "the header is not a dict");
	while (!take(&t, '}')) {
		struct text key;

		if (!comma || !take_string(&t, &key) || !take(&t, ':'))
			return err_set(e, "the header is damaged");
		if (is_word(&key, "descr")) {
			seen |= DESCR;
			result = read_descr(a, &t, e);
		} else if (is_word(&key, "fortran_order")) {
			seen |= ORDER;
			result = read_order(a, &t, e);
		} else if (is_word(&key, "shape")) {
			seen |= SHAPE;
			result = read_shape(a, &t, e);
		} else {
			return err_set(e, "the header has an unknown key '%.*s'",
			               (int)(key.end - key.p), key.p);
		}
		if (result < 0)
			return -1;
		comma = take(&t, ',');
	}
	skip_blanks(&t);
	if (t.p != t.end)
		return err_set(e, "the header continues after its dict");
	if (seen != ALL)
		return err_set(e, "the header lacks descr, fortran_order or shape");
	if (a->dims < 2)
		a->fortran = false;             /* both orders are one */
	return 0;
}

/* ---- the whole array ---- */

/* Finds the header's text. Returns the offset of the data, or 0 with E set. */
static size_t find_header(struct text *t, const uint8_t *bytes, size_t size, struct err *e)
{
	size_t start, length;

	if (size < MAGIC_BYTES + 4 || memcmp(bytes, MAGIC, MAGIC_BYTES) != 0) {
		err_set(e, "not a .npy file");
		return 0;
	}
	if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0) {
		err_set(e, ".npy version %d.%d is unknown", bytes[6], bytes[7]);
		return 0;
	}
	start = bytes[6] == 1 ? 10 : 12;
	length = bytes[8] | (size_t)bytes[9] << 8;
	if (bytes[6] > 1 && size >= start)
		length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
	if (size < start || size - start < length) {
		err_set(e, "ends within its header");
		return 0;
	}
	if (length > MAX_HEADER) {
		err_set(e, "a header of %zu bytes, more than %d", length, MAX_HEADER);
		return 0;
	}
	*t = (struct text){ (const char *)bytes + start, (const char *)bytes + start + length };
	return start + length;
}

/* Product of the shape, 0 wherever a factor is. -1: too large for this machine. */
static int count_bytes(const struct npy *a, size_t *bytes)
{
	size_t item = a->item_bytes ? (size_t)a->item_bytes : 1;

	*bytes = item;
	for (int i = 0; i < a->dims; i++)
		if (!a->shape[i]) {
			*bytes = 0;
			return 0;
		}
	for (int i = 0; i < a->dims; i++)
		if (__builtin_mul_overflow(*bytes, a->shape[i], bytes))
			return -1;
	return 0;
}

int npy_parse(struct npy *a, const uint8_t *bytes, size_t size, struct err *e)
{
	struct npy got = {0};
	struct text header;
	size_t start = find_header(&header, bytes, size, e), need;
	char text[128];

	if (!start || read_header(&got, header, e) < 0)
		return -1;
	if (count_bytes(&got, &need) < 0 || (got.kind != 'O' && need > size - start))
		return err_set(e, "holds %zu bytes of data, too few for %s", size - start,
		               npy_describe(&got, text, sizeof text));
	got.data = bytes + start;
	got.size_bytes = got.kind == 'O' ? size - start : need;
	*a = got;
	return 0;
}

int npy_parse_only(struct npy *a, const uint8_t *bytes, size_t size, struct err *e)
{
	struct npy got = {0};
	size_t end;
	char text[128];

	if (npy_parse(&got, bytes, size, e) < 0)
		return -1;
	end = (size_t)((const uint8_t *)got.data - bytes) + got.size_bytes;
	if (end < size)
		return err_set(e, "holds %zu bytes more than %s", size - end,
		               npy_describe(&got, text, sizeof text));
	*a = got;
	return 0;
}

void npy_release(struct npy *a)
{
	free(a->owned);
	*a = (struct npy){0};
}

bool npy_is_f4(const struct npy *a)
{
	return a->kind == 'f' && a->item_bytes == 4 && !a->big_endian && !a->fortran;
}

/* ---- writing ---- */

void npy_header(uint8_t header[NPY_HEADER], const char *descr, int dims, const size_t *shape)
{
	enum { PREFIX = 10, TEXT = NPY_HEADER - PREFIX };
	char text[TEXT];
	size_t n = append(text, TEXT, 0, "{'descr': '%s', 'fortran_order': False, 'shape': (",
	                  descr);

	for (int i = 0; i < dims; i++)
		n = append(text, TEXT, n, "%s%zu%s", i ? " " : "", shape[i],
		           i < dims - 1 || dims == 1 ? "," : "");
	n = append(text, TEXT, n, "), }");
	assert(n < TEXT - 1);                   /* it fits: 8 dimensions of 5 digits, 4 of 12 */
	memset(text + n, ' ', TEXT - n);
	text[TEXT - 1] = '\n';
	memcpy(header, MAGIC, MAGIC_BYTES);
	memcpy(header + MAGIC_BYTES, (uint8_t[]){ 1, 0, TEXT, 0 }, PREFIX - MAGIC_BYTES);
	memcpy(header + PREFIX, text, TEXT);
}

int npy_write(FILE *f, const char *descr, int dims, const size_t *shape, const void *data,
              size_t size)
{
	uint8_t header[NPY_HEADER];

	npy_header(header, descr, dims, shape);
	if (fwrite(header, 1, sizeof header, f) != sizeof header ||
	    fwrite(data, 1, size, f) != size)
		return -1;
	return 0;
}

int npy_save(const char *path, const char *descr, int dims, const size_t *shape,
             const void *data, size_t size, bool sync, struct err *e)
{
	struct outfile *o = (sync ? outfile_open : outfile_open_among)(path, e);

	if (!o)
		return -1;
	/* outfile_commit sees an error */
	npy_write(outfile_stream(o), descr, dims, shape, data, size);
	return outfile_commit(o, sync, e);
}
