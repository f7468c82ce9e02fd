/*
 * The interpreter of pickles; see pickle_machine.h. Opcodes: Lib/pickletools.py of CPython
 * describes each.
 */
#include "format/pickle_machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/pickle_numpy.h"

enum {
	NEWEST_PROTOCOL = 5,
	MAX_BYTES = 1 << 30,            /* values are counted in 32 bits */
};

enum opcode {
	OP_PROTO = 0x80, OP_FRAME = 0x95, OP_STOP = '.', OP_MARK = '(',
	OP_NONE = 'N', OP_NEWTRUE = 0x88, OP_NEWFALSE = 0x89,
	OP_BININT1 = 'K', OP_BININT2 = 'M', OP_BININT = 'J', OP_LONG1 = 0x8a,
	OP_BINUNICODE = 'X', OP_SHORT_BINUNICODE = 0x8c,
	OP_SHORT_BINBYTES = 'C', OP_BINBYTES = 'B',
	OP_EMPTY_LIST = ']', OP_EMPTY_DICT = '}', OP_EMPTY_TUPLE = ')',
	OP_TUPLE = 't', OP_TUPLE1 = 0x85, OP_TUPLE2 = 0x86, OP_TUPLE3 = 0x87,
	OP_APPEND = 'a', OP_APPENDS = 'e', OP_SETITEM = 's', OP_SETITEMS = 'u',
	OP_BINPUT = 'q', OP_LONG_BINPUT = 'r', OP_MEMOIZE = 0x94,
	OP_BINGET = 'h', OP_LONG_BINGET = 'j',
	OP_GLOBAL = 'c', OP_STACK_GLOBAL = 0x93, OP_REDUCE = 'R', OP_BUILD = 'b',
};

/* ---- bytes of the pickle ---- */

static int cut_off(struct err *e)
{
	return err_set(e, "the pickle is cut off");
}

/* N bytes, or NULL with E set. */
static const uint8_t *take_bytes(struct pickle_machine *m, size_t n, struct err *e)
{
	const uint8_t *p = m->p;

	if ((size_t)(m->end - p) < n) {
		cut_off(e);
		return NULL;
	}
	m->p += n;
	return p;
}

/* A whole number of BYTES bytes, low byte first. */
static int take_number(struct pickle_machine *m, int bytes, uint32_t *n, struct err *e)
{
	const uint8_t *p = take_bytes(m, (size_t)bytes, e);

	if (!p)
		return -1;
	*n = 0;
	for (int i = bytes - 1; i >= 0; i--)
		*n = *n << 8 | p[i];
	return 0;
}

/* ---- stack and memo ---- */

static int push(struct pickle_machine *m, uint32_t value)
{
	return pickle_stack_push_index(&m->stack, value);
}

/* The values above the last mark are FIRST to the depth of the stack; the mark lies below them. */
static int find_mark(struct pickle_machine *m, uint32_t *first, struct err *e)
{
	*first = m->stack.depth;
	while (*first > 0 && m->stack.at[*first - 1] != PICKLE_VALUE_MARK)
		--*first;
	return *first > 0 ? 0 : err_set(e, "the pickle lacks a mark");
}

/* Indices grow with the bytes that were read, whatever the pickle says. */
static int memo_put(struct pickle_machine *m, uint32_t index, struct err *e)
{
	if (!pickle_stack_top(&m->stack, e))
		return -1;
	if (index > (size_t)(m->p - m->start))
		return err_set(e, "the pickle numbers a value %u", index);
	while (index >= m->memo_room) {
		uint32_t old = m->memo_room;

		m->memo = pickle_stack_grow(m->memo, old, &m->memo_room, sizeof *m->memo);
		memset(m->memo + old, 0, (m->memo_room - old) * sizeof *m->memo);
	}
	m->memo_count += m->memo[index] == 0;
	m->memo[index] = m->stack.at[m->stack.depth - 1];
	return 0;
}

static int memo_get(struct pickle_machine *m, uint32_t index, struct err *e)
{
	if (index >= m->memo_room || !m->memo[index])
		return err_set(e, "the pickle uses value %u before it makes it", index);
	return push(m, m->memo[index]);
}

/* ---- numbers and text ---- */

static int push_int(struct pickle_machine *m, int64_t number)
{
	return pickle_stack_push(&m->stack, (struct pickle_value){
		.type = PICKLE_INT, .number = number
	});
}

static int op_int(struct pickle_machine *m, int bytes, struct err *e)
{
	uint32_t n;

	if (take_number(m, bytes, &n, e) < 0)
		return -1;
	return push_int(m, bytes == 4 ? (int32_t)n : (int64_t)n);
}

