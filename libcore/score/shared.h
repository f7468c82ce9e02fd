#pragma once
/*
 * Shared tables, aml-shared(5): a tally as text, which a site may hand out where it may not hand
 * out predictions.
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "format/tsv.h"
#include "score/tally.h"

/* Writes T. Errors stay in the stream. */
void shared_write(const struct tally *t, FILE *f);

/* For tally_suppress: whoever does not know all of T cannot know it. */
uint64_t shared_key(const struct tally *t);

/* Is the line that T is at the first of a shared table? */
bool shared_begins(const struct tsv *t);

/*
 * Reads the rest of the table into T, which tally_release releases. Returns 0, or -1 with E set,
 * place included, and T unchanged.
 */
int shared_read(struct tally *t, struct tsv *tsv, struct err *e);
