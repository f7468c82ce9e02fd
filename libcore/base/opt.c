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
#include <unistd.h>

#include "base/cpu.h"
#include "base/opt_help.h"
#include "base/spelling.h"
#include "base/tool.h"

enum { FIRST_LONG = 256 };      /* getopt values past all characters */

void opt_wrong(const char *format, ...)
{
	char text[1024];
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

		if (!o->required || opt_has_value(o))
			continue;
		opt_wrong("%s%s %s is required%s%s%s", o->letter ? letter : "--",
		          o->letter ? "" : o->name, o->arg, o->env ? ", or " : "",
		          o->env ? o->env : "", o->env ? " in the environment" : "");
	}
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

/* ---- names that are not quite right ---- */

/* The long name I of T, and those of the options that every tool has; NULL at the end. */
static const char *long_name(const struct getopt_table *t, int i)
{
	return t->longs[i].name;
}

/* The nearest long name to WORD, of LENGTH bytes; a letter in three may be wrong. NULL: none. */
static const char *nearest_name(const struct getopt_table *t, const char *word, size_t length)
{
	int best = length < 6 ? 2 : (int)length / 3 + 1;
	const char *found = NULL;

	for (int i = 0; long_name(t, i); i++) {
		int d = spelling_distance(word, length, long_name(t, i));

		if (d < best) {
			best = d;
			found = long_name(t, i);
		}
	}
	return found;
}

/* An option that T does not have, or has more than one of: WORD, "--name" or "--name=value". */
static void wrong_name(const struct getopt_table *t, const char *word)
{
	size_t length = strcspn(word + 2, "=");
	const char *first = NULL, *second = NULL, *nearest;

	for (int i = 0; long_name(t, i) && !second; i++)
		if (!strncmp(word + 2, long_name(t, i), length))
			*(first ? &second : &first) = long_name(t, i);
	if (second)
		opt_wrong("option '%s' may be --%s or --%s", word, first, second);
	nearest = nearest_name(t, word + 2, length);
	if (nearest)
		opt_wrong("unknown option '%s' (did you mean --%s?)", word, nearest);
	opt_wrong("unknown option '%s'", word);
}

/*
 * The long name that WORD, "-name" or "-name=value", has with one dash; NULL: none. A beginning of
 * it is one too, and a letter may be wrong; but in "-ddataset" the first is an option's.
 */
static const char *one_dash_name(const struct getopt_table *t, const char *word)
{
	enum { SURE = 3, LONG = 6 };    /* letters */
	size_t length;

	if (!word || word[0] != '-' || word[1] == '-' || !word[1])
		return NULL;
	length = strcspn(++word, "=");
	for (int i = 0; long_name(t, i); i++) {
		const char *name = long_name(t, i);

		if (!strncmp(word, name, length) && (length >= SURE || !name[length]))
			return length > 1 ? name : NULL;
		if (length >= LONG && !strncmp(word, name, 2) &&
		    spelling_distance(word, length, name) == 1)
			return name;
	}
	return NULL;
}

/*
 * getopt has just come upon a letter: of the word before optind, or of the one there if that has
 * more letters. VALUE: the option's, if it is a word of its own.
 */
static void check_dashes(const struct getopt_table *t, char **argv, const char *value)
{
	for (int at = optind - 1; at <= optind; at++) {
		const char *name = argv[at] == value ? NULL : one_dash_name(t, argv[at]);

		if (name)
			opt_wrong("'%s' has one dash (did you mean --%s?)", argv[at], name);
	}
}

static void refuse(const struct getopt_table *t, int value, char **argv)
{
	const char *word = argv[optind - 1];

	if (optopt && optopt < HELP_VALUE)      /* of a byte beyond ASCII it is negative */
		check_dashes(t, argv, NULL);
	if (value == ':')
		opt_wrong("option '%s' needs a value", word);
	if (optopt >= HELP_VALUE)
		opt_wrong("option '%.*s' takes no value", (int)strcspn(word, "="), word);
	if (optopt)
		opt_wrong("unknown option '-%c'", optopt);
	wrong_name(t, word);
}

/* Marks in GIVEN, by place in TABLE, what was given. */
static void take_option(const struct getopt_table *t, const struct opt *table,
                        const struct opt_tool *tool, int value, char **argv, bool *given)
{
	const struct opt *o;

	if (value == ':' || value == '?')
		refuse(t, value, argv);
	if (value < HELP_VALUE)
		check_dashes(t, argv, optarg);
	if (value == 'h' || value == HELP_VALUE) {
		opt_help(table, tool);
		exit(tool_end(0));
	}
	if (value == VERSION_VALUE)
		print_version(tool);
	o = find_option(table, value);
	assert(o);              /* getopt_long knows no letters but the table's */
	set_value(o, optarg);
	given[o - table] = true;
}

/* No option is given without the one that it goes with. */
static void check_company(const struct opt *table, const bool *given)
{
	for (const struct opt *o = table; o->type != OPT_T_END; o++) {
		const struct opt *other = table;

		if (!given[o - table] || !o->with)
			continue;
		while (strcmp(other->name, o->with) != 0) {
			other++;
			assert(other->type != OPT_T_END);
		}
		if (!given[other - table])
			opt_wrong("--%s goes with --%s only", o->name, o->with);
	}
}

static void check_operands(const struct opt *table, const struct opt_tool *tool, char **operand,
                           int count)
{
	char line[OPT_USAGE_BYTES];
	const struct opt *out = find_option(table, 'o');

	opt_usage(line, sizeof line, table, tool);
	if (count < tool->min)
		opt_wrong("missing operand, usage: %s", line);
	if (tool->max >= 0 && count > tool->max)
		opt_wrong("extra operand '%s'%s%s, usage: %s", operand[tool->max],
		          out ? "; what is written is named by -o " : "",
		          out ? out->arg : "", line);
}

/*
 * An operand that is not there, the last or the first of several, where the name of the output was
 * not given, may be that.
 */
static void check_inputs(const struct opt *table, const struct opt_tool *tool, char **operand,
                         int count)
{
	const struct opt *out = find_option(table, 'o');
	const char *given = out ? *(const char **)out->value : NULL;
	struct err e;

	if (!out || (given && strcmp(given, "-") != 0) || tool->max >= 0 || count < 2)
		return;
	for (int i = count - 1; i >= 0; i -= count - 1)
		if (strcmp(operand[i], "-") != 0 && access(operand[i], F_OK) < 0 &&
		    errno == ENOENT && !strchr(operand[i], '=')) {
			err_set(&e, "%s; what is written is named by -o %s", strerror(errno),
			        out->arg);
			err_in(&e, operand[i]);
			exit(tool_fail(&e));
		}
}

char **opt_parse(const struct opt *table, const struct opt_tool *tool, int argc, char **argv)
{
	struct getopt_table t = {0};
	bool given[MOST_OPTIONS] = {0};
	int value;

	if (argc > 0 && argv[0])
		tool_start(argv[0]);
	opterr = 0;
	take_environment(table);
	translate(&t, table);
	while ((value = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1)
		take_option(&t, table, tool, value, argv, given);
	check_operands(table, tool, argv + optind, argc - optind);
	check_required(table);
	check_company(table, given);
	check_isa();
	check_inputs(table, tool, argv + optind, argc - optind);
	return argv + optind;
}
