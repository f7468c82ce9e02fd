#pragma once
/*
 * LLVMFuzzerCustomMutator for targets that read pickles, also within an .npy: whole opcodes with
 * arguments that they can have are put in, taken away, moved and repeated, values are named in the
 * memo and used again, containers are nested. Opcodes: Lib/pickletools.py of CPython.
 */
#include <stdlib.h>

#include "fuzz/mutate.h"

enum {
	PICKLE_OPS = 2048, PICKLE_LONGEST = 1 << 16, PICKLE_SEVERAL = 8, PICKLE_NESTED = 400,
};

/* What stands behind an opcode. */
enum pickle_arg { ARG_NONE, ARG_1, ARG_2, ARG_4, ARG_8, ARG_TEXT_1, ARG_TEXT_4, ARG_LINES };

static const struct {
	uint8_t op;
	uint8_t arg;
} pickle_ops[] = {
	{ '(', ARG_NONE }, { 'N', ARG_NONE }, { 0x88, ARG_NONE }, { 0x89, ARG_NONE },
	{ 'K', ARG_1 }, { 'M', ARG_2 }, { 'J', ARG_4 }, { 0x8a, ARG_TEXT_1 },
	{ 'X', ARG_TEXT_4 }, { 0x8c, ARG_TEXT_1 }, { 'C', ARG_TEXT_1 }, { 'B', ARG_TEXT_4 },
	{ ']', ARG_NONE }, { '}', ARG_NONE }, { ')', ARG_NONE }, { 't', ARG_NONE },
	{ 0x85, ARG_NONE }, { 0x86, ARG_NONE }, { 0x87, ARG_NONE }, { 'a', ARG_NONE },
	{ 'e', ARG_NONE }, { 's', ARG_NONE }, { 'u', ARG_NONE }, { 'q', ARG_1 }, { 'r', ARG_4 },
	{ 0x94, ARG_NONE }, { 'h', ARG_1 }, { 'j', ARG_4 }, { 'c', ARG_LINES },
	{ 0x93, ARG_NONE }, { 'R', ARG_NONE }, { 'b', ARG_NONE }, { '0', ARG_NONE },
	{ 0x80, ARG_1 }, { 0x95, ARG_8 }, { '.', ARG_NONE },
};
enum { PICKLE_KINDS = sizeof pickle_ops / sizeof *pickle_ops };

static const char *const pickle_globals[] = {
	"numpy.core.multiarray\n_reconstruct\n", "numpy._core.multiarray\n_reconstruct\n",
	"numpy.core.multiarray\nscalar\n", "numpy\nndarray\n", "numpy\ndtype\n",
	"_codecs\nencode\n", "collections\nOrderedDict\n", "collections\ndefaultdict\n",
	"builtins\nint\n", "builtins\nlist\n",
};
static const char *const pickle_texts[] = {
	"", "a", "id", "O8", "i8", "u1", "U2", "S3", "<", ">", "|", "latin1", "\xc3\xa4", "\xff",
	"numpy", "dtype",
};
#define PICKLE_ONE_OF(list) list[mutate_below(c, sizeof list / sizeof *list)]

struct pickle_code {
	const uint8_t *at[PICKLE_OPS];
	uint32_t size[PICKLE_OPS];
	size_t count;
	unsigned named;                 /* values that it puts into the memo, or more */
};

MUTATE_UNWATCHED

/* Bytes of the opcode at P with its argument; 0: none that is known, or cut off. */
static size_t pickle_op_size(const uint8_t *p, size_t left)
{
	static const uint8_t fixed[] = { 1, 2, 3, 5, 9 };
	size_t kind = 0, n = 0;
	const uint8_t *line = p;

	while (kind < PICKLE_KINDS && pickle_ops[kind].op != *p)
		kind++;
	if (kind == PICKLE_KINDS)
		return 0;
	switch (pickle_ops[kind].arg) {
	case ARG_TEXT_1:
		n = left < 2 ? 0 : (size_t)2 + p[1];
		break;
	case ARG_TEXT_4:
		n = left < 5 ? 0 : (size_t)5 + mutate_get(p + 1, 4);
		break;
	case ARG_LINES:
		for (int i = 0; i < 2 && line; i++) {
			line = memchr(line, '\n', left - (size_t)(line - p));
			line = line ? line + 1 : NULL;
		}
		n = line ? (size_t)(line - p) : 0;
		break;
	default:
		n = fixed[pickle_ops[kind].arg];
	}
	return n <= left ? n : 0;
}

/* What is no opcode becomes one of a byte. */
static void pickle_read(struct pickle_code *code, const uint8_t *p, size_t size)
{
	code->count = code->named = 0;
	while (size > 0 && code->count < PICKLE_OPS) {
		size_t n = pickle_op_size(p, size);

		n = n ? n : 1;
		code->named += *p == 'q' || *p == 'r' || *p == 0x94;
		code->at[code->count] = p;
		code->size[code->count++] = (uint32_t)n;
		p += n;
		size -= n;
	}
}

static void pickle_put_range(struct output *o, const struct pickle_code *code, size_t from,
                             size_t to)
{
	for (; from < to; from++)
		mutate_put(o, code->at[from], code->size[from]);
}

static void pickle_put_op(struct output *o, uint8_t op)
{
	mutate_put(o, &op, 1);
}

