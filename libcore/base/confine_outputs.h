#pragma once
/* What a tool gives up before it reads files of strangers. */
#include <stddef.h>

#include "base/distinct.h"

/*
 * confine_writes for a tool whose results go to PATH[0..n-1], each what outfile.h or a folder of
 * results takes, or NULL: below the folders that hold them files may be made, written and removed,
 * and where one is closed to us below TMPDIR, too, where outfile.h puts what it copies into place.
 * With n 0 nowhere. Returns 0, or -1 with E set: what is at one of them cannot be looked at.
 */
int confine_outputs(const char *const *path, size_t n, struct err *e);

/*
 * distinct_end for a tool that has named all its files in D and opened none: confine_outputs to
 * the results first. What a tool starts, and sockets, come before.
 */
int confine_outputs_of(struct distinct *d, struct err *e);
