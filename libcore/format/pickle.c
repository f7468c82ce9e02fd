/* Labels and ids as numpy pickles them; see pickle.h. The opcodes are pickle_machine.c's. */
#include "format/pickle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "base/utf8.h"
#include "format/npy.h"
#include "format/pickle_machine.h"
#include "format/pickle_text.h"

enum {
	LABELS_LIMIT = 1 << 30,         /* bytes of labels.npy: 50 million entries */
	/*
	 * A pickle may fetch one str again and again by two bytes. Text that adds up to more than
	 * this many times the pickle's own size is no list of ids.
	 */
	REPEAT_LIMIT = 64,
};

/* ---- reading ---- */

/*
 * The only element, or all elements, of what may be an object array of DIMS dimensions; V
 * itself if it is none.
 */
static const struct pickle_value *unwrap(const struct pickle_machine *m,
                                         const struct pickle_value *v, uint32_t dims,
                                         struct err *e)
{
	const struct pickle_value *shape, *list;

	if (v->type != PICKLE_ARRAY)
		return v;
	shape = &m->stack.values[v->shape];
	list = &m->stack.values[v->list];
	if (list->type != PICKLE_LIST) {
		err_set(e, "an object array without elements");
		return NULL;
	}
	if (shape->count != dims) {
		err_set(e, "an object array of %u dimensions, expected %u", shape->count, dims);
		return NULL;
	}
	if (dims > 0)
		return list;
	if (list->count != 1) {
		err_set(e, "an object array of %u elements, expected 1", list->count);
		return NULL;
	}
	return pickle_stack_item(&m->stack, list, 0);
}

/* Every STEP-th item of V is text, and not too much of it. */
static int check_texts(const struct pickle_machine *m, const struct pickle_value *v,
                       uint32_t step, struct err *e)
{
	uint64_t total = 0, limit = (uint64_t)(m->end - m->start) * REPEAT_LIMIT;

	for (uint32_t i = 0; i < v->count; i += step) {
		const struct pickle_value *text = pickle_stack_item(&m->stack, v, i);

		if (!pickle_text_is(text))
			return err_set(e, "id %u is neither str nor bytes", i / step);
		total += text->count;
		if (total > limit)
			return err_set(e, "the ids are many times longer than their pickle");
	}
	return 0;
}

struct pair {
	char *key;                      /* owned */
	const struct pickle_value *value;
	uint32_t at;                    /* its place among the pairs */
	bool bytes, dropped;            /* bytes: the key is no str */
};

static int by_key(const void *pa, const void *pb)
{
	const struct pair *a = pa, *b = pb;
	int order = strcmp(a->key, b->key);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static int by_place(const void *pa, const void *pb)
{
	const struct pair *a = pa, *b = pb;

	return (a->at > b->at) - (a->at < b->at);
}

/*
 * As Python: a key that comes again keeps its first place and takes its last value. To Python
 * 'a' and b'a' are two keys; to us they are one id that has two classes.
 */
static int drop_repeated(struct pair *pairs, size_t n, struct err *e)
{
	size_t first = 0;

	qsort(pairs, n, sizeof *pairs, by_key);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(pairs[i].key, pairs[first].key) != 0) {
			first = i;
			continue;
		}
		if (pairs[i].bytes != pairs[first].bytes)
			return err_set(e, "the id '%.200s' is there as str and as bytes",
			               pairs[i].key);
		pairs[first].value = pairs[i].value;
		pairs[i].dropped = true;
	}
	qsort(pairs, n, sizeof *pairs, by_place);
	return 0;
}

static int take_pairs(struct pickle_dict *d, struct pair *pairs, size_t n, struct err *e)
{
	d->keys = xcalloc(n, sizeof *d->keys);
	d->values = xcalloc(n, sizeof *d->values);
	for (size_t i = 0; i < n; i++) {
		if (pairs[i].dropped)
			continue;
		d->keys[d->count] = pairs[i].key;
		pairs[i].key = NULL;
		d->values[d->count++] = pairs[i].value->number;
		if (pairs[i].value->type != PICKLE_INT)
			return err_set(e, "the label of '%.200s' is no integer",
			               d->keys[d->count - 1]);
	}
	return 0;
}

/* N pairs of the dict V; PAIRS is zero. */
static int read_pairs(struct pair *pairs, size_t n, const struct pickle_machine *m,
                      const struct pickle_value *v, struct err *e)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct pickle_value *key = pickle_stack_item(&m->stack, v, 2 * i);

		pairs[i] = (struct pair){
			.key = pickle_text_copy(key, e),
			.value = pickle_stack_item(&m->stack, v, 2 * i + 1),
			.at = i,
			.bytes = pickle_text_is_bytes(key),
		};
		if (!pairs[i].key)
			return -1;
	}
	return 0;
}

static int take_dict(struct pickle_dict *d, const struct pickle_machine *m,
                     const struct pickle_value *v, struct err *e)
{
	size_t n = v->count / 2;
	struct pair *pairs;
	int result = -1;

	if (v->type != PICKLE_DICT)
		return err_set(e, "the pickle holds no dict");
	if (check_texts(m, v, 2, e) < 0)
		return -1;
	pairs = xcalloc(n, sizeof *pairs);
	if (read_pairs(pairs, n, m, v, e) == 0 && drop_repeated(pairs, n, e) == 0)
		result = take_pairs(d, pairs, n, e);
	for (size_t i = 0; i < n; i++)
		free(pairs[i].key);
	free(pairs);
	return result;
}

