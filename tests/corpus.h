#pragma once
/* The files of a fuzz corpus by their names: good-* and odd-* are accepted, bad-* refused. */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "tap.h"

typedef int corpus_read(const char *path, struct err *e);

static void corpus_kind(const char *stem, const char *kind, corpus_read *read, bool accepted)
{
	char pattern[256];
	glob_t files;

	snprintf(pattern, sizeof pattern, "tests/fuzz/corpus/%s/%s-*", stem, kind);
	if (!ok(glob(pattern, 0, NULL, &files) == 0, "%s: there are some", pattern))
		return;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		const char *path = files.gl_pathv[i];
		struct err e = {0};

		ok((read(path, &e) >= 0) == accepted, "%s is %s %s", path,
		   accepted ? "accepted" : "refused", e.text);
		if (!accepted)
			ok(!strncmp(e.text, path, strlen(path)), "the message names the file: %s",
			   e.text);
	}
	globfree(&files);
}

/* READ loads a file and releases what it got; below 0 with E set, PATH named, if it is refused. */
static void corpus_check(const char *stem, corpus_read *read)
{
	corpus_kind(stem, "good", read, true);
	corpus_kind(stem, "odd", read, true);
	corpus_kind(stem, "bad", read, false);
}
