/* Inputs: files, pipes, empty ones, too large ones, folders; and their lines. */
#include "base/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resident.h"
#include "scratch.h"
#include "tap.h"

enum { LARGE = 300000 };

static struct err e;

static void leave(const char *path, const char *want, size_t size)
{
	struct infile f = {0};

	if (infile_open(&f, path, SIZE_MAX, &e) < 0 || memcmp(f.data, want, size) != 0) {
		ok(false, "%s cannot be read", path);
		return;
	}
	if (resident(f.data) >= 0) {
		ok(resident(f.data) > 0, "a file that was read takes memory");
		infile_drop_pages(&f);
		is_int(resident(f.data), 0, "left, it takes none");
		ok(!memcmp(f.data, want, size), "it can be read again");
		infile_passes(&f, INFILE_KEEP_BYTES - 1);
		ok(resident(f.data) > 0, "some of it passes, and stays");
		infile_passes(&f, 1);
		is_int(resident(f.data), 0, "more, and all goes");
	}
	ok(!memcmp(f.data, want, size), "it can be read again");
	infile_release(&f);
}

static void is_open(const char *path, size_t limit, const char *want, size_t size,
                    bool mapped, const char *what)
{
	struct infile f = {0};

	if (infile_open(&f, path, limit, &e) < 0) {
		ok(false, "%s: %s", what, e.text);
		return;
	}
	ok(f.data && f.size == size && !memcmp(f.data, want, size) && f.mapped == mapped,
	   "%s", what);
	infile_release(&f);
	infile_release(&f);
}

static void refused(const char *path, size_t limit, const char *why)
{
	struct infile f = {0};

	is_int(infile_open(&f, path, limit, &e), -1, why);
	ok(strstr(e.text, why) && strstr(e.text, path),
	   "the message names file and reason: %s", e.text);
}

/* Standard input becomes the file at OFFSET, or a pipe that TEXT comes through. */
static void from_file(const char *path, off_t offset)
{
	if (!freopen(path, "rb", stdin) || lseek(STDIN_FILENO, offset, SEEK_SET) != offset)
		exit(1);
}

static void from_pipe(const char *text, size_t size)
{
	int fd[2];

	if (pipe(fd) < 0)
		exit(1);
	if (!fork()) {
		close(fd[0]);
		for (size_t at = 0; at < size; at += 1000)      /* in pieces */
			if (write(fd[1], text + at, size - at < 1000 ? size - at : 1000) < 0)
				_exit(1);
		_exit(0);
	}
	close(fd[1]);
	dup2(fd[0], STDIN_FILENO);
	close(fd[0]);
}

/* Two names of one file are one file; opening tells of streams and of what is missing. */
static void distinct(const char *small, const char *empty)
{
	char *link = (char *)(uintptr_t)scratch_path("link"), *a = (char *)(uintptr_t)small,
	     *b = (char *)(uintptr_t)empty, *missing = (char *)(uintptr_t)scratch_path("missing");
	char stream[] = "-", *all[] = { a, b, stream, missing, stream, missing },
	     *within = (char *)(uintptr_t)scratch_path("small/within"), *blocked[] = { a, within },
	     *twice[] = { b, a, a }, *linked[] = { a, b, link };

	is_int(infile_distinct(all, 6, &e), 0, "files, streams and missing ones");
	is_int(infile_distinct(all, 0, &e), 0, "none");
	ok(infile_distinct(blocked, 2, &e) == -1 && strstr(e.text, "within: Not a directory"),
	   "one that cannot be looked at: %s", e.text);
	is_int(infile_distinct(twice, 3, &e), -1, "one file twice");
	ok(strstr(e.text, "small: the same file as ") != NULL, "%s", e.text);
	ok(!symlink(small, link) && infile_distinct(linked, 3, &e) == -1 &&
	           strstr(e.text, "link: the same file as "),
	   "by another name: %s", e.text);
	ok(!unlink(link) && !linkat(AT_FDCWD, small, AT_FDCWD, link, 0) &&
	           infile_distinct(linked, 3, &e) == -1,
	   "by a hard link");
}

