#pragma once
/*
 * What only one process may work on at a time: a log, a folder that is being filled, a file that is
 * read at the start and replaced at the end. The locks are advisory (flock) and end with the
 * process. Where the file system has none, nothing is locked and nothing fails.
 */
#include <stdbool.h>

#include "base/err.h"

/*
 * Locks the file or folder PATH, open as FD, until FD is closed.
 * Returns 0, or -1 with E set: "PATH: in use by another process".
 */
int lock_descriptor(int fd, const char *path, struct err *e);

/*
 * The same of the folder PATH. Returns a descriptor that holds the lock until it is closed, or -1
 * with E set.
 */
int lock_folder(const char *path, struct err *e);

struct lock {
	int fd;
	char *path;                     /* NULL: nothing is locked */
	bool ours;                      /* empty, to be removed */
	int ticket;                     /* cleanup.h */
};

/*
 * Locks PATH, which may be missing, and may be replaced by rename, which would leave a lock of its
 * own on the old file: the lock is on "PATH.lock", which is made, and removed with the lock.
 * A file of this name that holds something is locked, not removed. Links are followed, also to a
 * file that is missing. Where the folder takes no new file, PATH itself is locked, which is then
 * not replaced either (outfile.h). Devices and pipes are not locked.
 * Returns 0, or -1 with E set as above, and L zero.
 */
int lock_take(struct lock *l, const char *path, struct err *e);
void lock_release(struct lock *l);

/*
 * "PATH.lock" in new memory, links followed: one name for all links to PATH. NULL: nothing that is
 * replaced by rename, with errno 0; or that cannot be told, with errno set.
 */
char *lock_name(const char *path);
