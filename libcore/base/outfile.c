/* Outputs that appear whole or not at all; see outfile.h. */
#include "base/outfile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/tempname.h"

struct outfile {
	FILE *f;
	int fd;
	char *path;                     /* for messages, as the user named it */
	/* the file to replace, links followed; NULL: written directly */
	char *target;
	/* what replaces it by rename; NULL: the bytes of FD, which has no name, are copied */
	char *temp;
	int ticket;                     /* of cleanup.h */
	bool one_of_many;               /* see outfile_open_among */
	int error;                      /* errno of the first write that failed, or 0 */
};

bool outfile_is_stdout(const char *path)
{
	return !strcmp(path, "-");
}

const char *outfile_name(const char *path)
{
	return outfile_is_stdout(path) ? "standard output" : path;
}

/* ---- which file is meant ---- */

/* Opened by their names, these would begin at the start of the file behind them, or be replaced. */
int outfile_descriptor(const char *path)
{
	static const char *const folder[] = { "/dev/fd/", "/proc/self/fd/" };
	char *end;

	if (outfile_is_stdout(path) || !strcmp(path, "/dev/stdout"))
		return STDOUT_FILENO;
	if (!strcmp(path, "/dev/stderr"))
		return STDERR_FILENO;
	for (int i = 0; i < 2; i++) {
		size_t length = strlen(folder[i]);
		long fd;

		if (strncmp(path, folder[i], length) || !isdigit((unsigned char)path[length]))
			continue;
		fd = strtol(path + length, &end, 10);
		if (!*end && fd <= INT_MAX)
			return (int)fd;
	}
	return -1;
}

/* What the link PATH names, in new memory; NULL with errno set. */
static char *read_link(const char *path)
{
	char text[PATH_MAX];
	ssize_t size = readlink(path, text, sizeof text - 1);
	const char *slash = strrchr(path, '/');

	if (size < 0)
		return NULL;
	text[size] = '\0';
	if (text[0] == '/' || !slash)
		return xstrdup(text);
	return xasprintf("%.*s%s", (int)(slash - path) + 1, path, text);
}

char *outfile_target(const char *path)
{
	enum { LINKS = 40 };            /* as many as the kernel follows */
	char *at = xstrdup(path);
	struct stat st;

	for (int i = 0; at && i <= LINKS; i++) {
		bool exists = lstat(at, &st) == 0;
		char *next;

		if (exists ? !S_ISLNK(st.st_mode) : errno == ENOENT)
			return at;
		next = exists ? read_link(at) : NULL;
		free(at);
		at = next;
	}
	if (at)
		errno = ELOOP;
	free(at);
	return NULL;
}

/* ---- opening ---- */

/*
 * As the file that is replaced, as far as we may. Set-id bits go, as they do by a write of anybody
 * without privileges.
 */
static int keep_owner(int fd, const struct stat *old)
{
	bool kept = fchown(fd, old->st_uid, (gid_t)-1) == 0;

	kept &= fchown(fd, (uid_t)-1, old->st_gid) == 0;
	(void)kept;
	return fchmod(fd, old->st_mode & 0777);
}

static void drop_temp(struct outfile *o)
{
	if (!o->temp)
		return;
	cleanup_remove(o->temp, o->ticket);
	free(o->temp);
	o->temp = NULL;
	o->ticket = -1;
}

/* What tempname.h calls the file that becomes TARGET, in new memory. */
static char *temp_prefix(const char *target)
{
	const char *slash = strrchr(target, '/');
	int folder = slash ? (int)(slash - target) + 1 : 0;

	return xasprintf("%.*s.%.200s", folder, target, target + folder);
}

/* OLD: the file that is replaced, or NULL. */
static int open_temp(struct outfile *o, const struct stat *old)
{
	char *prefix = temp_prefix(o->target);
	int fd, reason;

	if (!o->one_of_many)
		tempname_sweep(prefix);
	fd = tempname_file(&o->temp, prefix, &o->ticket);
	free(prefix);
	if (fd < 0)
		return -1;
	if (!old || keep_owner(fd, old) == 0)
		return fd;
	reason = errno;
	close(fd);
	drop_temp(o);
	errno = reason;
	return -1;
}

