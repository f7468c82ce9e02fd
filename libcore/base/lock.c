/* Locks between processes; see lock.h. */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/lock_fd.h"
#include "base/mem.h"
#include "base/outfile.h"

enum { TRIES = 100 };                   /* against processes that remove their locks meanwhile */

static int machine_error(const char *path, struct err *e)
{
	return err_machine(e, "%s: %s", path, strerror(errno));
}

/* Other failures say that there are no locks: ENOLCK, EOPNOTSUPP, of folders on NFS EBADF. */
int lock_descriptor(int fd, const char *path, struct err *e)
{
	int result = lock_fd(fd);

	if (result < 0 && errno == EWOULDBLOCK)
		return err_set(e, "%s: in use by another process", path);
	if (result < 0 && (errno == EIO || errno == ENOMEM))
		return machine_error(path, e);
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

char *lock_name(const char *path)
{
	struct stat st;
	char *target, *name;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = 0;
		return NULL;
	}
	target = outfile_target(path);
	name = target ? xasprintf("%s.lock", target) : NULL;
	free(target);
	return name;
}

/* The process that had the lock may have removed it meanwhile. 1, 0, or -1 with errno set. */
static int is_either(int fd, const char *path, const char *other)
{
	int there = lock_fd_is_at(fd, path, true);

	return there ? there : lock_fd_is_at(fd, other, true);
}

/* Does REASON say that there can be no such file? Whether it can be written, its writer says. */
static bool is_no_place(int reason)
{
	return reason == EACCES || reason == EPERM || reason == EROFS || reason == ENOENT ||
	       reason == ENOTDIR || reason == ELOOP || reason == ENXIO || reason == EISDIR;
}

enum { LOCK_FLAGS = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };

/* Locked at once: what an early end removes is nobody else's. */
static int make_lock(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL | LOCK_FLAGS, 0666);
	struct err e;
	int reason;

	if (fd < 0 || lock_descriptor(fd, name, &e) == 0)
		return fd;
	reason = e.machine ? errno : EEXIST;
	close(fd);
	if (e.machine)
		unlink(name);
	errno = reason;
	return -1;
}

static bool is_closed(int reason)
{
	return reason == EACCES || reason == EPERM || reason == EROFS;
}

/*
 * What is there where NAME was not made for REASON. The lock of another user may only be read; one
 * on it is as good.
 */
static int open_lock(const char *name, const char *path, int reason)
{
	int fd = -1;

	errno = reason;
	if (reason == EEXIST || is_closed(reason))
		fd = open(name, O_RDWR | LOCK_FLAGS);
	if (fd < 0 && is_closed(errno))
		fd = open(name, O_RDONLY | LOCK_FLAGS);
	if (fd < 0 && (is_closed(reason) || is_closed(errno)))
		fd = open(path, O_RDWR | O_CLOEXEC);
	return fd;
}

/*
 * Is it a lock that nobody else needs? An empty file that cannot be looked at is one, too: it was
 * there a moment ago.
 */
static bool is_empty(int fd, const char *name)
{
	struct stat st;
	bool empty = fstat(fd, &st) == 0 ? S_ISREG(st.st_mode) && st.st_size == 0
	                                 : lseek(fd, 0, SEEK_END) == 0;

	return empty && lock_fd_is_at(fd, name, true) != 0;
}

/* FD, open for PATH, locked, and still there: 1, 0, or -1 with E set. */
static int take_lock(int fd, const char *name, const char *path, struct err *e)
{
	int there;

	if (lock_descriptor(fd, path, e) < 0)
		return -1;
	there = is_either(fd, name, path);
	if (there >= 0)
		return there;
	machine_error(path, e);
	if (is_empty(fd, name))
		cleanup_remove(name, cleanup_add(name));
	return -1;
}

/*
 * The file NAME, or PATH in its place, locked for PATH; -1: there is neither; -2: with E set,
 * another process has it, or that cannot be told. TICKET: of NAME if it was made.
 */
static int open_locked(const char *name, const char *path, int *ticket, struct err *e)
{
	for (int i = 0; i < TRIES; i++) {
		int fd = cleanup_make(name, make_lock, ticket), reason = errno, there;

		if (fd >= 0)
			return fd;
		fd = open_lock(name, path, reason);
		if (fd < 0 && errno == ENOENT && reason == EEXIST)
			continue;               /* removed meanwhile */
		if (fd < 0)
			return is_no_place(errno) ? -1 : machine_error(path, e) - 1;
		there = take_lock(fd, name, path, e);
		if (there > 0)
			return fd;
		close(fd);
		if (there < 0)
			return -2;
	}
	err_set(e, "%s: in use by other processes", path);
	return -2;
}

int lock_take(struct lock *l, const char *path, struct err *e)
{
	char *name = lock_name(path);
	int fd = -1, ticket = -1;

	*l = (struct lock){0};
	if (name)
		fd = open_locked(name, path, &ticket, e);
	else if (errno && !is_no_place(errno))
		return machine_error(path, e);
	if (fd < 0) {
		free(name);
		return fd < -1 ? -1 : 0;
	}
	*l = (struct lock){ .fd = fd, .path = name, .ours = is_empty(fd, name), .ticket = ticket };
	if (l->ours && ticket < 0)
		l->ticket = cleanup_add(name);
	return 0;
}

void lock_release(struct lock *l)
{
	if (!l->path)
		return;
	if (l->ours && is_empty(l->fd, l->path))
		cleanup_remove(l->path, l->ticket);
	else
		cleanup_forget(l->ticket);
	close(l->fd);
	free(l->path);
	*l = (struct lock){0};
}