static int op_long(struct pickle_machine *m, struct err *e)
{
	uint32_t size;
	const uint8_t *p;

	if (take_number(m, 1, &size, e) < 0 || !(p = take_bytes(m, size, e)))
		return -1;
	if (size > sizeof(int64_t))
		return err_set(e, "the pickle holds a number of %u bytes", size);
	return pickle_stack_push(&m->stack, pickle_stack_int(p, size));
}

/* Text or bytes behind a length of LENGTH_BYTES. */
static int op_bytes(struct pickle_machine *m, enum pickle_type type, int length_bytes,
                    struct err *e)
{
	uint32_t size;
	const uint8_t *p;

	if (take_number(m, length_bytes, &size, e) < 0 || !(p = take_bytes(m, size, e)))
		return -1;
	return pickle_stack_push(&m->stack, (struct pickle_value){
		.type = type, .count = size, .bytes = p
	});
}

/* ---- containers ---- */

static int push_empty(struct pickle_machine *m, enum pickle_type type)
{
	return pickle_stack_push(&m->stack, (struct pickle_value){ .type = type });
}

/* A tuple of the N values on top. */
static int make_tuple(struct pickle_machine *m, uint32_t n)
{
	struct pickle_value v = { .type = PICKLE_TUPLE, .count = n, .room = n };

	if (n > 0) {
		v.items = xmalloc(n, sizeof *v.items);
		memcpy(v.items, m->stack.at + m->stack.depth - n, n * sizeof *v.items);
	}
	m->stack.depth -= n;
	return pickle_stack_push(&m->stack, v);
}

static int op_tuple(struct pickle_machine *m, struct err *e)
{
	uint32_t first;

	if (find_mark(m, &first, e) < 0)
		return -1;
	make_tuple(m, m->stack.depth - first);
	m->stack.depth--;               /* the tuple takes the mark's place */
	m->stack.at[m->stack.depth - 1] = m->stack.at[m->stack.depth];
	return 0;
}

/* Are N values on top? They stay there. */
static int need_values(struct pickle_machine *m, uint32_t n, struct err *e)
{
	for (uint32_t i = 0; i < n; i++)
		if (!pickle_stack_pop(&m->stack, e))
			return -1;
	m->stack.depth += n;
	return 0;
}

static int op_short_tuple(struct pickle_machine *m, uint32_t n, struct err *e)
{
	return need_values(m, n, e) < 0 ? -1 : make_tuple(m, n);
}

/*
 * Moves the values from FIRST up into the container of TYPE below them; MARKS: 1 if a mark lies
 * between.
 */
static int fill(struct pickle_machine *m, enum pickle_type type, uint32_t first, uint32_t marks,
                struct err *e)
{
	uint32_t end = m->stack.depth;
	struct pickle_value *to;

	m->stack.depth = first - marks;
	to = pickle_stack_top(&m->stack, e);
	if (!to)
		return -1;
	if (to->type != type || (type == PICKLE_DICT && (end - first) % 2))
		return err_set(e, "the pickle fills what is no %s",
		               type == PICKLE_DICT ? "dict" : "list");
	for (uint32_t i = first; i < end; i++)
		pickle_stack_append(to, m->stack.at[i]);
	return 0;
}

static int op_fill_one(struct pickle_machine *m, enum pickle_type type, uint32_t n, struct err *e)
{
	return need_values(m, n, e) < 0 ? -1 : fill(m, type, m->stack.depth - n, 0, e);
}

static int op_fill(struct pickle_machine *m, enum pickle_type type, struct err *e)
{
	uint32_t first;

	return find_mark(m, &first, e) < 0 ? -1 : fill(m, type, first, 1, e);
}

/* ---- globals ---- */

/* A line without its newline; NULL with E set. */
static const uint8_t *take_line(struct pickle_machine *m, size_t *size, struct err *e)
{
	const uint8_t *p = m->p, *newline = memchr(p, '\n', (size_t)(m->end - p));

	if (!newline) {
		cut_off(e);
		return NULL;
	}
	*size = (size_t)(newline - p);
	m->p = newline + 1;
	return p;
}

static int op_global(struct pickle_machine *m, struct err *e)
{
	const uint8_t *module, *name;
	size_t module_size, name_size;

	if (!(module = take_line(m, &module_size, e)) || !(name = take_line(m, &name_size, e)))
		return -1;
	return pickle_numpy_push_global(&m->stack, module, module_size, name, name_size, e);
}

static int op_stack_global(struct pickle_machine *m, struct err *e)
{
	const struct pickle_value *name = pickle_stack_pop(&m->stack, e);
	const struct pickle_value *module = name ? pickle_stack_pop(&m->stack, e) : NULL;

	if (!module)
		return -1;
	if (name->type != PICKLE_TEXT || module->type != PICKLE_TEXT)
		return err_set(e, "the pickle names a global by what is no str");
	return pickle_numpy_push_global(&m->stack, module->bytes, module->count, name->bytes,
	                                name->count, e);
}