static int open_target(struct outfile *o)
{
	struct stat st;
	int fd;

	o->target = outfile_target(o->path);
	if (!o->target)
		return -1;
	if (stat(o->target, &st) < 0)
		return errno == ENOENT ? open_temp(o, NULL) : -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		free(o->target);
		o->target = NULL;
		return open(o->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (access(o->target, W_OK) < 0)
		return -1;
	fd = open_temp(o, &st);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return tempname_nameless();     /* the file itself may be written: copy_in_place */
	return fd;
}

static int open_fd(struct outfile *o)
{
	int fd = outfile_descriptor(o->path);

	return fd < 0 ? open_target(o) : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static void forget(struct outfile *o)
{
	cleanup_forget(o->ticket);
	free(o->path);
	free(o->target);
	free(o->temp);
	free(o);
}

static int fail(const struct outfile *o, struct err *e)
{
	return err_set(e, "%s: %s", outfile_name(o->path), strerror(o->error ? o->error : errno));
}

/* ---- the stream: stdio forgets why a write within it failed ---- */

static void note_error(struct outfile *o)
{
	if (!o->error)
		o->error = errno;
}

static ssize_t stream_write(void *cookie, const char *data, size_t size)
{
	struct outfile *o = cookie;
	size_t done = 0;

	while (done < size && !o->error) {
		ssize_t n = write(o->fd, data + done, size - done);

		if (n >= 0) {
			done += (size_t)n;
		} else if (errno != EINTR) {
			note_error(o);
		}
	}
	return o->error ? 0 : (ssize_t)size;
}

static int stream_seek(void *cookie, off64_t *offset, int whence)
{
	const struct outfile *o = cookie;

	*offset = lseek(o->fd, *offset, whence);
	return *offset < 0 ? -1 : 0;
}

static FILE *open_stream(struct outfile *o)
{
	const cookie_io_functions_t calls = { .write = stream_write, .seek = stream_seek };

	return o->fd < 0 ? NULL : fopencookie(o, "wb", calls);
}

static struct outfile *open_path(const char *path, bool one_of_many, struct err *e)
{
	struct outfile *o = xcalloc(1, sizeof *o);

	o->path = xstrdup(path);
	o->ticket = -1;
	o->one_of_many = one_of_many;
	o->fd = open_fd(o);
	o->f = open_stream(o);
	if (o->f)
		return o;
	fail(o, e);
	if (o->fd >= 0)
		close(o->fd);
	drop_temp(o);
	forget(o);
	return NULL;
}

struct outfile *outfile_open(const char *path, struct err *e)
{
	return open_path(path, false, e);
}

struct outfile *outfile_open_among(const char *path, struct err *e)
{
	return open_path(path, true, e);
}

int outfile_sweep(const char *path)
{
	char *target = outfile_target(path), *prefix = target ? temp_prefix(target) : NULL;
	int at_work = prefix ? tempname_sweep(prefix) : 0;

	free(target);
	free(prefix);
	return at_work;
}

int outfile_probe(const char *path, struct err *e)
{
	struct outfile *o;
	struct stat st;

	if (!path)
		return 0;
	if (outfile_descriptor(path) < 0 && stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode))           /* to open and close a FIFO would end its reader */
		return access(path, W_OK) < 0 ? err_set(e, "%s: %s", path, strerror(errno)) : 0;
	o = outfile_open(path, e);
	outfile_abandon(o);
	return o ? 0 : -1;
}

int outfile_probe_binary(const char *path, const char *option, struct err *e)
{
	int fd = outfile_descriptor(path);

	if (fd >= 0 && isatty(fd))
		return err_set(e,
		               "%s is a terminal, and what comes is binary: give %s, or redirect "
		               "it",
		               outfile_name(path), option);
	return outfile_probe(path, e);
}

FILE *outfile_stream(struct outfile *o)
{
	return o->f;
}

bool outfile_is_hidden(const struct outfile *o)
{
	return o->target != NULL;
}

static bool flush(struct outfile *o)
{
	if (fflush(o->f) == 0)
		return true;
	note_error(o);
	return false;
}

void outfile_start_writeback(struct outfile *o)
{
#ifdef SYNC_FILE_RANGE_WRITE
	if (o->target && flush(o))
		sync_file_range(o->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
	(void)o;
#endif
}

/* ---- ending ---- */

static int copy_bytes(int from, struct outfile *to)
{
	enum { PIECE = 1 << 16 };
	char *data = xmalloc(PIECE, 1);
	ssize_t n = lseek(from, 0, SEEK_SET) < 0 ? -1 : 1;

	while (n > 0 && (n = read(from, data, PIECE)) > 0)
		if (stream_write(to, data, (size_t)n) == 0)
			n = -1;
	free(data);
	return n < 0 ? -1 : 0;
}

/*
 * The one way for a file that rename cannot replace: a mount point, or in a folder that is
 * closed to us. Takes the bytes of FROM.
 */
static int copy_in_place(struct outfile *o, int from)
{
	struct outfile to = { .fd = open(o->target, O_WRONLY | O_TRUNC | O_CLOEXEC) };
	int result = to.fd < 0 ? -1 : copy_bytes(from, &to);

	if (result == 0 && fsync(to.fd) < 0)
		result = -1;
	if (result < 0 && !to.error)
		to.error = errno;
	if (to.fd >= 0)
		close(to.fd);
	errno = to.error;
	return result;
}

/* Comes when all is done: it must not end the program, so it allocates nothing. */
void outfile_sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	int fd;

	if (slash)
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);              /* some file systems cannot: the data are safe */
		close(fd);
	}
}

