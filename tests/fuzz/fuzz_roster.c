/* Rosters: sites in their order, each found by its name, keys of two words. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "fed/roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roster r;
	struct err e;

	if (roster_load(&r, memfile(data, size), &e) < 0)
		return 0;
	for (size_t i = 0; i < r.count; i++) {
		const char *key = r.site[i].key;

		if (roster_find(&r, r.site[i].name) != &r.site[i] ||
		    (i > 0 && strcmp(r.site[i - 1].name, r.site[i].name) >= 0) ||
		    (key && (!strchr(key, ' ') || strpbrk(key, "\"\n\r\t,"))))
			abort();
	}
	roster_release(&r);
	return 0;
}
