/*
 * A reader that a hostile file misled, for LD_PRELOAD: where a program opens MISLED_AT to read it,
 * it does what MISLED says, "write", "remove", "run", "connect" or "trace", to MISLED_PATH, and the
 * process ends with 0 if that was possible, else with errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static long act(const char *what, const char *path)
{
	if (!strcmp(what, "write"))
		return open(path, O_WRONLY | O_CREAT, 0666);
	if (!strcmp(what, "remove"))
		return unlink(path);
	if (!strcmp(what, "run"))
		return execl(path, path, (char *)NULL);
	if (!strcmp(what, "trace"))
		return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	return socket(AF_INET, SOCK_STREAM, 0);
}

int open(const char *path, int flags, ...)
{
	const char *at = getenv("MISLED_AT");
	va_list more;
	int mode;

	if (at && !strcmp(path, at))
		_exit(act(getenv("MISLED"), getenv("MISLED_PATH")) < 0 ? errno : 0);
	va_start(more, flags);
	mode = flags & O_CREAT ? va_arg(more, int) : 0;
	va_end(more);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
