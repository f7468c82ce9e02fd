/* Pickles, as a dict and as a list; what was read is written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate_pickle.h"
#include "format/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts if D does not survive. */
static void round_trip(const struct pickle_dict *d)
{
	struct pickle_dict again = {0};
	struct err e;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	pickle_write_dict(f, d);
	fclose(f);
	if (pickle_read_dict(&again, (uint8_t *)text, size, &e) < 0 || again.count != d->count)
		abort();
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->keys[i], again.keys[i]) != 0 || d->values[i] != again.values[i])
			abort();
	pickle_dict_release(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pickle_dict d;
	struct err e;
	char **items;
	size_t n;

	if (pickle_read_dict(&d, data, size, &e) == 0) {
		round_trip(&d);
		pickle_dict_release(&d);
	}
	if (pickle_read_list(&items, &n, data, size, &e) == 0)
		pickle_free_list(items, n);
	return 0;
}
