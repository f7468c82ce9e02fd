#pragma once
/* The LZW of TIFF: most significant bit first, codes that grow one entry early. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the strip or tile of IN_SIZE bytes at IN into OUT, OUT_SIZE bytes; what it
 * holds beyond them is ignored.
 * Returns false if it holds fewer, or is not what an encoder writes, or is asked for 4 GiB:
 * OUT is undefined then.
 */
bool lzw_decode(uint8_t *out, size_t out_size, const uint8_t *in, size_t in_size);
