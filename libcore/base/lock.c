/* Locks between processes; see lock.h. */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/outfile.h"

enum { TRIES = 100 };                   /* against processes that remove their locks meanwhile */

/* Any other failure says that there are no locks: ENOLCK, EOPNOTSUPP, of folders on NFS EBADF. */
int lock_descriptor(int fd, const char *path, struct err *e)
{
	int result;

	do
		result = flock(fd, LOCK_EX | LOCK_NB);
	while (result < 0 && errno == EINTR);
	if (result < 0 && errno == EWOULDBLOCK)
		return err_set(e, "%s: in use by another process", path);
	return 0;
}

int lock_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (lock_descriptor(fd, path, e) == 0)
		return fd;
	close(fd);
	return -1;
}

/* One name for all links to the file; NULL: nothing that is replaced by rename. */
static char *lock_path(const char *path)
{
	struct stat st;
	char *target, *name;

	if (stat(path, &st) < 0 ? errno != ENOENT : !S_ISREG(st.st_mode))
		return NULL;
	target = outfile_target(path);
	name = target ? xasprintf("%s.lock", target) : NULL;
	free(target);
	return name;
}

/* Is FD still the file PATH? The process that had the lock may have removed it meanwhile. */
static bool is_there(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* That of another user may only be read; the lock on it is as good. */
static int open_lock(const char *name, const char *path)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = open(name, O_RDWR | O_CREAT | flags, 0666);

	if (fd >= 0 || (errno != EACCES && errno != EPERM && errno != EROFS))
		return fd;
	fd = open(name, O_RDONLY | flags);
	return fd >= 0 ? fd : open(path, O_RDWR | O_CLOEXEC);
}

/*
 * The file NAME, or PATH in its place, locked for PATH; -1: there is neither; -2: with E set,
 * another process has it.
 */
static int open_locked(const char *name, const char *path, struct err *e)
{
	for (int i = 0; i < TRIES; i++) {
		int fd = open_lock(name, path);

		if (fd < 0)
			return -1;      /* whether PATH can be written, its writer says */
		if (lock_descriptor(fd, path, e) < 0) {
			close(fd);
			return -2;
		}
		if (is_there(fd, name) || is_there(fd, path))
			return fd;
		close(fd);
	}
	err_set(e, "%s: in use by other processes", path);
	return -2;
}

/* Is it a lock that nobody else needs? */
static bool is_empty(int fd, const char *name)
{
	struct stat st;

	return is_there(fd, name) && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
}

int lock_take(struct lock *l, const char *path, struct err *e)
{
	char *name = lock_path(path);
	int fd = name ? open_locked(name, path, e) : -1;

	*l = (struct lock){0};
	if (fd < 0) {
		free(name);
		return fd < -1 ? -1 : 0;
	}
	*l = (struct lock){ .fd = fd, .path = name, .ours = is_empty(fd, name), .ticket = -1 };
	if (l->ours)
		l->ticket = cleanup_add(name);
	return 0;
}

void lock_release(struct lock *l)
{
	if (!l->path)
		return;
	cleanup_forget(l->ticket);
	if (l->ours)
		unlink(l->path);
	close(l->fd);
	free(l->path);
	*l = (struct lock){0};
}
