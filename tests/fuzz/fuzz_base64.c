/*
 * base64: what is read fits in the room that is asked for, and written again is read as the same;
 * any bytes come back.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory of exactly the size that is asked for. */
static uint8_t *decode(const char *text, size_t size, long *n)
{
	uint8_t *out = malloc(size / 4 * 3 + 3);
	struct err e = {0};

	if (!out)
		abort();
	*n = base64_read(out, text, size, &e);
	if ((*n < 0) != (e.text[0] != '\0'))
		abort();
	return out;
}

static void check_back(const uint8_t *want, size_t size)
{
	char *text = NULL;
	size_t text_size;
	FILE *f = xmemstream(&text, &text_size);
	uint8_t *got;
	long n;

	base64_write(f, want, size);
	xmemclose(f);
	got = decode(text, text_size, &n);
	if (n != (long)size || memcmp(got, want, size) != 0)
		abort();
	free(got);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *out;
	long n;

	if (!size)
		return 0;
	out = decode((const char *)data, size, &n);
	if (n >= 0)
		check_back(out, (size_t)n);
	check_back(data, size);
	free(out);
	return 0;
}
