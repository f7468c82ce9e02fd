/* Lines of a pipe, given as they come. */
#include "base/lines.h"

#include <limits.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "tap.h"

static int to;                          /* the end of the pipe that is written to */

static void put(const char *text)
{
	ok(write(to, text, strlen(text)) == (ssize_t)strlen(text), "written: %zu bytes",
	   strlen(text));
}

/* WANT: the lines, each ended by '|'. */
static void gives(struct lines *l, long count, const char *want)
{
	char *const *line = NULL;
	char got[256] = "";
	struct err e = {0};
	long n = lines_next(l, &line, &e);

	is_int(n, count, "how many");
	for (long i = 0; i < n; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%.100s|", line[i]);
	is_text(got, want, "which");
}

static void test_arrivals(void)
{
	int pipe_fd[2];
	struct lines l;

	if (pipe(pipe_fd) < 0)
		return;
	to = pipe_fd[1];
	lines_init(&l, pipe_fd[0], '\n');
	put("one\ntwo\n\nthr");
	gives(&l, 2, "one|two|");
	put("ee\n");
	gives(&l, 1, "three|");
	put("\n\nfour words of it\nlast");
	gives(&l, 1, "four words of it|");
	close(to);
	gives(&l, 1, "last|");
	gives(&l, 0, "");
	lines_release(&l);
	lines_release(&l);
	close(pipe_fd[0]);
}

/* A pipe with BYTES of TEXT in it, and nobody who writes more. */
static int pipe_of(const char *text, size_t bytes)
{
	int pipe_fd[2];

	if (pipe(pipe_fd) < 0)
		return -1;
	ok(write(pipe_fd[1], text, bytes) == (ssize_t)bytes, "written: %zu bytes", bytes);
	close(pipe_fd[1]);
	return pipe_fd[0];
}

static void test_nul(void)
{
	static const char names[] = "one\ntwo\0\0three";
	char *const *line;
	struct lines l;
	struct err e = {0};
	int fd = pipe_of(names, sizeof names - 1);

	lines_init(&l, fd, '\0');
	gives(&l, 1, "one\ntwo|");
	gives(&l, 1, "three|");
	gives(&l, 0, "");
	lines_release(&l);
	close(fd);
	fd = pipe_of(names, sizeof names - 1);
	lines_init(&l, fd, '\n');
	is_int(lines_next(&l, &line, &e), -1, "a NUL in a line");
	is_text(e.text, "a NUL in a line", "why");
	lines_release(&l);
	close(fd);
}

static int written(size_t bytes, char end)
{
	char *text = xmalloc(bytes + 1, 1);
	FILE *f = tmpfile();
	int fd;

	memset(text, 'x', bytes);
	text[bytes] = end;
	fwrite("first\n", 1, 6, f);
	fwrite(text, 1, bytes + 1, f);
	free(text);
	rewind(f);
	fd = dup(fileno(f));
	fclose(f);
	return fd;
}

/* A line may be as long as a name; what goes on beyond is given once, and not gathered. */
static void test_long_line(void)
{
	enum { ENDLESS = 1 << 20 };
	int fd = written(PATH_MAX, '\n');
	char *const *line;
	struct lines l;
	struct err e = {0};

	lines_init(&l, fd, '\n');
	ok(lines_next(&l, &line, &e) == 2 && strlen(line[1]) == PATH_MAX, "a long line %s", e.text);
	lines_release(&l);
	close(fd);
	fd = written(ENDLESS, '\n');
	ok(pwrite(fd, "last\n", 5, ENDLESS + 7) == 5, "a line behind it");
	lines_init(&l, fd, '\n');
	is_int(lines_next(&l, &line, &e), 1, "what comes before a line of 1 MB");
	is_text(line[0], "first", "the line");
	is_int(lines_next(&l, &line, &e), 1, "its beginning");
	ok(strlen(line[0]) > PATH_MAX && strlen(line[0]) < ENDLESS / 8, "%zu bytes",
	   strlen(line[0]));
	is_int(lines_next(&l, &line, &e), 1, "the line behind it");
	is_text(line[0], "last", "is whole");
	is_int(lines_next(&l, &line, &e), 0, "the end");
	lines_release(&l);
	close(fd);
	fd = written(ENDLESS, 'x');
	lines_init(&l, fd, '\n');
	lines_next(&l, &line, &e);
	is_int(lines_next(&l, &line, &e), 1, "the beginning of a line without end");
	is_int(lines_next(&l, &line, &e), 0, "the end of the file");
	lines_release(&l);
	close(fd);
}

static void test_error(void)
{
	int folder = open("/", O_RDONLY | O_DIRECTORY);
	char *const *line;
	struct lines l;
	struct err e = {0};

	lines_init(&l, folder, '\n');
	is_int(lines_next(&l, &line, &e), -1, "a folder has no lines");
	is_text(e.text, "Is a directory", "why");
	lines_release(&l);
	close(folder);
}

int main(void)
{
	test_arrivals();
	test_nul();
	test_long_line();
	test_error();
	return tap_end();
}
