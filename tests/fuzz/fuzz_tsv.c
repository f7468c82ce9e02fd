/*
 * Tab-separated text: the fields that are read, written the way another system writes them,
 * with a byte order mark and CRLF, are read as the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "format/tsv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads all of PATH and writes it to OUT. Returns false if it is no table. */
static bool copy(const char *path, FILE *out)
{
	struct err e;
	struct tsv *t = tsv_open(path, &e);
	int more;

	if (!t)
		abort();

	fputs("\xef\xbb\xbf", out);
	while ((more = tsv_next(t, &e)) > 0)
		for (int i = 0; i < t->count; i++) {
			if (strpbrk(t->field[i], "\t\n"))
				abort();
			fprintf(out, "%s%s", t->field[i], i < t->count - 1 ? "\t" : "\r\n");
		}
	tsv_close(t);
	return more == 0;
}

/* In new memory; NULL if it is no table. */
static char *copy_text(const char *text, size_t size)
{
	char *result = NULL;
	size_t result_size;
	FILE *out = open_memstream(&result, &result_size);
	bool good;

	if (!out)
		abort();
	good = copy(memfile((const uint8_t *)text, size), out);
	fclose(out);
	if (good)
		return result;
	free(result);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *once, *twice;

	/* with mark and return, a line must stay short enough */
	if (size == 0 || size > TSV_LINE_BYTES - 8)
		return 0;
	once = copy_text((const char *)data, size);
	if (!once)
		return 0;
	twice = copy_text(once, strlen(once));
	if (!twice || strcmp(once, twice))
		abort();
	free(once);
	free(twice);
	return 0;
}
