/* Names for temporary files; see tempname.h. */
#include "base/tempname.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/lock_fd.h"
#include "base/mem.h"
#include "base/removal.h"

enum { LETTERS = 6, TRIES = 100 };

static const char mark[] = ".aml-";     /* so that no file of the user's is taken for one of ours */

static uint64_t random_number(void)
{
	uint64_t n;
	struct timespec now;

	if (getrandom(&n, sizeof n, GRND_NONBLOCK) == (ssize_t)sizeof n)
		return n;
	clock_gettime(CLOCK_MONOTONIC, &now);   /* early at boot: a name that is free will do */
	return (uint64_t)now.tv_nsec << 20 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid() << 40;
}

/* In new memory. */
static char *draw_name(const char *prefix)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	uint64_t n = random_number();
	char drawn[LETTERS + 1] = "";

	for (int i = 0; i < LETTERS; i++) {
		drawn[i] = letters[n % (sizeof letters - 1)];
		n /= sizeof letters - 1;
	}
	return xasprintf("%s%s%s", prefix, mark, drawn);
}

/* ---- making ---- */

static int make_file(const char *name)
{
	return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int make_folder(const char *name)
{
	int fd, reason;

	if (mkdir(name, 0777) < 0)
		return -1;
	fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	reason = errno;
	if (fd < 0)
		rmdir(name);
	errno = reason;
	return fd;
}

/* A sweeper may have come between the making of the file and its lock: false, it removes it. */
static bool is_kept(int fd, const char *name)
{
	return lock_fd(fd) == 0 ? lock_fd_is_at(fd, name, false) != 0 : errno != EWOULDBLOCK;
}

static int make_one(const char *name, int (*make_it)(const char *name), int *ticket)
{
	int fd = ticket ? cleanup_make(name, make_it, ticket) : make_it(name);

	if (fd < 0 || is_kept(fd, name))
		return fd;
	close(fd);
	if (ticket)
		cleanup_forget(*ticket);
	errno = EEXIST;
	return -1;
}

static int make(char **name, const char *prefix, int (*make_it)(const char *name), int *ticket)
{
	for (int i = 0; i < TRIES; i++) {
		int result, reason;

		*name = draw_name(prefix);
		result = make_one(*name, make_it, ticket);
		if (result >= 0)
			return result;
		reason = errno;
		free(*name);
		*name = NULL;
		errno = reason;
		if (reason != EEXIST)
			break;
	}
	return -1;
}

int tempname_file(char **name, const char *prefix, int *ticket)
{
	return make(name, prefix, make_file, ticket);
}

int tempname_folder(char **name, const char *prefix, int *ticket)
{
	return make(name, prefix, make_folder, ticket);
}

int tempname_nameless(void)
{
	const char *given = getenv("TMPDIR"), *folder = given && *given ? given : "/tmp";
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), ticket;
	char *prefix, *name;

	if (fd >= 0)
		return fd;
	prefix = xasprintf("%s/aml", folder);   /* not all file systems can */
	fd = tempname_file(&name, prefix, &ticket);
	if (fd >= 0)
		cleanup_remove(name, ticket);
	free(name);
	free(prefix);
	return fd;
}

/* ---- sweeping ---- */

/* Is NAME, without its folder, one that we give? BASE: its beginning, or NULL for any. */
static bool is_ours(const char *name, const char *base)
{
	size_t length = strlen(name), tail = sizeof mark - 1 + LETTERS, head = length - tail;

	if (length <= tail || strncmp(name + head, mark, sizeof mark - 1) != 0)
		return false;
	for (size_t i = length - LETTERS; i < length; i++)
		if (!isalnum((unsigned char)name[i]))
			return false;
	return !base || (strlen(base) == head && !strncmp(name, base, head));
}

/* Locks on NFS need a file that is open for writing; a folder cannot be. */
static int open_left(const char *name)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(name, O_RDWR | flags);

	return fd < 0 && (errno == EISDIR || errno == EACCES) ? open(name, O_RDONLY | flags) : fd;
}

/* Returns whether its maker is at work. */
static bool sweep_one(const char *name)
{
	struct stat st;
	int fd = lstat(name, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
	                 ? open_left(name)
	                 : -1;
	bool works = false;

	if (fd < 0)
		return false;
	if (lock_fd(fd) < 0)
		works = errno == EWOULDBLOCK;
	else if (lock_fd_is_at(fd, name, false) > 0)
		removal_all(name);
	close(fd);
	return works;
}

/* FOLDER ends in a slash, or is empty for the current one. */
static int sweep(const char *folder, const char *base)
{
	DIR *d = opendir(*folder ? folder : ".");
	struct dirent *entry;
	int at_work = 0;

	while (d && (entry = readdir(d))) {
		char *name;

		if (!is_ours(entry->d_name, base))
			continue;
		name = xasprintf("%s%s", folder, entry->d_name);
		at_work += sweep_one(name);
		free(name);
	}
	if (d)
		closedir(d);
	return at_work;
}

int tempname_sweep(const char *prefix)
{
	const char *slash = strrchr(prefix, '/');
	size_t length = slash ? (size_t)(slash - prefix) + 1 : 0;
	char *folder = xstrndup(prefix, length);
	int at_work = sweep(folder, prefix + length);

	free(folder);
	return at_work;
}

int tempname_sweep_folder(const char *path)
{
	char *folder = xasprintf("%s/", path);
	int at_work = sweep(folder, NULL);

	free(folder);
	return at_work;
}
