/* How a tool speaks and ends: its name, its messages, a stdout that cannot be written. */
#include "base/tool.h"

#include <errno.h>

#include "scratch.h"

static void fail(void *name)
{
	struct err e;

	tool_start(name);
	err_set(&e, "a\nb\x1b.npz: no such file");
	exit(tool_fail(&e));
}

static void warn(void *name)
{
	struct err e;

	tool_start(name);
	err_set(&e, "left out");
	tool_warn(&e);
	tool_warn(&e);
	puts("a result");
	exit(tool_end(0));
}

static void end_with_three(void *name)
{
	tool_start(name);
	exit(tool_end(3));
}

static void full_disk(void *name)
{
	tool_start(name);
	scratch_redirect(STDOUT_FILENO, "/dev/full");
	for (int i = 0; i < 10000; i++)         /* fails long before the end */
		puts("lost");
	errno = 0;
	exit(tool_end(0));
}

/* Were the stream left closed, the file would get its number, and the text. */
static void all_closed(void *name)
{
	int fd;

	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		close(i);
	tool_start(name);
	fd = open(scratch_path("file"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	puts("lost");
	_exit(fd > STDERR_FILENO ? tool_end(0) : 99);
}

static void closed(void *name)
{
	tool_start(name);
	close(STDOUT_FILENO);
	puts("lost");
	exit(tool_end(3));
}

int main(void)
{
	char name[] = "/usr/bin/aml-x", short_name[] = "aml-x", odd[] = "./a/";

	scratch_begin();
	is_text(tool_name(), "aml", "its name before tool_start");
	tool_start(short_name);
	is_text(tool_name(), "aml-x", "a name without folders");
	tool_start(odd);
	is_text(tool_name(), "", "a name that ends in a slash");
	is_int(scratch_run(fail, name), 1, "tool_fail: exit status");
	scratch_holds("err", "aml-x: a\\nb\\033.npz: no such file\n", "one line, escaped");
	scratch_holds("out", "", "nothing on stdout");
	is_int(scratch_run(warn, name), 0, "tool_warn stops nothing");
	scratch_holds("err", "aml-x: left out\naml-x: left out\n", "its lines");
	scratch_holds("out", "a result\n", "the result");
	is_int(scratch_run(end_with_three, name), 3, "tool_end hands on the status");
	is_int(scratch_run(closed, name), 1, "tool_end with stdout closed");
	scratch_holds("err", "aml-x: standard output: Bad file descriptor\n", "its message");
	is_int(scratch_run(all_closed, name), 1, "tool_start with all streams closed");
	scratch_holds("file", "", "a file opened then gets nothing of theirs");
	if (access("/dev/full", W_OK) == 0) {
		is_int(scratch_run(full_disk, name), 1, "tool_end on a full disk");
		scratch_holds("err", "aml-x: standard output: No space left on device\n",
		              "its message");
	}
	return tap_end();
}