/* ---- the loop ---- */

static int op_proto(struct pickle_machine *m, struct err *e)
{
	uint32_t protocol;

	if (take_number(m, 1, &protocol, e) < 0)
		return -1;
	if (protocol > NEWEST_PROTOCOL)
		return err_set(e, "pickle protocol %u is unknown", protocol);
	return 0;
}

static int op_put(struct pickle_machine *m, int bytes, struct err *e)
{
	uint32_t index;

	return take_number(m, bytes, &index, e) < 0 ? -1 : memo_put(m, index, e);
}

static int op_get(struct pickle_machine *m, int bytes, struct err *e)
{
	uint32_t index;

	return take_number(m, bytes, &index, e) < 0 ? -1 : memo_get(m, index, e);
}

static int step(struct pickle_machine *m, int op, struct err *e)
{
	switch (op) {
	case OP_PROTO:            return op_proto(m, e);
	case OP_FRAME:            return take_bytes(m, 8, e) ? 0 : -1;
	case OP_MARK:             return push(m, PICKLE_VALUE_MARK);
	case OP_NONE:             return push(m, PICKLE_VALUE_NONE);
	case OP_NEWTRUE:          return push(m, PICKLE_VALUE_TRUE);
	case OP_NEWFALSE:         return push(m, PICKLE_VALUE_FALSE);
	case OP_BININT1:          return op_int(m, 1, e);
	case OP_BININT2:          return op_int(m, 2, e);
	case OP_BININT:           return op_int(m, 4, e);
	case OP_LONG1:            return op_long(m, e);
	case OP_BINUNICODE:       return op_bytes(m, PICKLE_TEXT, 4, e);
	case OP_SHORT_BINUNICODE: return op_bytes(m, PICKLE_TEXT, 1, e);
	case OP_BINBYTES:         return op_bytes(m, PICKLE_BYTES, 4, e);
	case OP_SHORT_BINBYTES:   return op_bytes(m, PICKLE_BYTES, 1, e);
	case OP_EMPTY_LIST:       return push_empty(m, PICKLE_LIST);
	case OP_EMPTY_DICT:       return push_empty(m, PICKLE_DICT);
	case OP_EMPTY_TUPLE:      return make_tuple(m, 0);
	case OP_TUPLE:            return op_tuple(m, e);
	case OP_TUPLE1:           return op_short_tuple(m, 1, e);
	case OP_TUPLE2:           return op_short_tuple(m, 2, e);
	case OP_TUPLE3:           return op_short_tuple(m, 3, e);
	case OP_APPEND:           return op_fill_one(m, PICKLE_LIST, 1, e);
	case OP_APPENDS:          return op_fill(m, PICKLE_LIST, e);
	case OP_SETITEM:          return op_fill_one(m, PICKLE_DICT, 2, e);
	case OP_SETITEMS:         return op_fill(m, PICKLE_DICT, e);
	case OP_BINPUT:           return op_put(m, 1, e);
	case OP_LONG_BINPUT:      return op_put(m, 4, e);
	case OP_MEMOIZE:          return memo_put(m, m->memo_count, e);
	case OP_BINGET:           return op_get(m, 1, e);
	case OP_LONG_BINGET:      return op_get(m, 4, e);
	case OP_GLOBAL:           return op_global(m, e);
	case OP_STACK_GLOBAL:     return op_stack_global(m, e);
	case OP_REDUCE:           return pickle_numpy_reduce(&m->stack, e);
	case OP_BUILD:            return pickle_numpy_build(&m->stack, e);
	default:                  return err_set(e, "refuses pickle opcode 0x%02x", op);
	}
}

const struct pickle_value *pickle_machine_run(struct pickle_machine *m, const uint8_t *bytes,
                                              size_t size, struct err *e)
{
	*m = (struct pickle_machine){ .start = bytes, .p = bytes, .end = bytes + size };
	pickle_stack_init(&m->stack);
	if (size > MAX_BYTES) {
		err_set(e, "a pickle of more than %d bytes", MAX_BYTES);
		return NULL;
	}
	while (m->p < m->end) {
		int op = *m->p++;

		if (op == OP_STOP && m->p < m->end) {
			err_set(e, "%zu bytes follow the pickle", (size_t)(m->end - m->p));
			return NULL;
		}
		if (op == OP_STOP)
			return pickle_stack_pop(&m->stack, e);
		if (step(m, op, e) < 0)
			return NULL;
	}
	cut_off(e);
	return NULL;
}

void pickle_machine_release(struct pickle_machine *m)
{
	pickle_stack_release(&m->stack);
	free(m->memo);
	*m = (struct pickle_machine){0};
}
