/* JSON: whatever the reader accepts, the writer writes so that it is read again as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *write(const struct json *v, bool pretty, size_t *size)
{
	struct json_writer j;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f)
		abort();
	json_start(&j, f, pretty);
	json_value(&j, NULL, v);
	fclose(f);
	return text;
}

/* Bytes that are no UTF-8 become U+FFFD, so that two names may become one. */
static void check_again(const char *text, size_t size, const char *compact)
{
	struct err e;
	struct json *v = json_parse(text, size, &e);
	size_t again_size;
	char *again;

	if (!v) {
		if (!strstr(e.text, "the same name twice"))
			abort();
		return;
	}
	again = write(v, false, &again_size);
	if (strcmp(again, compact))
		abort();
	free(again);
	json_free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e;
	struct json *v = json_parse((const char *)data, size, &e);
	size_t compact_size, pretty_size;
	char *compact, *pretty;

	if (!v)
		return 0;
	compact = write(v, false, &compact_size);
	pretty = write(v, true, &pretty_size);
	check_again(compact, compact_size, compact);
	check_again(pretty, pretty_size, compact);
	free(compact);
	free(pretty);
	json_free(v);
	return 0;
}
