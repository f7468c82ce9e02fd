/* Any file that aml-info takes, looked at and printed. */
#include <stdint.h>

#include "info/info.h"
#include "memfile.h"
#include "fuzz/mutate_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct info *i)
{
	struct json_writer j;
	FILE *f = fopen("/dev/null", "w");

	if (!f)
		abort();
	info_print(i, f);
	json_start(&j, f, true);
	info_json(i, &j);
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct info i = {0};
	struct err e;

	if (info_read(&i, memfile(data, size), "input", &e) == 0) {
		print(&i);
		info_release(&i);
	}
	return 0;
}
