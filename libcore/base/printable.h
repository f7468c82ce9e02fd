#pragma once
/* Text from outside - file names, facts of a file - for a terminal. */

#include <stdbool.h>

/* TEXT on one line, in new memory: "\n" for a newline, "\033" for other control characters. */
char *printable(const char *text);

/* Is TEXT letters and digits of ASCII, '.', '_' and '-' alone, and not empty? */
bool printable_is_word(const char *text);
