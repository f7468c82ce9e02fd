#pragma once
/*
 * Files mapped for reading. Where another program truncates one meanwhile, or its disk fails, the
 * kernel sends SIGBUS: the program then says which file it was, removes what cleanup.h has, and
 * exits 1.
 */
#include <stddef.h>

struct mapping {
	const void *data;               /* SIZE bytes, until mapping_close */
	size_t size;
	int ticket;
};

/*
 * Maps the first SIZE bytes (not 0) of FD, which may be closed then; NAME, copied, is for the
 * message. Thread-safe. Returns 0, or -1 with errno set.
 */
int mapping_open(struct mapping *m, int fd, size_t size, const char *name);
void mapping_close(struct mapping *m);