int pickle_read_dict(struct pickle_dict *d, const uint8_t *bytes, size_t size, struct err *e)
{
	struct pickle_machine m;
	struct pickle_dict got = {0};
	const struct pickle_value *v = pickle_machine_run(&m, bytes, size, e);
	int result = -1;

	v = v ? unwrap(&m, v, 0, e) : NULL;
	if (v)
		result = take_dict(&got, &m, v, e);
	pickle_machine_release(&m);
	if (result < 0)
		pickle_dict_release(&got);
	else
		*d = got;
	return result;
}

void pickle_dict_release(struct pickle_dict *d)
{
	pickle_free_list(d->keys, d->count);
	free(d->values);
	*d = (struct pickle_dict){0};
}

static int take_list(char ***items, size_t *n, const struct pickle_machine *m,
                     const struct pickle_value *v, struct err *e)
{
	char **got;

	if (v->type != PICKLE_LIST)
		return err_set(e, "the pickle holds no list");
	if (check_texts(m, v, 1, e) < 0)
		return -1;
	got = xcalloc(v->count, sizeof *got);
	for (uint32_t i = 0; i < v->count; i++) {
		got[i] = pickle_text_copy(pickle_stack_item(&m->stack, v, i), e);
		if (!got[i]) {
			pickle_free_list(got, i);
			return -1;
		}
	}
	*items = got;
	*n = v->count;
	return 0;
}

int pickle_read_list(char ***items, size_t *n, const uint8_t *bytes, size_t size, struct err *e)
{
	struct pickle_machine m;
	const struct pickle_value *v = pickle_machine_run(&m, bytes, size, e);
	int result = -1;

	v = v ? unwrap(&m, v, 1, e) : NULL;
	if (v)
		result = take_list(items, n, &m, v, e);
	pickle_machine_release(&m);
	return result;
}

void pickle_free_list(char **items, size_t n)
{
	for (size_t i = 0; items && i < n; i++)
		free(items[i]);
	free(items);
}

/* ---- writing ---- */

/*
 * Protocol 3 up to the entries: _reconstruct(ndarray, (0,), b'b') and the state (1, (),
 * dtype('O8', False, True), False, [{...  The old module name, since numpy._core is unknown
 * before numpy 1.26; and False, True where numpy before 1.19 wrote 0, 1, of which numpy 2.4.0
 * to 2.4.2 warn.
 */
static const char HEAD[] =
	"\x80\x03" "cnumpy.core.multiarray\n_reconstruct\n"
	"cnumpy\nndarray\n" "K\0\x85" "C\1b" "\x87R"
	"(K\1)" "cnumpy\ndtype\n" "X\2\0\0\0O8" "\x89\x88\x87R"
	"(K\3X\1\0\0\0|NNN" "J\xff\xff\xff\xff" "J\xff\xff\xff\xff" "K?tb" "\x89]}";
static const char TAIL[] = "atb.";

static void put_number(FILE *f, uint64_t n, int bytes)
{
	for (; bytes > 0; bytes--, n >>= 8)
		putc((int)(n & UINT8_MAX), f);
}

static void put_int(FILE *f, int64_t n)
{
	if (n >= 0 && n <= UINT8_MAX) {
		putc('K', f);
		put_number(f, (uint64_t)n, 1);
	} else if (n >= 0 && n <= UINT16_MAX) {
		putc('M', f);
		put_number(f, (uint64_t)n, 2);
	} else if (n >= INT32_MIN && n <= INT32_MAX) {
		putc('J', f);
		put_number(f, (uint64_t)n, 4);
	} else {
		fputs("\x8a\x08", f);
		put_number(f, (uint64_t)n, 8);
	}
}

void pickle_write_dict(FILE *f, const struct pickle_dict *d)
{
	fwrite(HEAD, 1, sizeof HEAD - 1, f);
	if (d->count > 0)
		putc('(', f);
	for (size_t i = 0; i < d->count; i++) {
		size_t length = strlen(d->keys[i]);

		putc('X', f);
		put_number(f, length, 4);
		fwrite(d->keys[i], 1, length, f);
		put_int(f, d->values[i]);
	}
	if (d->count > 0)
		putc('u', f);
	fwrite(TAIL, 1, sizeof TAIL - 1, f);
}

/* ---- labels.npy ---- */

static int parse_labels(struct pickle_dict *d, const uint8_t *bytes, size_t size, struct err *e)
{
	struct npy a;
	char text[128];

	if (npy_parse(&a, bytes, size, e) < 0)
		return -1;
	if (a.kind != 'O' || a.dims != 0)
		return err_set(e, "holds %s, expected one pickled dict",
		               npy_describe(&a, text, sizeof text));
	return pickle_read_dict(d, a.data, a.size_bytes, e);
}

int pickle_load_labels(struct pickle_dict *d, const char *path, struct err *e)
{
	struct infile f;
	int result;

	if (infile_open(&f, path, LABELS_LIMIT, e) < 0)
		return -1;
	result = parse_labels(d, f.data, f.size, e);
	infile_release(&f);
	return result < 0 ? err_in(e, path) : 0;
}

int pickle_save_labels(const struct pickle_dict *d, const char *path, struct err *e)
{
	struct outfile *o;
	uint8_t header[NPY_HEADER];

	for (size_t i = 0; i < d->count; i++)
		if (!utf8_is_valid(d->keys[i]))
			return err_set(e, "%s: id '%s' is not UTF-8", path, d->keys[i]);
	o = outfile_open(path, e);
	if (!o)
		return -1;
	npy_header(header, "|O", 0, NULL);
	fwrite(header, 1, sizeof header, outfile_stream(o));
	pickle_write_dict(outfile_stream(o), d);
	return outfile_commit(o, true, e);
}
