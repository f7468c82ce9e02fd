#pragma once
/*
 * The bytes of a whole input: a regular file mapped read-only, anything else
 * (a pipe, "-" for standard input) read into memory. A file that is replaced by rename goes on
 * being read as it was; for one that is truncated meanwhile see mapping.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mapping.h"

/* PATH, or "standard input" where it is "-": how messages call it. */
const char *infile_name(const char *path);
bool infile_is_stdin(const char *path);

/*
 * Is there nothing at PATH? Only then: a file that cannot be looked at (no permission, a disk that
 * fails) is not absent, and to open it tells why.
 */
bool infile_is_absent(const char *path);

/*
 * Does the folder of PATH list it? For files that are read only if they are there: a link whose
 * file is missing, on a disk that is not mounted, is there, and to open it tells why.
 */
bool infile_is_listed(const char *path);

/* Returns 0, or -1 with E set if two of the COUNT paths, links followed, are one file. */
int infile_distinct(char *const *paths, int count, struct err *e);

struct infile {
	/* SIZE bytes, valid until infile_release; not NULL even if empty */
	const uint8_t *data;
	size_t size;
	bool mapped;
	struct mapping mapping;         /* if mapped */
};

/*
 * Opens PATH ("-": stdin) and makes its bytes available. More than LIMIT bytes are an error.
 * Returns 0, or -1 with E set, PATH named in it.
 */
int infile_open(struct infile *f, const char *path, size_t limit, struct err *e);
void infile_release(struct infile *f);

/* Gives back the memory of a mapped file's pages; they come again when they are read. */
void infile_drop_pages(const struct infile *f);
