/* CRC-32; see crc32.h. */
#include "format/crc32.h"

#include "format/deflate.h"

uint32_t crc32_add(uint32_t crc, const void *data, size_t size)
{
	return deflate_crc(crc, data, size);
}
