/* What numpy's pickles call; see pickle_numpy.h. */
#include "format/pickle_numpy.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

enum { SHOWN = 100 };                   /* bytes of a name in a message */

enum global { RECONSTRUCT, SCALAR, NDARRAY, DTYPE, ENCODE };

static const struct {
	const char *module, *name;
	enum global id;
} GLOBALS[] = {
	{ "numpy.core.multiarray", "_reconstruct", RECONSTRUCT },
	{ "numpy._core.multiarray", "_reconstruct", RECONSTRUCT },
	{ "numpy.core.multiarray", "scalar", SCALAR },
	{ "numpy._core.multiarray", "scalar", SCALAR },
	{ "numpy", "ndarray", NDARRAY },
	{ "numpy", "dtype", DTYPE },
	{ "_codecs", "encode", ENCODE },
};

static bool is_name(const uint8_t *p, size_t size, const char *name)
{
	return size == strlen(name) && !memcmp(p, name, size);
}

int pickle_numpy_push_global(struct pickle_stack *s, const uint8_t *module, size_t module_size,
                             const uint8_t *name, size_t name_size, struct err *e)
{
	for (size_t i = 0; i < sizeof GLOBALS / sizeof *GLOBALS; i++)
		if (is_name(module, module_size, GLOBALS[i].module) &&
		    is_name(name, name_size, GLOBALS[i].name))
			return pickle_stack_push(s, (struct pickle_value){
				.type = PICKLE_GLOBAL, .number = GLOBALS[i].id,
			});
	return err_set(e, "refuses global %.*s.%.*s",
	               (int)(module_size < SHOWN ? module_size : SHOWN), (const char *)module,
	               (int)(name_size < SHOWN ? name_size : SHOWN), (const char *)name);
}

static bool is_text(const struct pickle_value *v, const char *text)
{
	return v->type == PICKLE_TEXT && v->count == strlen(text) &&
	       !memcmp(v->bytes, text, v->count);
}

static int bad_call(struct err *e)
{
	return err_set(e, "the pickle calls numpy with arguments that numpy does not write");
}

/* dtype('O8', False, True) */
static int make_dtype(struct pickle_stack *s, const struct pickle_value *args, struct err *e)
{
	const struct pickle_value *type = args->count > 0 ? pickle_stack_item(s, args, 0) : NULL;

	if (!type || type->type != PICKLE_TEXT)
		return bad_call(e);
	return pickle_stack_push(s, (struct pickle_value){
		.type = PICKLE_DTYPE, .order = '|', .count = type->count, .bytes = type->bytes
	});
}

/* _codecs.encode('b', 'latin1'): how protocol 2 spells bytes */
static int encode(struct pickle_stack *s, const struct pickle_value *args, struct err *e)
{
	struct pickle_value v = { .type = PICKLE_RAW };
	const struct pickle_value *text = args->count == 2 ? pickle_stack_item(s, args, 0) : NULL;
	const uint8_t *p, *end;

	if (!text || text->type != PICKLE_TEXT || !is_text(pickle_stack_item(s, args, 1), "latin1"))
		return bad_call(e);
	p = text->bytes;
	end = p + text->count;
	for (uint32_t c; p < end; v.raw[v.count++] = (uint8_t)c) {
		size_t length = utf8_decode(&c, p, end);

		if (!length || c > 0xff || v.count == PICKLE_RAW_BYTES)
			return bad_call(e);
		p += length;
	}
	return pickle_stack_push(s, v);
}

/* scalar(dtype('i8'), b'........'): a numpy integer */
static int make_scalar(struct pickle_stack *s, const struct pickle_value *args, struct err *e)
{
	const struct pickle_value *type = args->count == 2 ? pickle_stack_item(s, args, 0) : NULL;
	const struct pickle_value *bytes = type ? pickle_stack_item(s, args, 1) : NULL;
	uint8_t digits[PICKLE_RAW_BYTES + 1] = {0};     /* low byte first; the last stays 0 */
	uint32_t size;
	char kind;

	if (!type || type->type != PICKLE_DTYPE ||
	    (bytes->type != PICKLE_BYTES && bytes->type != PICKLE_RAW))
		return bad_call(e);
	kind = type->count == 2 ? (char)type->bytes[0] : '?';
	size = type->count == 2 ? (uint32_t)(type->bytes[1] - '0') : 0;
	if ((kind != 'i' && kind != 'u') || (size != 1 && size != 2 && size != 4 && size != 8))
		return err_set(e, "the pickle holds a number of type '%.*s', expected an integer",
		               (int)(type->count < SHOWN ? type->count : SHOWN),
		               (const char *)type->bytes);
	if (bytes->count != size)
		return bad_call(e);
	for (uint32_t i = 0; i < size; i++) {
		const uint8_t *from = bytes->type == PICKLE_RAW ? bytes->raw : bytes->bytes;

		digits[i] = from[type->order == '>' ? size - 1 - i : i];
	}
	if (kind == 'u' && size == 8 && digits[7] & 0x80)
		return err_set(e, "the pickle holds an integer of 2^63 or more");
	return pickle_stack_push_int(s, digits, kind == 'u' ? size + 1 : size);
}

int pickle_numpy_reduce(struct pickle_stack *s, struct err *e)
{
	const struct pickle_value *args = pickle_stack_pop(s, e);
	const struct pickle_value *function = args ? pickle_stack_pop(s, e) : NULL;

	if (!function)
		return -1;
	if (function->type != PICKLE_GLOBAL || args->type != PICKLE_TUPLE)
		return err_set(e, "the pickle calls what is no function");
	switch ((enum global)function->number) {
	case RECONSTRUCT:
		return pickle_stack_push(s, (struct pickle_value){ .type = PICKLE_ARRAY });
	case DTYPE:
		return make_dtype(s, args, e);
	case ENCODE:
		return encode(s, args, e);
	case SCALAR:
		return make_scalar(s, args, e);
	case NDARRAY:
		break;
	}
	return bad_call(e);
}

/* What numpy's __setstate__ gets: (version, shape, dtype, fortran, list), (version, order, ...). */
int pickle_numpy_build(struct pickle_stack *s, struct err *e)
{
	enum { ARRAY_SHAPE = 1, ARRAY_LIST = 4, DTYPE_ORDER = 1 };
	const struct pickle_value *state = pickle_stack_pop(s, e);
	struct pickle_value *v = state ? pickle_stack_top(s, e) : NULL;

	if (!v)
		return -1;
	if (state->type != PICKLE_TUPLE)
		return bad_call(e);
	if (v->type == PICKLE_ARRAY && state->count > ARRAY_LIST &&
	    pickle_stack_item(s, state, ARRAY_SHAPE)->type == PICKLE_TUPLE &&
	    pickle_stack_item(s, state, ARRAY_LIST)->type == PICKLE_LIST) {
		v->shape = state->items[ARRAY_SHAPE];
		v->list = state->items[ARRAY_LIST];
		return 0;
	}
	if (v->type == PICKLE_DTYPE && state->count > DTYPE_ORDER) {
		const struct pickle_value *order = pickle_stack_item(s, state, DTYPE_ORDER);

		if (order->type == PICKLE_TEXT && order->count == 1)
			v->order = (char)order->bytes[0];
		return 0;
	}
	return bad_call(e);
}
