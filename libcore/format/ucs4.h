#pragma once
/*
 * Characters between UTF-8 and numbers, as Python's strings hold them: surrogates
 * pass, since Python keeps bytes of file names there that are no UTF-8.
 */
#include <stddef.h>
#include <stdint.h>

enum { UCS4_MAX_BYTES = 4 };            /* of one character in UTF-8 */

/* The character at P into *C. Returns its length, or 0: no character, or cut off by END. */
size_t ucs4_decode(uint32_t *c, const uint8_t *p, const uint8_t *end);

/* Returns the bytes written to OUT, or 0: C is beyond U+10FFFF. */
size_t ucs4_encode(char out[UCS4_MAX_BYTES], uint32_t c);

/* Characters of TEXT; -1: it is no UTF-8. */
long ucs4_count(const char *text);
