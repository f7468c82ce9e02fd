/* What is removed when the program ends early. */
#include "base/cleanup.h"

#include <signal.h>
#include <sys/stat.h>
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
	mkdir(scratch_path("folder"), 0777);
	add("folder/file");
	cleanup_add(scratch_path("folder"));
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
	ok(!is_there("folder"), "a folder is, with what is in it");
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

static struct err told;

static void keep_told(const struct err *e)
{
	told = *e;
}

/* What cannot be removed is tried again at the end, and told. */
static void stubborn(void)
{
	const char *path = scratch_path("blocked/file");

	scratch_write(scratch_path("blocked"), "", 0);
	cleanup_remove(path, cleanup_add(path));
	is_int(cleanup_end(keep_told), 1, "one that cannot be removed");
	ok(strstr(told.text, "blocked/file: is left, and cannot be removed: Not a directory"), "%s",
	   told.text);
	is_int(cleanup_end(keep_told), 0, "it is told once");
	cleanup_remove(path, cleanup_add(path));
	unlink(scratch_path("blocked"));
	mkdir(scratch_path("blocked"), 0777);
	scratch_write(path, "text", 4);
	is_int(cleanup_end(keep_told), 0, "one that can be removed later");
	ok(!is_there("blocked/file"), "is");
	cleanup_remove(path, cleanup_add(path));
	is_int(cleanup_end(keep_told), 0, "one that is gone");
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
	stubborn();
	many();
	return tap_end();
}
