/* How a tool speaks and ends; see tool.h. */
#include "base/tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"

static const char *name = "aml";

void tool_start(const char *path)
{
	const char *slash = strrchr(path, '/');

	name = slash ? slash + 1 : path;
}

const char *tool_name(void)
{
	return name;
}

/* Names of files may hold anything; a message stays one line. */
void tool_warn(const struct err *e)
{
	char *line = printable(e->text);

	fprintf(stderr, "%s: %s\n", name, line);
	free(line);
}

int tool_fail(const struct err *e)
{
	tool_warn(e);
	return 1;
}

int tool_end(int status)
{
	if (ferror(stdout) | (fclose(stdout) != 0)) {
		struct err e;

		err_set(&e, "standard output: %s", errno ? strerror(errno) : "write error");
		return tool_fail(&e);
	}
	return status;
}
