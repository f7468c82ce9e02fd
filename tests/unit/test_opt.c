/* Command lines: each kind of option, defaults, wrong usage, help and version, each in a
 * process of its own. */
#include "base/opt.h"

#include "base/tool.h"
#include "scratch.h"
#include "tap.h"

struct values {
	bool flag;
	int number, choice, lines;
	uint64_t seed;
	double share;
	const char *text;
};

enum { MOST_ARGS = 12 };

static struct values parsed;
static char **operands;

static const char *kernels(struct err *e)
{
	(void)e;
	return "avx9";
}

static void parse(int argc, char **argv)
{
	struct values v = { .number = 3, .share = .25, .choice = 1 };
	const struct opt table[] = {
		OPT_FLAG('f', "flag", &v.flag, "a flag"),
		OPT_INT('n', "number", &v.number, -5, 1000000000, "N", "a number"),
		OPT_SEED('s', "seed", &v.seed, "a seed"),
		OPT_FLOAT(0, "share", &v.share, 0, 1, "SHARE", "a share"),
		OPT_TEXT('t', "text", &v.text, "TEXT", "a text"),
		OPT_WITH("text", INT, 0, "lines", &v.lines, 0, 9, "N", "with --text: its lines"),
		OPT_CHOICE(0, "choice-of-words", &v.choice, "red|green|greenish", "a choice"),
		OPT_END
	};
	const struct opt_tool tool = {
		"IN [OUT]", "does nothing", 1, 2, kernels, "-f WHAT", "tool -n 7 in out",
	};

	optind = 0;                             /* getopt begins anew */
	operands = opt_parse(table, &tool, argc, argv);
	parsed = v;
}

