#pragma once
/*
 * Names on a command line that are one file: a result that would replace an input, another result
 * or what a run goes on from. By device and inode, so that links, hard links and other ways to a
 * file are seen through; of files that are not there yet by their folder and name.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/opt.h"

enum distinct_kind {
	DISTINCT_INPUT,
	DISTINCT_LOADED,        /* an input of which nothing is read any more when a result comes */
	DISTINCT_FOLDER,        /* an input with all that lies in it */
	DISTINCT_OUTPUT,        /* written through base/outfile */
	DISTINCT_APPENDED,
	DISTINCT_UPDATED        /* read, and written again, under a lock of base/lock */
};

struct distinct_item;

/* Starts as zero. */
struct distinct {
	struct distinct_item *item;
	size_t count;
};

/*
 * Names PATH, "-" a standard stream, NULL nothing. WHAT: how messages call it, "--state" or
 * "MODEL".
 */
void distinct_add(struct distinct *d, enum distinct_kind kind, const char *what,
                  const char *path);
/* All of LIST, ended by NULL. */
void distinct_add_all(struct distinct *d, enum distinct_kind kind, const char *what,
                      char *const *list);
/* The same of operands, and of an option's values, [LABEL=]FILE; see operand.h. */
void distinct_add_operands(struct distinct *d, enum distinct_kind kind, const char *what,
                           char *const *list);
void distinct_add_values(struct distinct *d, enum distinct_kind kind, const char *what,
                         const struct opt_list *list);

/*
 * The results that are named so far, borrowed until distinct_end: PATH has room for d->count.
 * Returns how many there are.
 */
size_t distinct_outputs(const struct distinct *d, const char **path);

/*
 * Are all results files of their own? Releases D. Allowed are inputs that are the same, a result
 * in place of DISTINCT_LOADED where a rename puts it there, devices such as /dev/null, and a pipe
 * or socket that is input and output. What cannot be looked at is an error; what is missing is left
 * to who opens it.
 * Returns 0, or -1 with E set: "--state and -o are the same file, PATH".
 */
int distinct_end(struct distinct *d, struct err *e);
