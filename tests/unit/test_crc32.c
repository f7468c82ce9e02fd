/* CRC-32 against zlib, for every length around the block of 64 bytes and at every alignment. */
#include "format/crc32.h"

#include "format/deflate.h"
#include "tap.h"

enum { SIZE = 5000, ALIGNMENTS = 17, SHORT = 300 };

int main(void)
{
	static uint8_t data[SIZE];
	static const char check[] = "123456789";
	uint32_t state = 1, crc = 0;
	int wrong = 0;

	for (int i = 0; i < SIZE; i++)
		data[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
	is_int(crc32_add(0, check, 9), 0xcbf43926, "the check value of the CRC catalogue");
	is_int(crc32_add(7, data, 0), 7, "nothing added");
	for (int at = 0; at < ALIGNMENTS; at++)
		for (size_t n = 0; n < SHORT; n++)
			wrong += crc32_add((uint32_t)n * 77, data + at, n) !=
			         deflate_crc((uint32_t)n * 77, data + at, n);
	is_int(wrong, 0, "differences from zlib");
	is_int(crc32_add(0, data, SIZE), deflate_crc(0, data, SIZE), "a long block");
	for (size_t at = 0, step = 1; at < SIZE; at += step, step += 13)
		crc = crc32_add(crc, data + at, step < SIZE - at ? step : SIZE - at);
	is_int(crc, crc32_add(0, data, SIZE), "in pieces");
	return tap_end();
}
