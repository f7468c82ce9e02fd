/* What --help prints; see opt_help.h. */
#include "base/opt_help.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/tool.h"

enum { HELP_COLUMN = 30 };

bool opt_has_value(const struct opt *o)
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

static void print_default(const struct opt *o)
{
	if (o->required && !opt_has_value(o)) {
		printf(" (required)");
		return;
	}
	if (!opt_has_value(o))
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

		assert(word);                   /* the choices, of which one is the default */
		for (int skip = *(int *)o->value; skip > 0; skip--) {
			word = strchr(word, '|');
			assert(word);
			word++;
		}
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

void opt_usage(char *text, size_t size, const struct opt *table, const struct opt_tool *tool)
{
	size_t used = (size_t)snprintf(text, size, "%s [OPTION]...", tool_name());

	for (const struct opt *o = table; o->type != OPT_T_END; o++) {
		if (!o->required || used >= size)
			continue;
		used += (size_t)(o->letter
		                 ? snprintf(text + used, size - used, " -%c %s", o->letter, o->arg)
		                 : snprintf(text + used, size - used, " --%s=%s", o->name, o->arg));
	}
	if (used < size)
		snprintf(text + used, size - used, "%s%s", *tool->operands ? " " : "",
		         tool->operands);
}

void opt_help(const struct opt *table, const struct opt_tool *tool)
{
	char line[OPT_USAGE_BYTES];

	opt_usage(line, sizeof line, table, tool);
	printf("usage: %s\n", line);
	if (tool->other)
		printf("   or: %s [OPTION]... %s\n", tool_name(), tool->other);
	printf("%s\n\n", tool->summary);
	for (const struct opt *o = table; o->type != OPT_T_END; o++)
		print_option(o->letter, o->name, o->arg, o->help, o);
	print_option('h', "help", NULL, "print this text", NULL);
	print_option(0, "version", NULL, "print the version", NULL);
	if (tool->example)
		printf("\nexample: %s\n"
		       "manual:  man %s (before make install: man ./man/%s.1)\n", tool->example,
		       tool_name(), tool_name());
}
