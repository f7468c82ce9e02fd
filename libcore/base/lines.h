#pragma once
/*
 * The lines of a pipe or terminal as they arrive: a program that answers each line can answer all
 * that have come before it waits for more.
 */
#include <stddef.h>

#include "base/err.h"

struct lines {
	int fd;
	char *text;                     /* read, not yet forgotten; ROOM bytes */
	size_t room, used, given;       /* GIVEN of them are lines that the caller has */
	char **line;
	size_t lines_room;
};

/* FD stays the caller's. */
void lines_init(struct lines *l, int fd);
void lines_release(struct lines *l);

/*
 * Waits until at least one line is there and gives all that are, without their newlines and but
 * for empty ones, in LINE, which lives until the next call. The last line needs no newline.
 * Returns how many; 0 at the end; -1 with E set.
 */
long lines_next(struct lines *l, char *const **line, struct err *e);
