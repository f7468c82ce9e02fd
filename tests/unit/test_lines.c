/* Lines of a pipe, given as they come. */
#include "base/lines.h"

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

/* Longer than what is read at once. */
static void test_long_line(void)
{
	enum { BYTES = 100000 };
	char *text = xmalloc(BYTES + 1, 1), *const *line;
	FILE *f = tmpfile();
	struct lines l;
	struct err e = {0};

	memset(text, 'x', BYTES);
	text[BYTES] = '\0';
	fprintf(f, "%s\nshort\n", text);
	rewind(f);
	lines_init(&l, fileno(f), '\n');
	ok(lines_next(&l, &line, &e) >= 1 && !strcmp(line[0], text), "a long line %s", e.text);
	lines_release(&l);
	fclose(f);
	free(text);
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
