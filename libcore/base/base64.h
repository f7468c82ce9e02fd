#pragma once
/* Bytes as text that fits anywhere: base64 (RFC 4648, section 4). */
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* Writes the SIZE bytes at DATA, padded, on one line. Errors stay in the stream. */
void base64_write(FILE *f, const void *data, size_t size);

/*
 * Decodes the SIZE digits at TEXT, padded or not; blanks and line ends between them are passed
 * over, '-' and '_' are read as '+' and '/'. OUT has room for SIZE / 4 * 3 + 3 bytes. Returns the
 * number of bytes, or -1 with E set.
 */
long base64_read(void *out, const char *text, size_t size, struct err *e);
