#pragma once
/*
 * A report on predictions as one page of HTML that needs nothing else: no script, no request, no
 * file beside it. The same evidence gives the same bytes.
 */
#include <stdio.h>

#include "base/err.h"
#include "page/evidence.h"

/*
 * Writes the page. Errors of F may also be left to its closing. Returns 0, or -1 with E set: what
 * section_gallery finds.
 */
int report_write(const struct evidence *v, FILE *f, struct err *e);
