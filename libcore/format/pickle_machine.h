#pragma once
/*
 * An interpreter for the few opcodes of Python's pickles that numpy's object
 * arrays need. It creates no objects: a value is a number, a piece of the
 * pickle's text, or refers to others by index, so that memory grows with the
 * bytes read and no faster. Every other opcode, and every global but numpy's
 * own and those of dicts (pickle_numpy.c), is refused.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "format/pickle_stack.h"

struct pickle_machine {
	const uint8_t *start, *p, *end;
	struct pickle_stack stack;
	uint32_t *memo;                 /* indices of values; 0: nothing there */
	uint32_t memo_count, memo_room;
};

/*
 * Runs the SIZE bytes of pickle, which must stay as they are until pickle_machine_release.
 * Returns the value that it leaves, or NULL with E set. Release M either way.
 */
const struct pickle_value *pickle_machine_run(struct pickle_machine *m, const uint8_t *bytes,
                                              size_t size, struct err *e);
void pickle_machine_release(struct pickle_machine *m);
