#pragma once
/* For what a test needs but does not test. */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

/* Ends the whole run, with E, where RESULT tells of a failure. */
static void must(int result, const struct err *e)
{
	if (result >= 0)
		return;
	printf("Bail out! %s\n", e->text);
	exit(1);
}
