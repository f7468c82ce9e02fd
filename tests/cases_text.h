#pragma once
/* Cases from the text of a table of predictions. */
#include <stdio.h>
#include <string.h>

#include "score/cases.h"

static int read_text(struct cases *c, const char *text, struct err *e)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	struct tsv *t = tsv_over(f, "x.tsv");
	int result = tsv_first(t, e) < 0 ? -1 : cases_read(c, t, e);

	tsv_close(t);
	fclose(f);
	return result;
}
