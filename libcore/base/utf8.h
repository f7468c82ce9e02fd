#pragma once
/*
 * UTF-8 (RFC 3629) to and from the numbers of its characters. Overlong forms are none of them;
 * surrogates are where that is said, since Python keeps bytes of file names in them that are no
 * UTF-8.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX_BYTES = 4, UTF8_REPLACEMENT = 0xfffd };

/*
 * The character at P, surrogates too, into *C. Returns its length, or 0: no character, or cut off
 * by END.
 */
size_t utf8_decode(uint32_t *c, const uint8_t *p, const uint8_t *end);

/* Returns the bytes written to OUT, or 0: C, which may be a surrogate, is beyond U+10FFFF. */
size_t utf8_encode(char out[UTF8_MAX_BYTES], uint32_t c);

/* Is S, up to its NUL, UTF-8 throughout? Surrogates are allowed. */
bool utf8_is_valid(const char *s);

/* Characters until the NUL; surrogates are one each, and so are bytes that are no UTF-8. */
size_t utf8_count(const char *s);

/*
 * Returns the character at *S, which must not be the end, and moves *S past it. Bytes that are no
 * UTF-8, and those of surrogates, give UTF8_REPLACEMENT, one byte each.
 */
uint32_t utf8_next(const char **s);