/* Any opcode, with an argument of its kind. NAMED: how many values the memo has. */
static void pickle_put_any(struct output *o, struct chance *c, unsigned named)
{
	size_t kind = mutate_below(c, PICKLE_KINDS - 3);       /* not those of the frame */
	const char *text = PICKLE_ONE_OF(pickle_texts);
	uint8_t op = pickle_ops[kind].op;
	bool memo = (op == 'h' || op == 'j' || op == 'q' || op == 'r') && !mutate_once_in(c, 10);
	uint32_t number = memo ? (uint32_t)mutate_below(c, named + 1) : mutate_odd_number(c);

	pickle_put_op(o, op);
	switch (pickle_ops[kind].arg) {
	case ARG_1: mutate_put_number(o, number, 1); break;
	case ARG_2: mutate_put_number(o, number, 2); break;
	case ARG_4: mutate_put_number(o, number, 4); break;
	case ARG_8: mutate_put_number(o, number, 8); break;
	case ARG_TEXT_1:
		mutate_put_number(o, strlen(text), 1);
		mutate_put(o, text, strlen(text));
		break;
	case ARG_TEXT_4:
		mutate_put_number(o, strlen(text), 4);
		mutate_put(o, text, strlen(text));
		break;
	case ARG_LINES:
		text = PICKLE_ONE_OF(pickle_globals);
		mutate_put(o, text, strlen(text));
		break;
	}
}

/* [[[...]]], or a tuple of twice the tuple before, and so on. */
static void pickle_put_nested(struct output *o, struct chance *c, unsigned named)
{
	size_t depth = 1 + mutate_below(c, mutate_once_in(c, 4) ? PICKLE_NESTED : 6);
	bool doubles = mutate_once_in(c, 2);

	for (size_t i = 0; i < depth && doubles; i++) {
		pickle_put_op(o, 0x94);
		pickle_put_op(o, 'h');
		mutate_put_number(o, named + i, 1);
		pickle_put_op(o, 0x86);
	}
	for (size_t i = 0; i < depth && !doubles; i++)
		pickle_put_op(o, "](}"[mutate_below(c, 3)]);
	for (size_t i = 0; i < depth && !doubles; i++)
		pickle_put_op(o, "aetu"[mutate_below(c, 4)]);
}

/* Opcode I with other bytes in its text, whose length follows. */
static void pickle_put_changed(struct output *o, struct chance *c, const struct pickle_code *code,
                               size_t i)
{
	const uint8_t *p = code->at[i];
	size_t n = code->size[i], head = *p == 'X' || *p == 'B' ? 5 : 2, room = n + 16;
	bool text = *p == 'X' || *p == 'B' || *p == 0x8c || *p == 'C' || *p == 0x8a;
	uint8_t *copy;

	if (!text || n < head) {
		mutate_put(o, p, 1);
		mutate_put_number(o, mutate_odd_number(c), n > 1 && n <= 5 ? (int)n - 1 : 0);
		return;
	}
	copy = malloc(room);
	if (!copy)
		abort();
	memcpy(copy, p + head, n - head);
	n = LLVMFuzzerMutate(copy, n - head, head == 2 && room > 255 ? 255 : room);
	pickle_put_op(o, *p);
	mutate_put_number(o, n, (int)head - 1);
	mutate_put(o, copy, n);
	free(copy);
}

static void pickle_change(struct output *o, struct chance *c, const struct pickle_code *code)
{
	size_t i = mutate_below(c, code->count + 1), left = code->count - i;
	size_t n = left ? 1 + mutate_below(c, left < PICKLE_SEVERAL ? left : PICKLE_SEVERAL) : 0;
	size_t j = mutate_below(c, code->count + 1);

	pickle_put_range(o, code, 0, i);
	switch (mutate_below(c, 7)) {
	case 0:                         /* put in */
		pickle_put_any(o, c, code->named);
		n = 0;
		break;
	case 1:                         /* put in place of one */
		pickle_put_any(o, c, code->named);
		n = n > 0;
		break;
	case 2:                         /* take away */
		break;
	case 3:                         /* repeat */
		for (size_t times = 1 + mutate_below(c, 3); times > 0; times--)
			pickle_put_range(o, code, i, i + n);
		n = 0;
		break;
	case 4:                         /* put a part from elsewhere in */
		pickle_put_range(o, code, j, j + PICKLE_SEVERAL < code->count ? j + PICKLE_SEVERAL
		                                                              : code->count);
		n = 0;
		break;
	case 5:
		pickle_put_nested(o, c, code->named);
		n = 0;
		break;
	default:
		if (n)
			pickle_put_changed(o, c, code, i);
		n = n > 0;
	}
	pickle_put_range(o, code, i + n, code->count);
}

/* What stands in front of the pickle: the header of an .npy, or nothing. */
static size_t pickle_start(const uint8_t *data, size_t size)
{
	size_t head;

	if (size < 10 || memcmp(data, "\x93NUMPY", 6) != 0)
		return 0;
	head = 10 + (size_t)mutate_get(data + 8, 2);
	return head < size ? head : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static struct pickle_code code;
	static uint8_t text[PICKLE_LONGEST];
	struct chance c = mutate_chance(seed);
	size_t start = pickle_start(data, size);
	struct output o = { .p = text, .room = max_size < sizeof text ? max_size : sizeof text };

	if (size > sizeof text || mutate_once_in(&c, 2))
		return LLVMFuzzerMutate(data, size, max_size);
	mutate_put(&o, data, start);
	pickle_read(&code, data + start, size - start);
	pickle_change(&o, &c, &code);
	if (o.full || o.used == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(data, text, o.used);
	return o.used;
}

MUTATE_WATCHED
