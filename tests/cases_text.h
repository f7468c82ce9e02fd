#pragma once
/* Cases from the text of a table of predictions; after scratch_begin. */
#include "scratch.h"

#include "score/cases.h"

static int read_text(struct cases *c, const char *text, struct err *e)
{
	return cases_load(c, scratch_text("x.tsv", text), e);
}
