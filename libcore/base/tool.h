#pragma once
/* What a tool says of itself: its name, its one line of failure, its exit status. */
#include "base/err.h"

/*
 * Before anything else: PATH, argv[0], must not go away; the tool is called by its last part from
 * then on. Descriptors 0 to 2 that are closed are opened, so that no file takes their place.
 */
void tool_start(const char *path);
const char *tool_name(void);

/*
 * Prints "TOOL: MESSAGE" as one line on stderr, control characters escaped. Returns 1,
 * the exit status.
 */
int tool_fail(const struct err *e);

/* The same for something that does not stop the tool. */
void tool_warn(const struct err *e);

/*
 * Flushes and closes stdout. Returns STATUS, or 1 after a message if stdout could not be
 * written.
 */
int tool_end(int status);
