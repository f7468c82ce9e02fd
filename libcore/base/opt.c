/* Command lines from option tables; see opt.h. */
#include "base/opt.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/tool.h"

enum { FIRST_LONG = 256, HELP_COLUMN = 30 };    /* getopt values past all characters */

void opt_wrong(const char *format, ...)
{
	char text[512];
	struct err e;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	err_set(&e, "%s; try '%s --help'", text, tool_name());
	tool_warn(&e);
	exit(2);
}

/* ---- options that must be given ---- */

static bool has_value(const struct opt *o)
{
	const char *text;

	switch (o->type) {
	case OPT_T_INT:
		return *(int *)o->value >= o->low && *(int *)o->value <= o->high;
	case OPT_T_FLOAT:
		return *(double *)o->value >= o->low && *(double *)o->value <= o->high;
	case OPT_T_TEXT:
		text = *(const char **)o->value;
		return text && *text;
	case OPT_T_CHOICE:
		return *(int *)o->value >= 0;
	default:
		return true;
	}
}

static void take_environment(const struct opt *table)
{
	for (const struct opt *o = table; o->type != OPT_T_END; o++)
		if (o->env)
			*(const char **)o->value = getenv(o->env);
}

static void check_required(const struct opt *table)
{
	for (const struct opt *o = table; o->type != OPT_T_END; o++) {
		char letter[] = { '-', (char)o->letter, '\0' };

		if (!o->required || has_value(o))
			continue;
		opt_wrong("%s%s %s is required%s%s%s", o->letter ? letter : "--",
		          o->letter ? "" : o->name, o->arg, o->env ? ", or " : "",
		          o->env ? o->env : "", o->env ? " in the environment" : "");
	}
}

/* ---- help ---- */

static void print_default(const struct opt *o)
{
	if (o->required && !has_value(o)) {
		printf(" (required)");
		return;
	}
	if (!has_value(o))
		return;
	switch (o->type) {
	case OPT_T_INT:
		printf(" (%d)", *(int *)o->value);
		break;
	case OPT_T_SEED:
		printf(" (%llu)", (unsigned long long)*(uint64_t *)o->value);
		break;
	case OPT_T_FLOAT:
		printf(" (%g)", *(double *)o->value);
		break;
	case OPT_T_TEXT:
		printf(" (%s)", *(const char **)o->value);
		break;
	case OPT_T_CHOICE: {
		const char *word = o->arg;

		for (int skip = *(int *)o->value; skip > 0; skip--)
			word = strchr(word, '|') + 1;
		printf(" (%.*s)", (int)strcspn(word, "|"), word);
		break;
	}
	default:
		break;
	}
}

static void print_option(int letter, const char *long_name, const char *arg, const char *help,
                         const struct opt *o)
{
	int width = letter ? printf("  -%c, --%s", letter, long_name)
	                   : printf("      --%s", long_name);

	if (arg)
		width += printf("=%s", arg);
	if (width >= HELP_COLUMN) {
		putchar('\n');
		width = 0;
	}
	printf("%*s%s", HELP_COLUMN - width, "", help);
	if (o)
		print_default(o);
	putchar('\n');
}

static void print_help(const struct opt *table, const struct opt_tool *tool)
{
	printf("usage: %s %s\n%s\n\n", tool_name(), tool->synopsis, tool->summary);
	for (const struct opt *o = table; o->type != OPT_T_END; o++)
		print_option(o->letter, o->name, o->arg, o->help, o);
	print_option('h', "help", NULL, "print this text", NULL);
	print_option(0, "version", NULL, "print the version", NULL);
	exit(tool_end(0));
}

/* Every tool refuses a name that is not there, whether or not its work would come to that. */
static void check_isa(void)
{
	struct err e;

	if (cpu_check(&e) < 0)
		exit(tool_fail(&e));
}

static void print_version(const struct opt_tool *tool)
{
	const char *kernels = NULL;
	struct err e;

	check_isa();
	if (tool->kernels && !(kernels = tool->kernels(&e)))
		exit(tool_fail(&e));
	printf("%s %s", tool_name(), AML_VERSION);
	if (kernels)
		printf(" (%s)", kernels);
	putchar('\n');
	exit(tool_end(0));
}

/* ---- values ---- */

static void bad_value(const struct opt *o, const char *text)
{
	opt_wrong("--%s takes %s, not '%s'", o->name, o->arg, text);
}

static void check_range(const struct opt *o, double value, const char *text)
{
	if (!(value >= o->low && value <= o->high))
		opt_wrong("--%s takes %s from %.10g to %.10g, not '%s'", o->name, o->arg,
		          o->low, o->high, text);
}

static void set_int(const struct opt *o, const char *text)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (end == text || *end || isspace((unsigned char)*text))
		bad_value(o, text);
	check_range(o, errno ? NAN : (double)value, text);
	*(int *)o->value = (int)value;
}

