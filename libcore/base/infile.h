#pragma once
/*
 * The bytes of a whole input: a regular file mapped read-only, anything else
 * (a pipe, "-" for standard input) read into memory. A file that is replaced by rename goes on
 * being read as it was; for one that is truncated meanwhile see mapping.h.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/mapping.h"

/* How much of a mapped file may be read through infile_passes before its pages are given back. */
enum { INFILE_KEEP_BYTES = 16 << 20 };

/* PATH, or "standard input" where it is "-": how messages call it. */
const char *infile_name(const char *path);
bool infile_is_stdin(const char *path);

/*
 * Is there a file or folder at PATH? 1: yes; 0: no; -1 with E set, PATH named in it: it cannot be
 * looked at (no permission, a disk that fails), and nobody may go on as if it were not there.
 */
int infile_exists(const char *path, struct err *e);

/*
 * The same of the folder that lists PATH. For files that are read only if they are there: a link
 * whose file is missing, on a disk that is not mounted, is there, and to open it tells why.
 */
int infile_is_listed(const char *path, struct err *e);

/*
 * Returns 0, or -1 with E set if two of the COUNT paths, links followed, are one file, or if one
 * cannot be looked at; to open one that is missing tells.
 */
int infile_distinct(char *const *paths, int count, struct err *e);

/*
 * Opens PATH, not stdin, for reading from front to back: a file, a pipe or a terminal. A pipe that
 * nobody writes to holds nobody up for ever: it is an error after ten seconds; devices, which give
 * bytes without end, are one at once.
 * Returns the descriptor, which the caller closes; or -1 with E set, PATH named in it.
 */
int infile_descriptor(const char *path, struct err *e);

/* Lets the process open as many files as it may, and returns how many; 0: not known. */
long infile_raise_limit(void);

struct infile {
	/* SIZE bytes, valid until infile_release; not NULL even if empty */
	const uint8_t *data;
	size_t size;
	bool mapped;
	struct mapping mapping;         /* if mapped */
	dev_t device;                   /* which file it is, if mapped */
	ino_t inode;
	atomic_size_t passed;           /* bytes that infile_passes counts */
};

/*
 * Opens PATH ("-": stdin), as infile_descriptor, and makes its bytes available. More than LIMIT
 * bytes are an error, and more than 4 GiB from a pipe.
 * Returns 0, or -1 with E set, PATH named in it.
 */
int infile_open(struct infile *f, const char *path, size_t limit, struct err *e);
void infile_release(struct infile *f);

/* Gives back the memory of a mapped file's pages; they come again when they are read. */
void infile_drop_pages(const struct infile *f);

/*
 * BYTES of a file of any size, which is read in pieces and in any order, are about to be read:
 * drops the pages each INFILE_KEEP_BYTES, so that a file of gigabytes does not count as memory of
 * ours. Thread-safe; what others read meanwhile stays valid.
 */
void infile_passes(struct infile *f, size_t bytes);

/*
 * A descriptor of the mapped file F at PATH once more, which the caller closes; -1: it is not
 * mapped, cannot be opened, or is another file by now.
 */
int infile_reopen(const struct infile *f, const char *path);
