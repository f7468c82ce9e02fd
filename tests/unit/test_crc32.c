/*
 * CRC-32 against zlib: every length around the blocks, at every alignment, by each way that this
 * processor has; joined from parts.
 */
#include "format/crc32.c"
#include "tap.h"

enum { SIZE = 5000, ALIGNMENTS = 33, SHORT = 600 };

static uint8_t data[SIZE];

static void every_length(void)
{
	int wrong = 0;

	for (int at = 0; at < ALIGNMENTS; at++)
		for (size_t n = 0; n < SHORT; n++)
			wrong += crc32_add((uint32_t)n * 77, data + at, n) !=
			         deflate_crc((uint32_t)n * 77, data + at, n);
	is_int(wrong, 0, "differences from zlib");
}

#ifdef __x86_64__
/* The narrow way alone, which crc32_add leaves to the last few bytes where there is a wider. */
static void narrow(void)
{
	int wrong = 0;

	if (!__builtin_cpu_supports("pclmul"))
		return;
	for (size_t n = BLOCK; n <= SIZE - 1; n += BLOCK)
		wrong += fold_blocks((uint32_t)n * 77, data + 1, n) !=
		         deflate_crc((uint32_t)n * 77, data + 1, n);
	is_int(wrong, 0, "differences of vectors of 128 bits from zlib");
}
#endif

static void joined(void)
{
	uint32_t whole = deflate_crc(0, data, SIZE);
	int wrong = 0;

	for (size_t n = 0; n <= SIZE; n++) {
		uint32_t first = deflate_crc(0, data, SIZE - n),
		         second = deflate_crc(0, data + SIZE - n, n);

		wrong += crc32_join(first, second, crc32_shift(n)) != whole;
	}
	is_int(wrong, 0, "differences of joined parts from the whole");
	is_int(crc32_shift((size_t)1 << 32), crc32_join(crc32_shift((size_t)1 << 31), 0,
	                                                 crc32_shift((size_t)1 << 31)),
	       "4 GiB are twice 2 GiB");
}

int main(void)
{
	static const char check[] = "123456789";
	uint32_t state = 1, crc = 0;

	for (int i = 0; i < SIZE; i++)
		data[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
	is_int(crc32_add(0, check, 9), 0xcbf43926, "the check value of the CRC catalogue");
	is_int(crc32_add(7, data, 0), 7, "nothing added");
	every_length();
#ifdef __x86_64__
	narrow();
#endif
	is_int(crc32_add(0, data, SIZE), deflate_crc(0, data, SIZE), "a long block");
	for (size_t at = 0, step = 1; at < SIZE; at += step, step += 13)
		crc = crc32_add(crc, data + at, step < SIZE - at ? step : SIZE - at);
	is_int(crc, crc32_add(0, data, SIZE), "in pieces");
	joined();
	return tap_end();
}