static void set_seed(const struct opt *o, const char *text)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno)
		opt_wrong("--%s takes a whole number from 0 to 2^64-1, not '%s'", o->name, text);
	*(uint64_t *)o->value = value;
}

static void set_float(const struct opt *o, const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || isspace((unsigned char)*text))
		bad_value(o, text);
	check_range(o, value, text);
	*(double *)o->value = value;
}

static void set_choice(const struct opt *o, const char *text)
{
	const char *word = o->arg;
	size_t length = strlen(text);

	for (int i = 0; ; i++) {
		size_t n = strcspn(word, "|");

		if (n == length && !memcmp(word, text, n)) {
			*(int *)o->value = i;
			return;
		}
		if (!word[n])
			bad_value(o, text);
		word += n + 1;
	}
}

static void add_item(const struct opt *o, const char *text)
{
	struct opt_list *list = o->value;

	if (list->count == OPT_LIST_MAX)
		opt_wrong("--%s is given more than %d times", o->name, OPT_LIST_MAX);
	list->item[list->count++] = text;
}

static void set_value(const struct opt *o, const char *text)
{
	switch (o->type) {
	case OPT_T_FLAG:   *(bool *)o->value = true; break;
	case OPT_T_INT:    set_int(o, text); break;
	case OPT_T_SEED:   set_seed(o, text); break;
	case OPT_T_FLOAT:  set_float(o, text); break;
	case OPT_T_TEXT:   *(const char **)o->value = text; break;
	case OPT_T_LIST:   add_item(o, text); break;
	case OPT_T_CHOICE: set_choice(o, text); break;
	case OPT_T_END:    break;
	}
}

/* ---- parsing ---- */

enum { HELP_VALUE = FIRST_LONG - 2, VERSION_VALUE = FIRST_LONG - 1 };

/* Of a tool. Wrong usage ends in exit: nothing is allocated that could be left behind. */
enum { MOST_OPTIONS = 64 };

/* The table in getopt_long's words. */
struct getopt_table {
	struct option longs[MOST_OPTIONS + 3];
	char shorts[2 * MOST_OPTIONS + 4];
};

static void translate(struct getopt_table *t, const struct opt *table)
{
	struct option *l = t->longs;
	char *s = t->shorts;

	*s++ = ':';                             /* a missing argument is told apart */
	for (const struct opt *o = table; o->type != OPT_T_END; o++) {
		int arg = o->type == OPT_T_FLAG ? no_argument : required_argument;

		assert(o - table < MOST_OPTIONS);
		*l++ = (struct option){ o->name, arg, NULL, FIRST_LONG + (int)(o - table) };
		if (o->letter)
			*s++ = (char)o->letter;
		if (o->letter && arg == required_argument)
			*s++ = ':';
	}
	*s = 'h';
	*l++ = (struct option){ "help", no_argument, NULL, HELP_VALUE };
	*l++ = (struct option){ "version", no_argument, NULL, VERSION_VALUE };
}

static const struct opt *find_option(const struct opt *table, int value)
{
	if (value >= FIRST_LONG)
		return &table[value - FIRST_LONG];
	for (const struct opt *o = table; o->type != OPT_T_END; o++)
		if (o->letter == value)
			return o;
	return NULL;
}

static void take_option(const struct opt *table, const struct opt_tool *tool, int value,
                        char **argv)
{
	const struct opt *o;

	if (value == 'h' || value == HELP_VALUE)
		print_help(table, tool);
	if (value == VERSION_VALUE)
		print_version(tool);
	if (value == ':')
		opt_wrong("option '%s' needs a value", argv[optind - 1]);
	if (value == '?' && optopt > 0 && optopt < HELP_VALUE)
		opt_wrong("unknown option '-%c'", optopt);
	if (value == '?')
		opt_wrong("unknown or ambiguous option '%s'", argv[optind - 1]);
	o = find_option(table, value);
	set_value(o, optarg);
}

char **opt_parse(const struct opt *table, const struct opt_tool *tool, int argc, char **argv)
{
	struct getopt_table t = {0};
	int value, operands;

	if (argc > 0 && argv[0])
		tool_start(argv[0]);
	opterr = 0;
	take_environment(table);
	translate(&t, table);
	while ((value = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1)
		take_option(table, tool, value, argv);
	operands = argc - optind;
	if (operands < tool->min)
		opt_wrong("missing operand, usage: %s %s", tool_name(), tool->synopsis);
	if (tool->max >= 0 && operands > tool->max)
		opt_wrong("extra operand '%s', usage: %s %s", argv[optind + tool->max],
		          tool_name(), tool->synopsis);
	check_required(table);
	check_isa();
	return argv + optind;
}
