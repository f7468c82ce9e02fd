#pragma once
/* CRC-32 of zip, at the speed of memory where the processor has the instructions for it. */
#include <stddef.h>
#include <stdint.h>

/* The CRC of what came before, 0 at the start, continued over SIZE bytes at DATA. */
uint32_t crc32_add(uint32_t crc, const void *data, size_t size);

/* The CRC of two parts from that of each. SHIFT: crc32_shift of the bytes of the second. */
uint32_t crc32_join(uint32_t first, uint32_t second, uint32_t shift);
uint32_t crc32_shift(size_t size);
