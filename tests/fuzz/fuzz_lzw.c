/*
 * Two bytes of output size, then LZW data. What is decoded must not depend on what the
 * memory held before.
 */
#include <stdlib.h>
#include <string.h>

#include "image/lzw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *decoded(size_t want, int fill, const uint8_t *data, size_t size)
{
	uint8_t *out = malloc(want ? want : 1);

	if (!out)
		abort();
	memset(out, fill, want);
	if (lzw_decode(out, want, data, size))
		return out;
	free(out);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t want;
	uint8_t *a, *b;

	if (size < 2)
		return 0;
	want = data[0] | (size_t)data[1] << 8;
	a = decoded(want, 0, data + 2, size - 2);
	b = decoded(want, 255, data + 2, size - 2);
	if (!a != !b || (a && memcmp(a, b, want)))
		abort();
	free(a);
	free(b);
	return 0;
}
