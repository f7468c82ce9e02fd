/* .npy files: header, conversion to float32, ids. */
#include <stdint.h>
#include <stdlib.h>

#include "format/npy.h"
#include "format/npy_ids.h"
#include "memfile.h"
#include "fuzz/mutate_pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_NUMBERS = 1 << 20 };

static void convert(const struct npy *a)
{
	struct err e;
	float *out;

	if (a->kind == 'O' || npy_count(a) > MOST_NUMBERS)
		return;
	out = malloc(npy_count(a) * sizeof *out + 1);
	npy_to_f4(a, out, &e);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct npy a = {0};
	struct err e;
	char text[64], **ids;
	size_t n;

	if (npy_parse(&a, data, size, &e) == 0) {
		npy_describe(&a, text, sizeof text);
		convert(&a);
	}
	if (npy_ids_load(memfile(data, size), &ids, &n, &e) == 0)
		npy_ids_free(ids, n);
	return 0;
}
