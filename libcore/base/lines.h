#pragma once
/*
 * The lines of a pipe or terminal as they arrive: a program that answers each line can answer all
 * that have come before it waits for more.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct lines {
	int fd;
	char end;                       /* what ends a line */
	char *text;                     /* read, not yet forgotten */
	size_t used, given;             /* its bytes; GIVEN of them are lines that the caller has */
	char **line;
	size_t lines_room;
	bool cut;                       /* the rest of a line is to be passed over */
	bool nul;                       /* lines_next failed: there is a NUL in a line */
};

/* FD stays the caller's. END ends each line: a newline, or NUL as after find -print0. */
void lines_init(struct lines *l, int fd, char end);
void lines_release(struct lines *l);

/*
 * Waits until at least one line is there and gives all that are, without their ends and but
 * for empty ones, in LINE, which lives until the next call. The last line needs no end.
 * A line that goes on where no name does, beyond PATH_MAX bytes, may be given as soon as that is
 * known, without the rest, so that memory has a bound.
 * Returns how many; 0 at the end; -1 with E set: it cannot be read, or a NUL is in a line.
 */
long lines_next(struct lines *l, char *const **line, struct err *e);