static void looks(const char *small)
{
	is_int(infile_exists(small, &e), 1, "a file");
	is_int(infile_exists(scratch_path("missing"), &e), 0, "a missing one");
	is_int(infile_exists(scratch_path("small/within"), &e), -1, "one that cannot be looked at");
	ok(strstr(e.text, "small/within: Not a directory") && e.machine, "%s", e.text);
	is_int(infile_is_listed(small, &e), 1, "a file is listed");
	is_int(infile_is_listed(scratch_path("missing"), &e), 0, "a missing one is not");
	is_int(infile_is_listed(scratch_path("small/within"), &e), -1, "that cannot be told");
	ok(symlink("nowhere", scratch_path("dangling")) == 0 &&
	           infile_exists(scratch_path("dangling"), &e) == 0,
	   "a link that leads nowhere");
	is_int(infile_is_listed(scratch_path("dangling"), &e), 1, "it is listed");
}

static void fill(const char *path, const char *text, size_t size)
{
	int fd = open(path, O_WRONLY);

	_exit(write(fd, text, size) == (ssize_t)size ? 0 : 1);
}

/* A pipe by name: with a writer that comes later, with one that writes nothing, without. */
static void pipes(const char *text)
{
	const char *path = scratch_path("pipe");

	ok(mkfifo(path, 0600) == 0, "a pipe with a name");
	refused(path, LARGE, "a pipe that nobody writes to");
	if (!fork()) {
		usleep(100000);
		fill(path, text, LARGE);
	}
	is_open(path, SIZE_MAX, text, LARGE, false, "a writer that comes later");
	if (!fork())
		fill(path, text, 0);
	is_open(path, SIZE_MAX, "", 0, false, "a writer that leaves without a word");
}

int main(void)
{
	const char *small, *empty, *large;
	char *text = xmalloc(LARGE, 1);

	is_text(infile_name("-"), "standard input", "the name of -");
	is_text(infile_name("./-"), "./-", "the name of a file");
	ok(infile_is_stdin("-") && !infile_is_stdin("--") && !infile_is_stdin(""), "- alone");
	scratch_begin();
	small = scratch_path("small");
	empty = scratch_path("empty");
	large = scratch_path("large");
	for (int i = 0; i < LARGE; i++)
		text[i] = (char)((unsigned)i * (unsigned)i >> 3);
	scratch_write(small, "abc", 3);
	scratch_write(empty, "", 0);
	scratch_write(large, text, LARGE);
	is_open(small, 3, "abc", 3, true, "a file of as many bytes as are allowed");
	is_open(empty, 0, "", 0, false, "an empty file");
	is_open(large, SIZE_MAX, text, LARGE, true, "a large file");
	leave(large, text, LARGE);
	distinct(small, empty);
	is_open("/dev/null", 10, "", 0, false, "a device");
	looks(small);
	refused(small, 2, "larger than the 2 bytes allowed");
	refused("/dev/zero", SIZE_MAX, "a device, expected a file");
	pipes(text);
	refused(scratch_path("missing"), 10, strerror(ENOENT));
	refused(scratch_folder, 10, strerror(EISDIR));
	from_file(large, 0);
	is_open("-", LARGE, text, LARGE, true, "standard input is a file");
	from_file(large, 100);
	is_open("-", LARGE, text + 100, LARGE - 100, false,
	        "standard input is a file that was read from");
	from_pipe(text, LARGE);
	is_open("-", LARGE, text, LARGE, false, "standard input is a pipe");
	from_pipe(text, LARGE);
	struct infile f;
	is_int(infile_open(&f, "-", LARGE - 1, &e), -1, "a pipe with too many bytes");
	ok(strstr(e.text, "standard input: larger than") != NULL, "%s", e.text);
	close(STDIN_FILENO);
	is_int(infile_open(&f, "-", LARGE, &e), -1, "standard input is closed");
	while (wait(NULL) > 0)
		continue;
	free(text);
	return tap_end();
}
