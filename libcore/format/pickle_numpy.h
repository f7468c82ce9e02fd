#pragma once
/*
 * The globals that a pickle may name, numpy's own and the kinds of dict, and what calling them
 * with REDUCE or BUILD gives.
 */
#include "format/pickle_stack.h"

/* Pushes the global, or refuses it by name. */
int pickle_numpy_push_global(struct pickle_stack *s, const uint8_t *module, size_t module_size,
                             const uint8_t *name, size_t name_size, struct err *e);
int pickle_numpy_reduce(struct pickle_stack *s, struct err *e);
int pickle_numpy_build(struct pickle_stack *s, struct err *e);
