#pragma once
/* CRC-32 of zip, at the speed of memory where the processor has the instructions for it. */
#include <stddef.h>
#include <stdint.h>

/* The CRC of what came before, 0 at the start, continued over SIZE bytes at DATA. */
uint32_t crc32_add(uint32_t crc, const void *data, size_t size);
