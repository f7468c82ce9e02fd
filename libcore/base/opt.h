#pragma once
/*
 * Command lines. A table of options is the only description of a tool's
 * interface: parsing, ranges, error texts, --help and its defaults follow from it.
 */
#include "base/option.h"

/*
 * Parses ARGV into the variables of the table TABLE (ended by OPT_END), which hold the defaults.
 * Adds -h, --help and --version. Options and operands may be mixed; "--" ends the options.
 * A long name with one dash, "-predictions", is wrong usage: it would be "-p redictions".
 * Of a tool that takes any number of operands and writes to -o, a first or last one that is not
 * there is told so (exit 1) with a word of -o, where that is not given.
 * Returns the operands, ended by NULL, inside ARGV. Wrong usage: one line on stderr, exit 2.
 * AML_ISA with a name that is not there (cpu_check): one line, exit 1.
 * Also sets the name of the tool (tool_start).
 */
char **opt_parse(const struct opt *table, const struct opt_tool *tool, int argc, char **argv);

/* One line "TOOL: MESSAGE; try 'TOOL --help'" on stderr, exit 2: for rules that span options. */
void opt_wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
