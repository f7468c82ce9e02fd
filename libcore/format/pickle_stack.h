#pragma once
/*
 * What a pickle makes: values, which refer to each other by index and are freed together,
 * and the stack of those that its opcodes work on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum pickle_type {
	PICKLE_MARK, PICKLE_NONE, PICKLE_BOOL, PICKLE_INT, PICKLE_TEXT, PICKLE_BYTES,
	PICKLE_NUMPY_TEXT, PICKLE_NUMPY_BYTES,
	PICKLE_LIST, PICKLE_DICT, PICKLE_TUPLE, PICKLE_GLOBAL, PICKLE_DTYPE, PICKLE_ARRAY
};

struct pickle_value {
	uint8_t type;
	char order;                     /* DTYPE, NUMPY_TEXT: '<', '>', '|' */
	bool latin1;                    /* BYTES, NUMPY_*: their characters, in UTF-8 */
	uint32_t count;                 /* bytes, or items of a LIST, DICT, TUPLE */
	uint32_t room;                  /* for items */
	union {
		int64_t number;         /* INT, BOOL; which GLOBAL */
		const uint8_t *bytes;   /* TEXT, BYTES, NUMPY_*, DTYPE ("i8"): in the pickle */
		uint32_t *items;        /* indices of values; of a DICT key, value, key, value */
		struct {
			/* ARRAY: indices of a TUPLE and a LIST, both 0 until it is built */
			uint32_t shape, list;
		};
	};
};

/* The first values are always these. */
enum { PICKLE_VALUE_MARK, PICKLE_VALUE_NONE, PICKLE_VALUE_FALSE, PICKLE_VALUE_TRUE };

struct pickle_stack {
	struct pickle_value *values;
	uint32_t *at;                   /* [depth] indices of values, the top last */
	uint32_t count, room;           /* of values */
	uint32_t depth, at_room;
};

void pickle_stack_init(struct pickle_stack *s);
void pickle_stack_release(struct pickle_stack *s);

/* A new value on top, or one that exists already. Always 0. Pointers to values end here. */
int pickle_stack_push(struct pickle_stack *s, struct pickle_value v);
int pickle_stack_push_index(struct pickle_stack *s, uint32_t value);

/* Two's complement of SIZE bytes at P, low byte first. */
struct pickle_value pickle_stack_int(const uint8_t *p, size_t size);

/* The value on top, taken away or left there. NULL with E set: none, or a mark. */
struct pickle_value *pickle_stack_pop(struct pickle_stack *s, struct err *e);
struct pickle_value *pickle_stack_top(struct pickle_stack *s, struct err *e);

/* Adds VALUE, an index, to the LIST or DICT TO. */
void pickle_stack_append(struct pickle_value *to, uint32_t value);

/* Item I of a LIST, DICT or TUPLE. */
const struct pickle_value *pickle_stack_item(const struct pickle_stack *s,
                                             const struct pickle_value *v, uint32_t i);

/* ARRAY, of COUNT elements of SIZE bytes in a room of ROOM, with room for one more. */
void *pickle_stack_grow(void *array, uint32_t count, uint32_t *room, size_t size);
