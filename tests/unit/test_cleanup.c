/* What is removed when the program ends early. */
#include "base/cleanup.h"

#include <signal.h>
#include <sys/wait.h>

#include "scratch.h"
#include "tap.h"

static int add(const char *name)
{
	const char *path = scratch_path(name);

	scratch_write(path, "text", 4);
	return cleanup_add(path);
}

static bool is_there(const char *name)
{
	return access(scratch_path(name), F_OK) == 0;
}

static void end_early(int number)
{
	add("first");
	cleanup_forget(add("kept"));
	add("last");
	cleanup_forget(-1);
	if (number)
		raise(number);
	exit(3);
}

static int run(int number)
{
	int status = 0;
	pid_t child = fork();

	if (!child)
		end_early(number);
	waitpid(child, &status, 0);
	return status;
}

static void ends(void)
{
	int status = run(SIGTERM);

	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "a signal ends the program");
	ok(!is_there("first") && !is_there("last"), "files named are removed");
	ok(is_there("kept"), "one that is no longer named stays");
	status = run(0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 3, "exit");
	ok(!is_there("first") && !is_there("last") && is_there("kept"), "does the same");
}

/* The files of a process are not its child's to remove. */
static void children(void)
{
	int ticket = add("parent's"), status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		cleanup_now();
		_exit(0);
	}
	waitpid(child, &status, 0);
	ok(is_there("parent's"), "a child leaves its parent's files");
	cleanup_now();
	ok(!is_there("parent's"), "the parent removes them");
	cleanup_forget(ticket);
}

static void many(void)
{
	int last = 0, taken = 0;

	for (int i = 0; i < 5000 && last >= 0; i++, taken++)
		last = cleanup_add("/nowhere");
	ok(last == -1 && taken > 1000, "a thousand names, then no more");
	for (int i = 0; i < taken - 1; i++)
		cleanup_forget(i);
	ok(cleanup_add("/nowhere") >= 0, "places that were left are taken again");
}

int main(void)
{
	scratch_begin();
	ends();
	children();
	many();
	return tap_end();
}
