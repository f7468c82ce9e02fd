#pragma once
/*
 * Text in pickles, whatever spells it: str, bytes, or numpy's own kinds of both. Bytes are
 * taken as UTF-8.
 */
#include <stdbool.h>

#include "format/pickle_stack.h"

bool pickle_text_is(const struct pickle_value *v);

/* As bytes, not as str? Python has 'a' and b'a' for different keys. */
bool pickle_text_is_bytes(const struct pickle_value *v);

/* V, of which pickle_text_is is true, in new memory. NULL with E set: a NUL, no characters. */
char *pickle_text_copy(const struct pickle_value *v, struct err *e);

/*
 * The bytes of V, a BYTES or NUMPY_*, into TO, which has room for V->count. Returns how many
 * they are, or -1 with E set.
 */
int64_t pickle_text_bytes(uint8_t *to, const struct pickle_value *v, struct err *e);
