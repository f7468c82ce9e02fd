#pragma once
/*
 * Command lines. A table of options is the only description of a tool's
 * interface: parsing, ranges, error texts, --help and its defaults follow from it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum opt_type {
	OPT_T_END,
	OPT_T_FLAG,
	OPT_T_INT,
	OPT_T_SEED,
	OPT_T_FLOAT,
	OPT_T_TEXT,
	OPT_T_CHOICE
};

struct opt {
	enum opt_type type;
	int letter;                     /* 0: the option has only its long name */
	const char *name;
	void *value;                    /* bool, int, uint64_t, double, const char *, int */
	double low, high;               /* OPT_T_INT, OPT_T_FLOAT: both ends allowed */
	/* "N"; of OPT_T_CHOICE the words, "on|off", in order of their value */
	const char *arg;
	const char *help;
};

#define OPT_FLAG(c, name, var, help) { OPT_T_FLAG, c, name, 1 ? (var) : (bool *)0, 0, 0, 0, help }
#define OPT_INT(c, name, var, low, high, arg, help) \
	{ OPT_T_INT, c, name, 1 ? (var) : (int *)0, low, high, arg, help }
#define OPT_SEED(c, name, var, help)                                                     \
	{                                                                                \
		OPT_T_SEED, c, name, 1 ? (var) : (uint64_t *)0, 0, 0, "SEED", help       \
	}
#define OPT_FLOAT(c, name, var, low, high, arg, help) \
	{ OPT_T_FLOAT, c, name, 1 ? (var) : (double *)0, low, high, arg, help }
#define OPT_TEXT(c, name, var, arg, help) \
	{ OPT_T_TEXT, c, name, 1 ? (var) : (const char **)0, 0, 0, arg, help }
#define OPT_CHOICE(c, name, var, words, help) \
	{ OPT_T_CHOICE, c, name, 1 ? (var) : (int *)0, 0, 0, words, help }
#define OPT_END { .type = OPT_T_END }

/* What --help says around the options, and how many operands a tool takes. */
struct opt_tool {
	const char *synopsis;           /* "[OPTION]... IN OUT" */
	const char *summary;            /* one line: what the tool does */
	int min, max;                   /* operands; max -1: any number */
	/* for --version: the kernels in use; NULL: it uses none */
	const char *(*kernels)(struct err *e);
};

/*
 * Parses ARGV into the variables of the table TABLE (ended by OPT_END), which hold the defaults.
 * Adds -h, --help and --version. Options and operands may be mixed; "--" ends the options.
 * Returns the operands, ended by NULL, inside ARGV. Wrong usage: one line on stderr, exit 2.
 * AML_ISA with a name that is not there (cpu_check): one line, exit 1.
 * Also sets the name of the tool (tool_start).
 */
char **opt_parse(const struct opt *table, const struct opt_tool *tool, int argc, char **argv);

/* One line "TOOL: MESSAGE; try 'TOOL --help'" on stderr, exit 2: for rules that span options. */
void opt_wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
