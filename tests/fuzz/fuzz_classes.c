/* classes.tsv: the codes that are read make a list that is read as the same classes. */
#include <stdint.h>
#include <stdlib.h>

#include "memfile.h"
#include "data/classes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_codes(const struct classes *c)
{
	char *codes = classes_codes(c);
	struct classes again;
	struct err e;

	if (classes_parse(&again, codes, &e) < 0 || !classes_equal(c, &again))
		abort();
	classes_release(&again);
	free(codes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct classes c;
	struct err e;

	if (classes_load(&c, memfile(data, size), &e) == 0) {
		check_codes(&c);
		classes_release(&c);
	}
	return 0;
}
