/* Removing whole trees without allocation; see removal.h. */
#include "base/removal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int remove_at(int folder, const char *name);

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Removes what the next entries of the folder FD name. Returns how many went; -1: no more. */
static int remove_some(int fd, int *reason)
{
	enum { BYTES = 2048 };
	_Alignas(struct dirent64) char entries[BYTES];
	long size = syscall(SYS_getdents64, fd, entries, sizeof entries);
	int gone = 0;

	if (size < 0)
		*reason = errno;
	if (size <= 0)
		return -1;
	for (long at = 0; at < size; ) {
		const struct dirent64 *d = (const void *)(entries + at);

		if (is_dot(d->d_name))
			;
		else if (remove_at(fd, d->d_name) == 0)
			gone++;
		else
			*reason = errno;
		at += d->d_reclen;
	}
	return gone;
}

/*
 * From the start again while something goes: some file systems skip entries meanwhile. Returns
 * errno of what could not be removed in the end, or 0.
 */
static int remove_entries(int fd)
{
	int gone, some, reason;

	do {
		gone = reason = 0;
		lseek(fd, 0, SEEK_SET);
		while ((some = remove_some(fd, &reason)) >= 0)
			gone += some;
	} while (gone);
	return reason;
}

/* Deeper folders take more of the stack: these trees are ours, of three levels. */
static int remove_at(int folder, const char *name)
{
	int fd, reason;

	if (unlinkat(folder, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	reason = remove_entries(fd);
	close(fd);
	if (unlinkat(folder, name, AT_REMOVEDIR) == 0)
		return 0;
	if (reason)
		errno = reason;
	return -1;
}

int removal_all(const char *path)
{
	return remove_at(AT_FDCWD, path);
}
