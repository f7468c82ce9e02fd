#pragma once
/*
 * An interpreter for the few opcodes of Python's pickles that numpy's object
 * arrays need. It creates no objects: a value is a number, a piece of the
 * pickle's text, or refers to others by index, so that memory grows with the
 * bytes read and no faster. Every other opcode, and every global but numpy's
 * own, is refused.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum pickle_type {
	PICKLE_MARK, PICKLE_NONE, PICKLE_BOOL, PICKLE_INT, PICKLE_TEXT, PICKLE_BYTES, PICKLE_RAW,
	PICKLE_LIST, PICKLE_DICT, PICKLE_TUPLE, PICKLE_GLOBAL, PICKLE_DTYPE, PICKLE_ARRAY
};

enum { PICKLE_RAW_BYTES = 8 };          /* longest bytes that _codecs.encode may make: one number */

struct pickle_value {
	uint8_t type;
	char order;                     /* DTYPE: '<', '>', '|' */
	uint32_t count;                 /* bytes, or items of a LIST, DICT, TUPLE */
	uint32_t room;                  /* for items */
	union {
		int64_t number;         /* INT, BOOL; which GLOBAL */
		const uint8_t *bytes;   /* TEXT, BYTES, DTYPE ("i8"): in the pickle */
		uint8_t raw[PICKLE_RAW_BYTES];
		uint32_t *items;        /* indices of values; of a DICT key, value, key, value */
		struct {
			/* ARRAY: indices of a TUPLE and a LIST, both 0 until it is built */
			uint32_t shape, list;
		};
	};
};

struct pickle_machine {
	const uint8_t *start, *p, *end;
	struct pickle_value *values;
	uint32_t *stack, *memo;         /* indices of values; 0 in the memo: nothing there */
	uint32_t count, room;           /* of values */
	uint32_t depth, stack_room;
	uint32_t memo_count, memo_room;
};

/*
 * Runs the SIZE bytes of pickle, which must stay as they are until pickle_machine_release.
 * Returns the value that it leaves, or NULL with E set. Release M either way.
 */
const struct pickle_value *pickle_machine_run(struct pickle_machine *m, const uint8_t *bytes,
                                              size_t size, struct err *e);
void pickle_machine_release(struct pickle_machine *m);

/* Item I of a LIST, DICT or TUPLE. */
const struct pickle_value *pickle_item(const struct pickle_machine *m,
                                       const struct pickle_value *v, uint32_t i);

/* ---- for pickle_numpy.c: the stack ---- */

/* A new value on top. Always 0. Pointers to values end here. */
int pickle_push(struct pickle_machine *m, struct pickle_value v);

/* The value on top, taken away or left there. NULL with E set: none, or a mark. */
struct pickle_value *pickle_pop(struct pickle_machine *m, struct err *e);
struct pickle_value *pickle_top(struct pickle_machine *m, struct err *e);

/* Two's complement of SIZE bytes at P, low byte first. */
int64_t pickle_number(const uint8_t *p, size_t size);
