#pragma once
/* Text from outside - file names, facts of a file - for a terminal. */

/* TEXT on one line, in new memory: "\n" for a newline, "\033" for other control characters. */
char *printable(const char *text);
