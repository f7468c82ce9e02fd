#pragma once
/*
 * The globals that a pickle may name, numpy's own, and what calling them with REDUCE or BUILD
 * gives.
 */
#include "format/pickle_machine.h"

/* Pushes the global, or refuses it by name. */
int pickle_push_global(struct pickle_machine *m, const uint8_t *module, size_t module_size,
                       const uint8_t *name, size_t name_size, struct err *e);
int pickle_reduce(struct pickle_machine *m, struct err *e);
int pickle_build(struct pickle_machine *m, struct err *e);
