/* Whole inputs as bytes; see infile.h. */
#include "base/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	FIRST_READ_BYTES = 1 << 16,
	WRITER_WAIT_S = 10,             /* a shell that starts both ends takes less */
	LOOK_MS = 20,
	LOOKS = WRITER_WAIT_S * 1000 / LOOK_MS,
	FAULT_BYTES = 1 << 16,          /* what Linux maps where one page is missing */
};

/* Of a stream, whose bytes are all kept: no archive is larger (zip.h). */
static const size_t stream_limit = 0xffffffff;

/* ---- opening ---- */

/*
 * Does anybody write to the pipe FD, or did and left something, or has left? Nothing is taken out
 * of it: tee copies a byte to SCRAP, and tells an empty pipe (EAGAIN) from one without writers (0).
 */
static bool has_writer(int fd, int scrap)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, LOOK_MS) > 0 || tee(fd, scrap, 1, SPLICE_F_NONBLOCK) != 0;
}

static int wait_for_writer(int fd, struct err *e)
{
	int scrap[2], look = 0;

	if (pipe2(scrap, O_CLOEXEC) < 0)
		return err_machine(e, "%s", strerror(errno));
	while (look < LOOKS && !has_writer(fd, scrap[1]))
		look++;
	close(scrap[0]);
	close(scrap[1]);
	if (look < LOOKS)
		return 0;
	return err_set(e, "a pipe that nobody writes to (after %d s)", WRITER_WAIT_S);
}

/* A device gives bytes without end; a terminal and /dev/null do not. */
static bool is_endless(int fd, const struct stat *st)
{
	return S_ISBLK(st->st_mode) ||
	       (S_ISCHR(st->st_mode) && st->st_rdev != makedev(1, 3) && !isatty(fd));
}

/* FD was opened so that a pipe without writers did not hold us up. */
static int make_ready(int fd, struct err *e)
{
	struct stat st;
	int flags;

	if (fstat(fd, &st) < 0)
		return err_machine(e, "%s", strerror(errno));
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	if (is_endless(fd, &st))
		return err_set(e, "a device, expected a file");
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return err_machine(e, "%s", strerror(errno));
	return S_ISFIFO(st.st_mode) ? wait_for_writer(fd, e) : 0;
}

int infile_descriptor(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == EAGAIN)          /* a lease that its holder is to give up */
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		err_set(e, "%s", strerror(errno));
		e->machine = errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG;
		return err_in(e, path);                 /* which may be of any length */
	}
	if (make_ready(fd, e) == 0)
		return fd;
	close(fd);
	return err_in(e, path);
}

long infile_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur < LONG_MAX ? (long)limit.rlim_cur : LONG_MAX;
}

/* ---- the bytes ---- */

static int too_big(size_t limit, struct err *e)
{
	return err_set(e, "larger than the %zu bytes allowed", limit);
}

/* Grows by doubling what has really arrived. */
static int read_stream(struct infile *f, int fd, size_t limit, struct err *e)
{
	size_t room = FIRST_READ_BYTES, used = 0;
	uint8_t *data = xmalloc(room, 1);
	ssize_t got;

	while ((got = read(fd, data + used, room - used)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_machine(e, "%s", strerror(errno));
			goto fail;
		}
		used += (size_t)got;
		if (used > limit) {
			too_big(limit, e);
			goto fail;
		}
		if (used == room) {
			uint8_t *more = realloc(data, room *= 2);

			if (!more) {
				err_machine(e, "needs %zu bytes: out of memory", room);
				goto fail;
			}
			data = more;
		}
	}
	*f = (struct infile){ .data = data, .size = used };
	return 0;
fail:
	free(data);
	return -1;
}

static int map_file(struct infile *f, int fd, const struct stat *st, const char *name,
                    struct err *e)
{
	size_t size = (size_t)st->st_size;
	struct mapping m;

	if (mapping_open(&m, fd, size, name) < 0)
		return err_machine(e, "%s", strerror(errno));
	*f = (struct infile){
		.data = m.data, .size = size, .mapped = true, .mapping = m,
		.device = st->st_dev, .inode = st->st_ino,
	};
	return 0;
}

static int open_fd(struct infile *f, int fd, size_t limit, const char *name, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_machine(e, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(e, "%s", strerror(EISDIR));
	if (is_endless(fd, &st))
		return err_set(e, "a device, expected a file");
	if (!S_ISREG(st.st_mode) || st.st_size == 0 || lseek(fd, 0, SEEK_CUR) != 0)
		return read_stream(f, fd, limit < stream_limit ? limit : stream_limit, e);
	if ((size_t)st.st_size > limit)
		return too_big(limit, e);
	return map_file(f, fd, &st, name, e);
}

/* ---- names ---- */

bool infile_is_stdin(const char *path)
{
	return !strcmp(path, "-");
}

const char *infile_name(const char *path)
{
	return infile_is_stdin(path) ? "standard input" : path;
}

static int look(int result, const char *path, struct err *e)
{
	if (result == 0)
		return 1;
	return errno == ENOENT ? 0 : err_machine(e, "%s: %s", path, strerror(errno));
}

int infile_exists(const char *path, struct err *e)
{
	struct stat st;

	return look(stat(path, &st), path, e);
}

int infile_is_listed(const char *path, struct err *e)
{
	struct stat st;

	return look(lstat(path, &st), path, e);
}

int infile_distinct(char *const *paths, int count, struct err *e)
{
	struct stat *st = xcalloc((size_t)count, sizeof *st);
	int result = 0;

	for (int i = 0; i < count && result == 0; i++) {
		if (!infile_is_stdin(paths[i]) && stat(paths[i], &st[i]) < 0 && errno != ENOENT)
			result = err_machine(e, "%s: %s", paths[i], strerror(errno));
		for (int j = 0; j < i && st[i].st_ino; j++)
			if (st[i].st_ino == st[j].st_ino && st[i].st_dev == st[j].st_dev) {
				result = err_set(e, "%s: the same file as %s", paths[i], paths[j]);
				break;
			}
	}
	free(st);
	return result;
}

/* ---- */

int infile_open(struct infile *f, const char *path, size_t limit, struct err *e)
{
	bool is_stdin = infile_is_stdin(path);
	int fd = is_stdin ? STDIN_FILENO : infile_descriptor(path, e);
	int result;

	if (fd < 0)
		return -1;
	result = open_fd(f, fd, limit, infile_name(path), e);
	if (!is_stdin)
		close(fd);
	return result < 0 ? err_in(e, infile_name(path)) : 0;
}

void infile_release(struct infile *f)
{
	if (f->mapped)
		mapping_close(&f->mapping);
	else
		free((void *)f->data);
	*f = (struct infile){0};
}

void infile_drop_pages(const struct infile *f)
{
	if (f->mapped)
		madvise((void *)f->data, f->size, MADV_DONTNEED);
}

/*
 * The pages come again with the next epoch, 16 at a fault. Of the processor aml-eval takes 2.27 s
 * for 700 images, and 2.25 without.
 */
void infile_passes(struct infile *f, size_t bytes)
{
	size_t come = bytes > FAULT_BYTES ? bytes : FAULT_BYTES;
	size_t before = atomic_fetch_add(&f->passed, come);

	if (before / INFILE_KEEP_BYTES != (before + come) / INFILE_KEEP_BYTES)
		infile_drop_pages(f);
}

int infile_reopen(const struct infile *f, const char *path)
{
	int fd = f->mapped && !infile_is_stdin(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && st.st_dev == f->device && st.st_ino == f->inode))
		return fd;
	close(fd);
	return -1;
}
