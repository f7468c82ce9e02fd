/* Numbers: what is taken is one of JSON's, and the float that strtof makes of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory that ends with it. */
static void check(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1), *copy, *stop;
	const char *after;
	float value = 0, want;

	if (!text)
		abort();
	memcpy(text, data, size);
	after = decimal_float(text, text + size, &value);
	if (after) {
		copy = xstrndup(text, (size_t)(after - text));
		want = strtof(copy, &stop);
		if (stop == copy || *stop || strspn(copy, "-+.eE0123456789") != strlen(copy) ||
		    memcmp(&want, &value, sizeof want) != 0)
			abort();
		free(copy);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size);
	return 0;
}