/* Rename is refused: EBUSY by mount points, the others by folders that are closed or sticky. */
static int replace_otherwise(struct outfile *o)
{
	int reason = errno, from, result;

	if (reason != EBUSY && reason != EACCES && reason != EPERM)
		return -1;
	from = access(o->target, W_OK) < 0 ? -1 : open(o->temp, O_RDONLY | O_CLOEXEC);
	if (from < 0) {
		errno = reason;
		return -1;
	}
	result = copy_in_place(o, from);
	close(from);
	if (result == 0)
		drop_temp(o);
	return result;
}

static int put_in_place(struct outfile *o, bool sync)
{
	if (!o->temp)
		return 0;
	if (rename(o->temp, o->target) < 0)
		return replace_otherwise(o);
	if (sync)
		outfile_sync_parent(o->target);
	return 0;
}

/* Every byte out, to disk with SYNC. Returns 0 or -1. */
static int end_stream(struct outfile *o, bool sync)
{
	if (!flush(o) || o->error)
		return -1;
	if (!o->target)
		return 0;
	if (!o->temp)
		return copy_in_place(o, o->fd);
	if (sync)
		return fsync(o->fd);
	outfile_start_writeback(o);             /* else they would all be waited for at the end */
	return 0;
}

static int close_stream(struct outfile *o)
{
	int result = fclose(o->f) != 0 ? -1 : 0;

	if (result < 0)
		note_error(o);
	return close(o->fd) < 0 ? -1 : result;
}

int outfile_commit(struct outfile *o, bool sync, struct err *e)
{
	int result = end_stream(o, sync), lock = o->temp ? dup(o->fd) : -1;

	if (result < 0)
		note_error(o);
	if (close_stream(o) < 0 || result < 0 || put_in_place(o, sync) < 0) {
		result = fail(o, e);
		drop_temp(o);
	}
	if (lock >= 0)
		close(lock);            /* not before the rename: tempname.h */
	forget(o);
	return result;
}

void outfile_abandon(struct outfile *o)
{
	if (!o)
		return;
	drop_temp(o);
	o->error = EIO;                 /* what is still in the buffer goes nowhere */
	close_stream(o);
	forget(o);
}

int outfile_sync_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = 0;

	if (fd < 0 || syncfs(fd) < 0)
		result = err_set(e, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return result;
}

int outfile_save(const char *path, const void *data, size_t size, struct err *e)
{
	struct outfile *o = outfile_open(path, e);

	if (!o)
		return -1;
	fwrite(data, 1, size, o->f);
	return outfile_commit(o, true, e);
}
