#pragma once
/*
 * Output folders that appear whole or not at all: filled under a temporary name,
 * put in place by outfolder_commit. What cleanup.h names removes them.
 */
#include "base/err.h"

struct outfolder;

/*
 * Begins the folder PATH, which must be missing, or empty and no mount point; mode and group of an
 * empty one are kept. The temporary one is named after "PATH.partial" (tempname.h); one that a
 * process left that was killed is removed. Returns NULL with E set, also if another process is
 * at work on PATH.
 */
struct outfolder *outfolder_open(const char *path, struct err *e);

/* Where to write; lives as long as O. */
const char *outfolder_path(const struct outfolder *o);

/* Renames the folder into place; frees O. Returns 0, or -1 with
 * E set and the temporary one gone. */
int outfolder_commit(struct outfolder *o, struct err *e);

/* Removes what was written and frees O. NULL is allowed. */
void outfolder_abandon(struct outfolder *o);

/* Is PATH a folder with nothing in it? Returns 1, 0, or -1 with E set: it cannot be looked at. */
int outfolder_is_empty(const char *path, struct err *e);
