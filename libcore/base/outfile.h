#pragma once
/*
 * Outputs that appear whole or not at all: written under a temporary name in the same folder,
 * renamed by outfile_commit. On failure, a signal of cleanup.h or exit nothing stays; what a
 * process that was killed left is removed when the same file is opened again (tempname.h).
 *
 * Modes, group and set-group-id are those that the shell's ">" would give; a file that is replaced
 * keeps its mode but for set-id bits, its owner and group as far as the process may, and must be
 * writable. Links are
 * followed, also to a file that is not there yet. A file that rename cannot replace (a mount
 * point, a folder that is closed to us) is written in place at the end.
 *
 * "-" and /dev/stdout are standard output, /dev/stderr, /dev/fd/N and /proc/self/fd/N these
 * descriptors; they, devices and pipes are written directly.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* PATH, or "standard output" where it is "-": how messages call it. */
const char *outfile_name(const char *path);
bool outfile_is_stdout(const char *path);
/* The descriptor that PATH stands for, or -1. */
int outfile_descriptor(const char *path);

/*
 * The file that PATH stands for, links followed, also to one that is not there yet; in new memory.
 * NULL with errno set.
 */
char *outfile_target(const char *path);

struct outfile;

/* Opens PATH for writing. Returns NULL with E set, PATH named in it. */
struct outfile *outfile_open(const char *path, struct err *e);

/*
 * The same for one of many files of a folder, in which what killed processes left is not looked for
 * each time: the caller does so once (tempname_sweep_folder).
 */
struct outfile *outfile_open_among(const char *path, struct err *e);

/*
 * Removes what killed processes left of writing PATH. Returns how many others are writing it, as
 * far as that can be told.
 */
int outfile_sweep(const char *path);

/*
 * Could PATH be opened for writing? For the start of work whose result goes there; NULL is allowed.
 * Returns 0, or -1 with E set, and nothing is changed either way. The binary one refuses a
 * terminal, too, and names OPTION, "-o FILE", as the way out.
 */
int outfile_probe(const char *path, struct err *e);
int outfile_probe_binary(const char *path, const char *option, struct err *e);

/* The stream to write to; owned by O. Errors may be left to outfile_commit, which sees them all. */
FILE *outfile_stream(struct outfile *o);

/*
 * True if what is written lies in a regular file that nobody sees before outfile_commit: the
 * stream may be sought back in.
 */
bool outfile_is_hidden(const struct outfile *o);

/*
 * Flushes, and begins to send to disk what was written, for outfile_commit to wait less.
 * Failures are left to outfile_commit.
 */
void outfile_start_writeback(struct outfile *o);

/*
 * Flushes, syncs to disk, closes, renames and syncs the folder; frees O. With SYNC false the data
 * are only on their way to the disk: for the many files of a folder that outfile_sync_folder ends.
 * Returns 0, or -1 with E set (PATH named in it, and the reason that the first failed write had)
 * and no file left.
 */
int outfile_commit(struct outfile *o, bool sync, struct err *e);

/* Removes what was written and frees O. NULL is allowed. */
void outfile_abandon(struct outfile *o);

/* After a rename to PATH: so that the new name, too, survives a power cut. */
void outfile_sync_parent(const char *path);

/* Writes the file system of PATH to disk. Returns 0 or -1. */
int outfile_sync_folder(const char *path, struct err *e);

/* Open, write SIZE bytes, commit. Returns 0, or -1 with E set. */
int outfile_save(const char *path, const void *data, size_t size, struct err *e);
