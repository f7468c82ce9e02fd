/* What numpy's pickles call; see pickle_numpy.h. */
#include "format/pickle_numpy.h"

#include <stdbool.h>
#include <string.h>

#include "format/pickle_text.h"

enum {
	SHOWN = 100,                    /* bytes of a name in a message */
	LONGEST_INTEGER = 8,
};

enum global {
	RECONSTRUCT, SCALAR, NDARRAY, DTYPE, ENCODE, ORDERED_DICT, DEFAULT_DICT,
	BUILTIN                         /* what a defaultdict may be of; never called */
};

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
	{ "collections", "OrderedDict", ORDERED_DICT },
	{ "collections", "defaultdict", DEFAULT_DICT },
	{ "builtins", "int", BUILTIN },
	{ "builtins", "str", BUILTIN },
	{ "builtins", "list", BUILTIN },
	{ "__builtin__", "int", BUILTIN },
	{ "__builtin__", "long", BUILTIN },
	{ "__builtin__", "unicode", BUILTIN },
	{ "__builtin__", "list", BUILTIN },
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
	const struct pickle_value *text = args->count == 2 ? pickle_stack_item(s, args, 0) : NULL;

	if (!text || text->type != PICKLE_TEXT || !is_text(pickle_stack_item(s, args, 1), "latin1"))
		return bad_call(e);
	return pickle_stack_push(s, (struct pickle_value){
		.type = PICKLE_BYTES, .latin1 = true, .count = text->count, .bytes = text->bytes
	});
}

/* The integer of TYPE, a dtype such as 'i8', in BYTES. */
static int integer(struct pickle_value *to, const struct pickle_value *type,
                   const struct pickle_value *bytes, struct err *e)
{
	uint8_t raw[2 * LONGEST_INTEGER];       /* Latin-1 in UTF-8: up to two bytes for one */
	uint8_t digits[LONGEST_INTEGER + 1] = {0};      /* low byte first; the last stays 0 */
	char kind = type->count == 2 ? (char)type->bytes[0] : '?';
	uint32_t size = type->count == 2 ? (uint32_t)(type->bytes[1] - '0') : 0;

	if ((kind != 'i' && kind != 'u') || (size != 1 && size != 2 && size != 4 && size != 8))
		return err_set(e, "the pickle holds a number of type '%.*s', expected an integer",
		               (int)(type->count < SHOWN ? type->count : SHOWN),
		               (const char *)type->bytes);
	if (bytes->count > sizeof raw || pickle_text_bytes(raw, bytes, e) != size)
		return bad_call(e);
	for (uint32_t i = 0; i < size; i++)
		digits[i] = raw[type->order == '>' ? size - 1 - i : i];
	if (kind == 'u' && size == LONGEST_INTEGER && digits[size - 1] & 0x80)
		return err_set(e, "the pickle holds an integer of 2^63 or more");
	*to = pickle_stack_int(digits, kind == 'u' ? size + 1 : size);
	return 0;
}

/* scalar(dtype('i8'), b'........'): a numpy integer, or str ('U8'), or bytes ('S8') */
static int make_scalar(struct pickle_stack *s, const struct pickle_value *args, struct err *e)
{
	const struct pickle_value *type = args->count == 2 ? pickle_stack_item(s, args, 0) : NULL;
	const struct pickle_value *bytes = type ? pickle_stack_item(s, args, 1) : NULL;
	struct pickle_value v;
	char kind;

	if (!type || type->type != PICKLE_DTYPE || bytes->type != PICKLE_BYTES)
		return bad_call(e);
	kind = type->count > 1 ? (char)type->bytes[0] : '?';
	v = *bytes;
	v.order = type->order;
	v.type = kind == 'U' ? PICKLE_NUMPY_TEXT : PICKLE_NUMPY_BYTES;
	if (kind != 'U' && kind != 'S' && integer(&v, type, bytes, e) < 0)
		return -1;
	return pickle_stack_push(s, v);
}

/* OrderedDict(), defaultdict(int): dicts that are filled afterwards, as others are */
static int make_dict(struct pickle_stack *s, const struct pickle_value *args, uint32_t most,
                     struct err *e)
{
	const struct pickle_value *type = args->count > 0 ? pickle_stack_item(s, args, 0) : NULL;

	if (args->count > most || (type && type->type != PICKLE_NONE &&
	                           !(type->type == PICKLE_GLOBAL && type->number == BUILTIN)))
		return err_set(e, "the pickle makes a dict in a way that Python does not");
	return pickle_stack_push(s, (struct pickle_value){ .type = PICKLE_DICT });
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
	case ORDERED_DICT:
		return make_dict(s, args, 0, e);
	case DEFAULT_DICT:
		return make_dict(s, args, 1, e);
	case NDARRAY: /* fallthrough */
	case BUILTIN:
		break;
	}
	return bad_call(e);
}

enum { ARRAY_SHAPE = 1, ARRAY_TYPE = 2, ARRAY_LIST = 4, DTYPE_ORDER = 1 };

/* STATE as numpy's __setstate__ gets it: (version, shape, dtype, fortran, list or bytes). */
static int build_array(struct pickle_stack *s, struct pickle_value *v,
                       const struct pickle_value *state, struct err *e)
{
	const struct pickle_value *shape, *type, *data;

	if (state->count <= ARRAY_LIST)
		return bad_call(e);
	shape = pickle_stack_item(s, state, ARRAY_SHAPE);
	type = pickle_stack_item(s, state, ARRAY_TYPE);
	data = pickle_stack_item(s, state, ARRAY_LIST);
	if (shape->type != PICKLE_TUPLE)
		return bad_call(e);
	if (data->type == PICKLE_LIST) {
		v->shape = state->items[ARRAY_SHAPE];
		v->list = state->items[ARRAY_LIST];
		return 0;
	}
	if (data->type != PICKLE_BYTES || type->type != PICKLE_DTYPE || shape->count > 0)
		return bad_call(e);
	return integer(v, type, data, e);       /* np.array(3) */
}

/* Also of a dtype: (version, order, ...). */
int pickle_numpy_build(struct pickle_stack *s, struct err *e)
{
	const struct pickle_value *state = pickle_stack_pop(s, e);
	struct pickle_value *v = state ? pickle_stack_top(s, e) : NULL;

	if (!v)
		return -1;
	if (state->type != PICKLE_TUPLE)
		return bad_call(e);
	if (v->type == PICKLE_ARRAY)
		return build_array(s, v, state, e);
	if (v->type == PICKLE_DTYPE && state->count > DTYPE_ORDER) {
		const struct pickle_value *order = pickle_stack_item(s, state, DTYPE_ORDER);

		if (order->type == PICKLE_TEXT && order->count == 1)
			v->order = (char)order->bytes[0];
		return 0;
	}
	return bad_call(e);
}
