/* Values of a pickle, and their stack; see pickle_stack.h. */
#include "format/pickle_stack.h"

#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_ROOM = 8 };

void *pickle_stack_grow(void *array, uint32_t count, uint32_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : FIRST_ROOM;
	return xrealloc(array, *room, size);
}

static uint32_t add_value(struct pickle_stack *s, struct pickle_value v)
{
	s->values = pickle_stack_grow(s->values, s->count, &s->room, sizeof *s->values);
	s->values[s->count] = v;
	return s->count++;
}

void pickle_stack_init(struct pickle_stack *s)
{
	*s = (struct pickle_stack){0};
	add_value(s, (struct pickle_value){ .type = PICKLE_MARK });
	add_value(s, (struct pickle_value){ .type = PICKLE_NONE });
	add_value(s, (struct pickle_value){ .type = PICKLE_BOOL, .number = 0 });
	add_value(s, (struct pickle_value){ .type = PICKLE_BOOL, .number = 1 });
}

void pickle_stack_release(struct pickle_stack *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		int type = s->values[i].type;

		if (type == PICKLE_LIST || type == PICKLE_DICT || type == PICKLE_TUPLE)
			free(s->values[i].items);
	}
	free(s->values);
	free(s->at);
	*s = (struct pickle_stack){0};
}

int pickle_stack_push_index(struct pickle_stack *s, uint32_t value)
{
	s->at = pickle_stack_grow(s->at, s->depth, &s->at_room, sizeof *s->at);
	s->at[s->depth++] = value;
	return 0;
}

int pickle_stack_push(struct pickle_stack *s, struct pickle_value v)
{
	return pickle_stack_push_index(s, add_value(s, v));
}

struct pickle_value pickle_stack_int(const uint8_t *p, size_t size)
{
	uint64_t n = size > 0 && p[size - 1] & 0x80 ? UINT64_MAX : 0;

	while (size-- > 0)
		n = n << 8 | p[size];
	return (struct pickle_value){ .type = PICKLE_INT, .number = (int64_t)n };
}

struct pickle_value *pickle_stack_pop(struct pickle_stack *s, struct err *e)
{
	if (s->depth == 0 || s->at[s->depth - 1] == PICKLE_VALUE_MARK) {
		err_set(e, "the pickle takes a value where none is");
		return NULL;
	}
	return &s->values[s->at[--s->depth]];
}

struct pickle_value *pickle_stack_top(struct pickle_stack *s, struct err *e)
{
	struct pickle_value *v = pickle_stack_pop(s, e);

	s->depth += v != NULL;
	return v;
}

void pickle_stack_append(struct pickle_value *to, uint32_t value)
{
	to->items = pickle_stack_grow(to->items, to->count, &to->room, sizeof *to->items);
	to->items[to->count++] = value;
}

const struct pickle_value *pickle_stack_item(const struct pickle_stack *s,
                                             const struct pickle_value *v, uint32_t i)
{
	return &s->values[v->items[i]];
}
