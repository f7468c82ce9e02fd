#pragma once
/* What a tool says of itself: its table of options, and what stands around it in --help. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum opt_type {
	OPT_T_END,
	OPT_T_FLAG,
	OPT_T_INT,
	OPT_T_SEED,
	OPT_T_FLOAT,
	OPT_T_TEXT,
	OPT_T_LIST,
	OPT_T_CHOICE
};

/* What an option that may be given again and again was given, in order. */
enum { OPT_LIST_MAX = 64 };
struct opt_list {
	int count;
	const char *item[OPT_LIST_MAX];
};

struct opt {
	enum opt_type type;
	int letter;                     /* 0: the option has only its long name */
	const char *name;
	/* bool, int, uint64_t, double, const char *, struct opt_list, int */
	void *value;
	/* OPT_T_INT, OPT_T_FLOAT: both ends allowed; what VALUE holds outside is no default */
	double low, high;
	/* "N"; of OPT_T_CHOICE the words, "on|off", in order of their value */
	const char *arg;
	const char *help;
	bool required;
	const char *env;                /* OPT_T_TEXT: names the variable that holds the default */
	const char *with;               /* option without which this one does nothing, or NULL */
};

#define OPT_FIELDS_FLAG(c, name, var, help) \
	OPT_T_FLAG, c, name, 1 ? (var) : (bool *)0, 0, 0, 0, help
#define OPT_FIELDS_INT(c, name, var, low, high, arg, help) \
	OPT_T_INT, c, name, 1 ? (var) : (int *)0, low, high, arg, help
#define OPT_FIELDS_SEED(c, name, var, help) \
	OPT_T_SEED, c, name, 1 ? (var) : (uint64_t *)0, 0, 0, "SEED", help
#define OPT_FIELDS_FLOAT(c, name, var, low, high, arg, help) \
	OPT_T_FLOAT, c, name, 1 ? (var) : (double *)0, low, high, arg, help
#define OPT_FIELDS_TEXT(c, name, var, arg, help) \
	OPT_T_TEXT, c, name, 1 ? (var) : (const char **)0, 0, 0, arg, help
#define OPT_FIELDS_LIST(c, name, var, arg, help) \
	OPT_T_LIST, c, name, 1 ? (var) : (struct opt_list *)0, 0, 0, arg, help
#define OPT_FIELDS_CHOICE(c, name, var, words, help) \
	OPT_T_CHOICE, c, name, 1 ? (var) : (int *)0, 0, 0, words, help

#define OPT_FLAG(...) { OPT_FIELDS_FLAG(__VA_ARGS__), false, NULL, NULL }
#define OPT_INT(...) { OPT_FIELDS_INT(__VA_ARGS__), false, NULL, NULL }
#define OPT_SEED(...) { OPT_FIELDS_SEED(__VA_ARGS__), false, NULL, NULL }
#define OPT_FLOAT(...) { OPT_FIELDS_FLOAT(__VA_ARGS__), false, NULL, NULL }
#define OPT_TEXT(...) { OPT_FIELDS_TEXT(__VA_ARGS__), false, NULL, NULL }
#define OPT_LIST(...) { OPT_FIELDS_LIST(__VA_ARGS__), false, NULL, NULL }
#define OPT_CHOICE(...) { OPT_FIELDS_CHOICE(__VA_ARGS__), false, NULL, NULL }

/*
 * An option that must be given, OPT_REQUIRED(INT, 'n', "number", ...): TYPE is INT, FLOAT, TEXT or
 * CHOICE, and what VAR holds before is no default but for one that is allowed: a number within the
 * range, a text that is not empty, a choice that is not negative.
 */
#define OPT_REQUIRED(TYPE, ...) { OPT_FIELDS_##TYPE(__VA_ARGS__), true, NULL, NULL }

/* A text that must be given, there or by the variable ENV of the environment. */
#define OPT_REQUIRED_OR_ENV(env, ...) { OPT_FIELDS_TEXT(__VA_ARGS__), true, env, NULL }

/* An option that is wrong usage without option WITH, OPT_WITH("state", FLOAT, 0, "rate", ...). */
#define OPT_WITH(with, TYPE, ...) { OPT_FIELDS_##TYPE(__VA_ARGS__), false, NULL, with }

#define OPT_END { .type = OPT_T_END }

/* What --help says around the options, and how many operands a tool takes. */
struct opt_tool {
	/* "IN OUT"; --help puts "[OPTION]... " and the options that must be given in front */
	const char *operands;
	const char *summary;            /* one line: what the tool does */
	int min, max;                   /* operands; max -1: any number */
	/* for --version: the kernels in use; NULL: it uses none */
	const char *(*kernels)(struct err *e);
	const char *other;              /* a second way to call it, as OPERANDS; or NULL */
	/* a command that works, and more is in the manual page of the tool; NULL: it has none */
	const char *example;
};
