/* How a tool speaks and ends; see tool.h. */
#include "base/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/printable.h"

static const char *name = "aml";

/*
 * Were descriptor 0, 1 or 2 closed, the next file opened would get its number, and output meant for
 * the stream would go into it. Opened the wrong way round, so that their use fails.
 */
static void open_closed(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(1);
}

/* ---- standard output: stdio forgets why a write within it failed ---- */

static int output_error;                /* errno of the first write that failed, or 0 */

#ifdef __GLIBC__
static ssize_t write_output(void *cookie, const char *data, size_t size)
{
	size_t done = 0;

	(void)cookie;
	while (done < size && !output_error) {
		ssize_t n = write(STDOUT_FILENO, data + done, size - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			output_error = errno;
	}
	return output_error ? 0 : (ssize_t)size;
}

static int close_output(void *cookie)
{
	(void)cookie;
	return close(STDOUT_FILENO);    /* on NFS the first to say that the disk is full */
}

static void watch_output(void)
{
	const cookie_io_functions_t calls = { .write = write_output, .close = close_output };
	FILE *f = fopencookie(NULL, "w", calls);

	if (!f)
		return;
	if (isatty(STDOUT_FILENO))
		setvbuf(f, NULL, _IOLBF, BUFSIZ);
	stdout = f;                     /* a variable in glibc */
}
#else
static void watch_output(void)
{
}
#endif

void tool_start(const char *path)
{
	const char *slash = strrchr(path, '/');

	name = slash ? slash + 1 : path;
	open_closed();
	watch_output();
}

const char *tool_name(void)
{
	return name;
}

/* Names of files may hold anything; a message stays one line. */
void tool_warn(const struct err *e)
{
	char *line = printable(e->text);

	fprintf(stderr, "%s: %s\n", name, line);
	free(line);
}

int tool_fail(const struct err *e)
{
	tool_warn(e);
	return 1;
}

int tool_end(int status)
{
	bool failed = ferror(stdout);
	struct err e;

	if (cleanup_end(tool_warn) > 0)
		status = 1;
	if (fclose(stdout) == 0 && !failed)
		return status;
	err_set(&e, "standard output: %s", strerror(output_error ? output_error : errno));
	return tool_fail(&e);
}
