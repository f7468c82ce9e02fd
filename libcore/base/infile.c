/* Whole inputs as bytes; see infile.h. */
#include "base/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { FIRST_READ_BYTES = 1 << 16 };

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
			err_set(e, "%s", strerror(errno));
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
				err_set(e, "needs %zu bytes: out of memory", room);
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

static int map_file(struct infile *f, int fd, size_t size, const char *name, struct err *e)
{
	struct mapping m;

	if (mapping_open(&m, fd, size, name) < 0)
		return err_set(e, "%s", strerror(errno));
	*f = (struct infile){ .data = m.data, .size = size, .mapped = true, .mapping = m };
	return 0;
}

static int open_fd(struct infile *f, int fd, size_t limit, const char *name, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(e, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(e, "%s", strerror(EISDIR));
	if (!S_ISREG(st.st_mode) || st.st_size == 0 || lseek(fd, 0, SEEK_CUR) != 0)
		return read_stream(f, fd, limit, e);
	if ((size_t)st.st_size > limit)
		return too_big(limit, e);
	return map_file(f, fd, (size_t)st.st_size, name, e);
}

bool infile_is_stdin(const char *path)
{
	return !strcmp(path, "-");
}

const char *infile_name(const char *path)
{
	return infile_is_stdin(path) ? "standard input" : path;
}

bool infile_is_absent(const char *path)
{
	return access(path, F_OK) < 0 && errno == ENOENT;
}

bool infile_is_listed(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || errno != ENOENT;
}

int infile_distinct(char *const *paths, int count, struct err *e)
{
	struct stat *st = xcalloc((size_t)count, sizeof *st);
	int result = 0;

	for (int i = 0; i < count && result == 0; i++) {
		if (infile_is_stdin(paths[i]) || stat(paths[i], &st[i]) < 0)
			st[i] = (struct stat){0};       /* opening it will tell */
		for (int j = 0; j < i && st[i].st_ino; j++)
			if (st[i].st_ino == st[j].st_ino && st[i].st_dev == st[j].st_dev) {
				result = err_set(e, "%s: the same file as %s", paths[i], paths[j]);
				break;
			}
	}
	free(st);
	return result;
}

int infile_open(struct infile *f, const char *path, size_t limit, struct err *e)
{
	bool is_stdin = infile_is_stdin(path);
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
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
