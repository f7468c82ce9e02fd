#pragma once
/* Characters of UTF-8 text, for whatever counts, measures or draws them. */
#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xfffd };

/*
 * Returns the character at *S, which must not be the end, and moves *S past it. Bytes that are no
 * UTF-8, surrogates and overlong forms give UTF8_REPLACEMENT, one byte each.
 */
uint32_t utf8_next(const char **s);

size_t utf8_count(const char *s);       /* characters until the NUL */
