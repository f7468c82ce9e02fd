#pragma once
/* What opt.c prints of a table of options. */
#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"

enum { OPT_USAGE_BYTES = 512 };

/* Does the variable of O hold what O allows, so that it is a default? */
bool opt_has_value(const struct opt *o);

/* "TOOL [OPTION]... -o FILE IN": what must be given is in its place among the options it is of. */
void opt_usage(char *text, size_t size, const struct opt *table, const struct opt_tool *tool);

/* --help, on stdout. */
void opt_help(const struct opt *table, const struct opt_tool *tool);
