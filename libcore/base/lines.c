/* Lines as they arrive; see lines.h. */
#include "base/lines.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

enum { ROOM = 1 << 16, FIRST_LINES = 32 };

_Static_assert(ROOM > 2 * PATH_MAX, "there is room for more where a line is not given up");

void lines_init(struct lines *l, int fd, char end)
{
	*l = (struct lines){ .fd = fd, .end = end };
	l->text = xmalloc(ROOM, 1);
}

void lines_release(struct lines *l)
{
	free(l->text);
	free(l->line);
	*l = (struct lines){0};
}

/* Forgets what the caller has had. */
static void move_up(struct lines *l)
{
	l->used -= l->given;
	memmove(l->text, l->text + l->given, l->used);
	l->given = 0;
}

/* Appends what is there. There is room for an end after it. Returns bytes, 0 or -1. */
static ssize_t read_more(struct lines *l)
{
	ssize_t got;

	do
		got = read(l->fd, l->text + l->used, ROOM - l->used - 1);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		l->used += (size_t)got;
	return got;
}

static void add_line(struct lines *l, size_t n, char *line)
{
	if (n == l->lines_room) {
		l->lines_room = l->lines_room ? 2 * l->lines_room : FIRST_LINES;
		l->line = xrealloc(l->line, l->lines_room, sizeof *l->line);
	}
	l->line[n] = line;
}

/* Finds the whole lines in the text. Returns how many are not empty. */
static size_t find_lines(struct lines *l)
{
	char *at = l->text, *end;
	size_t n = 0;

	while ((end = memchr(at, l->end, l->used - (size_t)(at - l->text)))) {
		*end = '\0';
		if (*at && !l->cut)
			add_line(l, n++, at);
		l->cut = false;
		at = end + 1;
	}
	l->given = (size_t)(at - l->text);
	if (l->cut)
		l->given = l->used;
	return n;
}

/* The beginning of a line that no name can be stands for the line; what follows is passed over. */
static size_t cut_line(struct lines *l)
{
	l->text[l->used] = '\0';
	add_line(l, 0, l->text);
	l->given = l->used;
	l->cut = true;
	return 1;
}

long lines_next(struct lines *l, char *const **line, struct err *e)
{
	size_t n = 0;

	while (n == 0) {
		ssize_t got;

		move_up(l);
		got = read_more(l);
		if (got < 0)
			return err_set(e, "%s", strerror(errno));
		l->nul = l->end && memchr(l->text + l->used - got, '\0', (size_t)got);
		if (l->nul)
			return err_set(e, "a NUL in a line");
		if (got == 0 && l->used == 0)
			return 0;
		if (got == 0)
			l->text[l->used++] = l->end;
		n = find_lines(l);
		if (n == 0 && l->used - l->given > PATH_MAX)
			n = cut_line(l);
	}
	*line = l->line;
	return (long)n;
}
