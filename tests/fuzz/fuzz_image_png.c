/* A PNG file, decoded after its checksums are put right, so that changes get past them. */
#include <stdlib.h>
#include <string.h>

#include "format/crc32.h"
#include "image/image_png.h"
#include "image/image_read.h"

enum { SIGNATURE = 8, AROUND = 12, NAME = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* A chunk: 4 bytes of length, 4 of name, the data, 4 of checksum over name and data. */
static void fix_checksums(uint8_t *p, size_t size)
{
	for (size_t at = SIGNATURE; at + AROUND <= size; ) {
		size_t length = get32(p + at);

		if (length > size - at - AROUND)
			return;
		put32(p + at + NAME + NAME + length, crc32_add(0, p + at + NAME, NAME + length));
		at += AROUND + length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image im = {0};
	struct err e;
	uint8_t *copy;

	if (!image_is_png(data, size))
		return 0;
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	fix_checksums(copy, size);
	image_read(&im, copy, size, &e);
	image_release(&im);
	free(copy);
	return 0;
}
