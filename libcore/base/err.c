/* The one message of a failure; see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 0)))
static int set(struct err *e, const char *format, va_list ap, bool machine)
{
	vsnprintf(e->text, sizeof e->text, format, ap);
	e->machine = machine;
	return -1;
}

int err_set(struct err *e, const char *format, ...)
{
	va_list ap;
	int result;

	va_start(ap, format);
	result = set(e, format, ap, false);
	va_end(ap);
	return result;
}

int err_machine(struct err *e, const char *format, ...)
{
	va_list ap;
	int result;

	va_start(ap, format);
	result = set(e, format, ap, true);
	va_end(ap);
	return result;
}

int err_in(struct err *e, const char *place)
{
	char rest[sizeof e->text];

	memcpy(rest, e->text, sizeof rest);
	snprintf(e->text, sizeof e->text, "%.500s: %.500s", place, rest);
	return -1;
}

int err_more(struct err *e, const char *text)
{
	size_t used = strlen(e->text);

	snprintf(e->text + used, sizeof e->text - used, "%s", text);
	return -1;
}
