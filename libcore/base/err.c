/* The one message of a failure; see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	return -1;
}

int err_in(struct err *e, const char *place)
{
	char rest[sizeof e->text];

	memcpy(rest, e->text, sizeof rest);
	snprintf(e->text, sizeof e->text, "%.500s: %.500s", place, rest);
	return -1;
}
