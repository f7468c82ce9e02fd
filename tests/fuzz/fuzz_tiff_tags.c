/* The tags of a TIFF: what they say of its blocks can be relied on. */
#include <assert.h>

#include "image/tiff_ifd.h"
#include "image/tiff_tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tiff_tags t;
	struct err e;
	uint64_t sum = 0;

	if (!tiff_ifd_begins(data, size) || tiff_tags_read(&t, data, size, &e) < 0)
		return 0;
	assert(t.used >= 1 && t.used <= 4 && t.used <= t.samples && t.orientation >= 1 &&
	       t.orientation <= 8 && t.bits >= 1 && t.bits <= 16);
	for (uint64_t i = 0; i < t.offsets.count; i++)
		sum += tiff_tags_number(&t, &t.offsets, i);
	__asm__ volatile("" : : "r"(sum));      /* all of them are looked at */
	return 0;
}
