/*
 * Command lines, words that end in NUL, of a table with every type of option. What is taken is
 * within its range and says nothing; what is refused is one line on stderr and exit status 2.
 */
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* opt ends the program: its own source, in which that leads back here. */
static jmp_buf left;
static void __attribute__((noreturn)) leave(int status)
{
	longjmp(left, status + 1);
}
#define exit(status) leave(status)
#include "base/opt.c"
#undef exit

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_WORDS = 200, LEAST_OPERANDS = 1, MOST_OPERANDS = 3 };

static struct values {
	bool flag;
	int number, required, choice;
	uint64_t seed;
	double share;
	const char *text, *from_env;
	struct opt_list list;
} v;
static char **operands;                 /* longjmp leaves it alone */

static const char *kernels(struct err *e)
{
	(void)e;
	return "ref";
}

static char **parse(int argc, char **argv)
{
	const struct opt table[] = {
		OPT_FLAG('f', "flag", &v.flag, "a flag"),
		OPT_INT('n', "number", &v.number, -5, 1000000000, "N", "a number"),
		OPT_SEED('s', "seed", &v.seed, "a seed"),
		OPT_FLOAT('r', "share", &v.share, 0, 1, "SHARE", "a share"),
		OPT_TEXT(0, "share-of", &v.text, "TEXT", "a text"),
		OPT_LIST('g', "group", &v.list, "GROUP", "a list"),
		OPT_CHOICE('c', "choice", &v.choice, "on|off|only", "a choice"),
		OPT_REQUIRED(INT, 'q', "required", &v.required, 1, 9, "N", "a number"),
		OPT_REQUIRED_OR_ENV("HOME", 'e', "env", &v.from_env, "TEXT", "a text"),
		OPT_END
	};
	const struct opt_tool tool = {
		"A [B [C]]", "a tool", LEAST_OPERANDS, MOST_OPERANDS, kernels, "-f WHAT",
		"tool -q 1 a"
	};

	v = (struct values){ .share = .5, .choice = 1 };
	optind = 0;                             /* getopt_long begins anew */
	return opt_parse(table, &tool, argc, argv);
}

static void check_values(char **operand)
{
	int count = 0;

	while (operand[count])
		count++;
	if (count < LEAST_OPERANDS || count > MOST_OPERANDS || v.number < -5 ||
	    v.number > 1000000000 || !(v.share >= 0 && v.share <= 1) || v.choice < 0 ||
	    v.choice > 2 || v.required < 1 || v.required > 9 || !*v.from_env ||
	    v.list.count < 0 || v.list.count > OPT_LIST_MAX)
		abort();
	for (int i = 0; i < v.list.count; i++)
		if (!v.list.item[i])
			abort();
}

static void check_said(int status, const char *out, const char *err)
{
	const char *newline = strchr(err, '\n');

	if (status < 0 ? *out || *err : status == 0 ? !*out || *err : 0)
		abort();
	if (status > 0 && (status != 2 || *out || !newline || newline[1]))
		abort();
}

/* With streams in memory, which tool_end may close. */
static void run(int argc, char **argv)
{
	FILE *out = stdout, *err = stderr;
	char *out_text, *err_text;
	size_t out_size, err_size;
	int status;

	stdout = xmemstream(&out_text, &out_size);
	stderr = xmemstream(&err_text, &err_size);
	status = setjmp(left) - 1;
	if (status < 0)
		operands = parse(argc, argv);
	if (status != 0)
		fclose(stdout);
	fclose(stderr);
	stdout = out;
	stderr = err;
	if (status < 0)
		check_values(operands);
	check_said(status, out_text, err_text);
	free(out_text);
	free(err_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1), *word = text;
	char *argv[MOST_WORDS + 2] = { NULL };  /* no name: tool_start keeps the streams */
	int argc = 1;

	memcpy(text, data, size);
	for (; word < text + size && argc <= MOST_WORDS; word += strlen(word) + 1)
		argv[argc++] = word;
	run(argc, argv);
	free(text);
	return 0;
}
