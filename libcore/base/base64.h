#pragma once
/* Bytes as text that fits anywhere: base64 (RFC 4648, section 4). */
#include <stddef.h>
#include <stdio.h>

/* Writes the SIZE bytes at DATA, padded, on one line. Errors stay in the stream. */
void base64_write(FILE *f, const void *data, size_t size);