/* Splits LINE at blanks. */
static int split(char *line, char **argv)
{
	int argc = 0;

	for (char *word = strtok(line, " "); word && argc < MOST_ARGS; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return argc;
}

static void parse_line(void *line)
{
	char copy[256], *argv[MOST_ARGS + 1];
	int argc;

	snprintf(copy, sizeof copy, "%s", (const char *)line);
	argc = split(copy, argv);
	parse(argc, argv);
}

static int run(const char *line)
{
	return scratch_run(parse_line, (void *)line);
}

static void wrong(const char *line, const char *message)
{
	char *want = xasprintf("tool: %s\n", message);

	is_int(run(line), 2, line);
	scratch_holds("err", want, "its message");
	scratch_holds("out", "", "nothing on standard output");
	free(want);
}

/* The operands lie in ARGV until the next call. */
static void good(char *line)
{
	static char *argv[MOST_ARGS + 1];
	int argc = split(line, argv);

	parse(argc, argv);
}

static void values(void)
{
	char defaults[] = "/usr/bin/tool in";
	char letters[] = "tool -f -n 7 -s18446744073709551615 -tx in out";
	char words[] = "tool in --number=-5 --sh 1e-3 --text= out --choice green -f";
	char ended[] = "tool -n 1000000000 -- -f -n";
	char company[] = "tool --lines 2 in --text x";
	char last[] = "tool -n 1 --choice-of-words red -n 2 in --choice-of-words greenish";

	good(defaults);
	ok(!parsed.flag && parsed.number == 3 && !parsed.seed && parsed.share == .25 &&
	           !parsed.text && parsed.choice == 1,
	   "the defaults");
	ok(!strcmp(operands[0], "in") && !operands[1], "one operand");
	is_text(tool_name(), "tool", "the tool's name");
	good(letters);
	ok(parsed.flag && parsed.number == 7 && parsed.seed == UINT64_MAX &&
	           !strcmp(parsed.text, "x"),
	   "letters");
	ok(!strcmp(operands[0], "in") && !strcmp(operands[1], "out"), "two operands");
	good(words);
	ok(parsed.flag && parsed.number == -5 && parsed.share == 1e-3 && !*parsed.text &&
	           parsed.choice == 1,
	   "words, some cut short, mixed with operands");
	ok(!strcmp(operands[0], "in") && !strcmp(operands[1], "out"), "the operands come in order");
	good(ended);
	ok(!parsed.flag && parsed.number == 1000000000, "the upper end of a range");
	ok(!strcmp(operands[0], "-f") && !strcmp(operands[1], "-n"), "operands after --");
	good(company);
	is_int(parsed.lines, 2, "an option before the one that it goes with");
	good(last);
	ok(parsed.number == 2 && parsed.choice == 2,
	   "the last one counts; a word that begins like another");
}

static void wrong_usage(void)
{
	wrong("tool", "missing operand, usage: tool [OPTION]... IN [OUT]; try 'tool --help'");
	wrong("tool a b c",
	      "extra operand 'c', usage: tool [OPTION]... IN [OUT]; try 'tool --help'");
	wrong("tool -x a", "unknown option '-x'; try 'tool --help'");
	wrong("tool -fx a", "unknown option '-x'; try 'tool --help'");
	wrong("tool -\xc3\xa4 a", "unknown option '-\xc3'; try 'tool --help'");
	wrong("tool --unknown a", "unknown option '--unknown'; try 'tool --help'");
	wrong("tool --s 1 a", "option '--s' may be --seed or --share; try 'tool --help'");
	wrong("tool a -n", "option '-n' needs a value; try 'tool --help'");
	wrong("tool a --number", "option '--number' needs a value; try 'tool --help'");
	wrong("tool -n x a", "--number takes N, not 'x'; try 'tool --help'");
	wrong("tool -n 1x a", "--number takes N, not '1x'; try 'tool --help'");
	wrong("tool -n -6 a",
	      "--number takes N from -5 to 1000000000, not '-6'; try 'tool --help'");
	wrong("tool -n 99999999999999999999 a",
	      "--number takes N from -5 to 1000000000, not '99999999999999999999'; try "
	      "'tool --help'");
	wrong("tool -s -1 a", "--seed takes a whole number from 0 to 2^64-1, not '-1'; "
	                      "try 'tool --help'");
	wrong("tool -s 18446744073709551616 a",
	      "--seed takes a whole number from 0 to 2^64-1, not '18446744073709551616'; "
	      "try 'tool --help'");
	wrong("tool --share 1.1 a",
	      "--share takes SHARE from 0 to 1, not '1.1'; try 'tool --help'");
	wrong("tool --share nan a",
	      "--share takes SHARE from 0 to 1, not 'nan'; try 'tool --help'");
	wrong("tool --share 0,5 a", "--share takes SHARE, not '0,5'; try 'tool --help'");
	wrong("tool --choice gree a", "--choice-of-words takes red|green|greenish, not "
	                              "'gree'; try 'tool --help'");
	wrong("tool --choice red|green a",
	      "--choice-of-words takes red|green|greenish, not 'red|green'; try 'tool --help'");
	wrong("tool --flag=1 a", "option '--flag' takes no value; try 'tool --help'");
	wrong("tool --lines 2 a", "--lines goes with --text only; try 'tool --help'");
	wrong("tool -n a\nb a", "--number takes N, not 'a\\nb'; try 'tool --help'");
}

static struct opt_list listed;

static void parse_list(int argc, char **argv)
{
	struct opt_list list = {0};
	const struct opt table[] = {
		OPT_LIST('g', "group", &list, "NAME=CODE,...", "a group; repeatable"),
		OPT_END
	};
	const struct opt_tool tool = { .operands = "", .summary = "takes a list" };

	optind = 0;
	opt_parse(table, &tool, argc, argv);
	listed = list;
}

static void parse_list_line(void *line)
{
	char copy[1024], *argv[2 * OPT_LIST_MAX + 4];
	int argc = 0;

	snprintf(copy, sizeof copy, "%s", (const char *)line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	parse_list(argc, argv);
}

static void lists(void)
{
	char many[1024] = "tool", none[] = "tool",
	     *some[] = { none, (char[]){ "-g" }, (char[]){ "b=X" }, (char[]){ "--group=a=Y,Z" },
		         (char[]){ "-gb=X" }, NULL };

	parse_list(1, some);
	is_int(listed.count, 0, "an option that was not given has no items");
	parse_list(5, some);
	ok(listed.count == 3 && !strcmp(listed.item[0], "b=X") &&
	           !strcmp(listed.item[1], "a=Y,Z") && !strcmp(listed.item[2], "b=X"),
	   "items in order, equal ones as well");
	for (int i = 0; i < OPT_LIST_MAX; i++)
		strcat(many, " -g x");
	is_int(scratch_run(parse_list_line, many), 0, "as many as fit");
	strcat(many, " --group x");
	is_int(scratch_run(parse_list_line, many), 2, "one more");
	scratch_holds("err", "tool: --group is given more than 64 times; try 'tool --help'\n",
	              "its message");
	is_int(scratch_run(parse_list_line, (void *)"tool -g"), 2, "without a value");
	scratch_holds("err", "tool: option '-g' needs a value; try 'tool --help'\n",
	              "its message");
	is_int(scratch_run(parse_list_line, (void *)"tool --help"), 0, "--help");
	scratch_holds("out",
	              "usage: tool [OPTION]...\n"
	              "takes a list\n"
	              "\n"
	              "  -g, --group=NAME=CODE,...   a group; repeatable\n"
	              "  -h, --help                  print this text\n"
	              "      --version               print the version\n", "its text");
}

struct needs {
	int number, choice;
	double share;
	const char *name, *place;
};

static struct needs needed;

/* As parse, of options that must be given. */
static void parse_needs(int argc, char **argv)
{
	struct needs v = { .number = 0, .choice = -1, .share = -1 };
	const struct opt table[] = {
		OPT_REQUIRED(INT, 'n', "number", &v.number, 1, 9, "N", "a number"),
		OPT_REQUIRED(CHOICE, 'c', "choice", &v.choice, "red|green", "a choice"),
		OPT_REQUIRED(FLOAT, 0, "share", &v.share, 0, 1, "SHARE", "a share"),
		OPT_REQUIRED(TEXT, 't', "text", &v.name, "TEXT", "a text"),
		OPT_REQUIRED_OR_ENV("AML_TEST_PLACE", 'p', "place", &v.place, "PLACE", "a place"),
		OPT_END
	};
	const struct opt_tool tool = { .operands = "", .summary = "needs all" };

	optind = 0;
	opt_parse(table, &tool, argc, argv);
	needed = v;
}

static void parse_needs_line(void *line)
{
	char copy[256], *argv[MOST_ARGS + 1];

	snprintf(copy, sizeof copy, "%s", (const char *)line);
	parse_needs(split(copy, argv), argv);
}

static void needs(const char *line, const char *what)
{
	char *want = xasprintf("tool: %s; try 'tool --help'\n", what);

	is_int(scratch_run(parse_needs_line, (void *)line), 2, line);
	scratch_holds("err", want, "its message");
	free(want);
}

static void required(void)
{
	char all[] = "tool -n 9 -cred --share 0 -t x -p y",
	     most[] = "tool -n 1 -cred --share 1 -tx", help_line[] = "tool --help";

	unsetenv("AML_TEST_PLACE");
	needs("tool", "-n N is required");
	needs("tool -n 1", "-c red|green is required");
	needs("tool -n 1 -c green", "--share SHARE is required");
	needs("tool -n 1 -c green --share .5", "-t TEXT is required");
	needs("tool -n 1 -c green --share .5 --text=", "-t TEXT is required");
	needs("tool -n 1 -c green --share .5 -t x",
	      "-p PLACE is required, or AML_TEST_PLACE in the environment");
	needs("tool -n 0", "--number takes N from 1 to 9, not '0'");
	parse_needs_line(all);
	ok(needed.number == 9 && needed.choice == 0 && needed.share == 0, "all are given");
	setenv("AML_TEST_PLACE", "", 1);
	needs(most, "-p PLACE is required, or AML_TEST_PLACE in the environment");
	setenv("AML_TEST_PLACE", "here", 1);
	parse_needs_line(most);
	is_text(needed.place, "here", "from the environment");
	is_int(scratch_run(parse_needs_line, help_line), 0, "--help needs none of them");
	scratch_holds("out",
	              "usage: tool [OPTION]... -n N -c red|green --share=SHARE -t TEXT -p PLACE\n"
	              "needs all\n"
	              "\n"
	              "  -n, --number=N              a number (required)\n"
	              "  -c, --choice=red|green      a choice (required)\n"
	              "      --share=SHARE           a share (required)\n"
	              "  -t, --text=TEXT             a text (required)\n"
	              "  -p, --place=PLACE           a place (here)\n"
	              "  -h, --help                  print this text\n"
	              "      --version               print the version\n", "its text");
}

static void wrong_isa(void)
{
	setenv("AML_ISA", "abacus", 1);
	is_int(run("tool a"), 1, "AML_ISA=abacus");
	is_int(run("tool --version"), 1, "AML_ISA=abacus, --version");
	is_int(run("tool --help"), 0, "AML_ISA=abacus, --help");
	is_int(run("tool -x a"), 2, "AML_ISA=abacus, wrong usage");
	unsetenv("AML_ISA");
}

static void help(void)
{
	is_int(run("tool --help"), 0, "--help");
	scratch_holds("out",
	          "usage: tool [OPTION]... IN [OUT]\n"
	          "   or: tool [OPTION]... -f WHAT\n"
	          "does nothing\n"
	          "\n"
	          "  -f, --flag                  a flag\n"
	          "  -n, --number=N              a number (3)\n"
	          "  -s, --seed=SEED             a seed (0)\n"
	          "      --share=SHARE           a share (0.25)\n"
	          "  -t, --text=TEXT             a text\n"
	          "      --lines=N               with --text: its lines (0)\n"
	          "      --choice-of-words=red|green|greenish\n"
	          "                              a choice (green)\n"
	          "  -h, --help                  print this text\n"
	          "      --version               print the version\n"
	          "\n"
	          "example: tool -n 7 in out\n"
	          "manual:  man tool (before make install: man ./man/tool.1)\n", "its text");
	scratch_holds("err", "", "nothing on standard error");
	is_int(run("tool -n 5 -h whatever"), 0, "-h");
	is_int(run("tool --version"), 0, "--version");
	scratch_holds("out", "tool " AML_VERSION " (avx9)\n", "its text");
}

static void misspelt(void)
{
	char far[] = "tool -- -number";

	wrong("tool --nunber 3 a",
	      "unknown option '--nunber' (did you mean --number?); try 'tool --help'");
	wrong("tool --shaer=1 a",
	      "unknown option '--shaer=1' (did you mean --share?); try 'tool --help'");
	wrong("tool --halp", "unknown option '--halp' (did you mean --help?); try 'tool --help'");
	wrong("tool --nobody a", "unknown option '--nobody'; try 'tool --help'");
	wrong("tool -text a", "'-text' has one dash (did you mean --text?); try 'tool --help'");
	wrong("tool -text=x a", "'-text=x' has one dash (did you mean --text?); try 'tool --help'");
	wrong("tool a -f -tex", "'-tex' has one dash (did you mean --text?); try 'tool --help'");
	wrong("tool -number 7 a",
	      "'-number' has one dash (did you mean --number?); try 'tool --help'");
	wrong("tool -nunber 7 a",
	      "'-nunber' has one dash (did you mean --number?); try 'tool --help'");
	wrong("tool -flag a", "'-flag' has one dash (did you mean --flag?); try 'tool --help'");
	wrong("tool -share 1 a",
	      "'-share' has one dash (did you mean --share?); try 'tool --help'");
	wrong("tool -version",
	      "'-version' has one dash (did you mean --version?); try 'tool --help'");
	good(far);
	is_text(operands[0], "-number", "an operand after --");
}

/* Values that begin as a long name does, where none can be meant. */
static void glued(void)
{
	char own[] = "tool -ttext a", word[] = "tool -t -text a", short_one[] = "tool -te a",
	     flags[] = "tool -fttext a";

	good(own);
	is_text(parsed.text, "text", "-ttext");
	good(word);
	is_text(parsed.text, "-text", "-t -text");
	good(short_one);
	is_text(parsed.text, "e", "-te");
	good(flags);
	ok(parsed.flag && !strcmp(parsed.text, "text"), "-fttext");
}

int main(void)
{
	scratch_begin();
	values();
	wrong_usage();
	misspelt();
	glued();
	help();
	required();
	lists();
	wrong_isa();
	return tap_end();
}
