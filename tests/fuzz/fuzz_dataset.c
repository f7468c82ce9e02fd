/* Datasets: an input is a folder (folder_files.h). What opens has images within their files. */
#include <stdint.h>
#include <stdlib.h>

#include "fuzz/folder_files.h"
#include "base/mem.h"
#include "data/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
	"labels.npy", "classes.tsv", "trainids.npy", "valids.npy", "images.npy", "ids.npy",
	"data_singlets/a.npy", "data_singlets/b.npy",
};
enum { FILES = sizeof names / sizeof *names, MOST_NUMBERS = 1 << 16 };

/* Every byte of the images is read. */
static void look(const struct dataset *d)
{
	size_t numbers = dataset_image_numbers(d);
	float *out = numbers <= MOST_NUMBERS ? xmalloc(numbers, sizeof *out) : NULL;
	struct err e;

	for (size_t i = 0; i < d->count; i++) {
		if (dataset_find(d, d->ids[i]) != (long)i || d->labels[i] < 0 ||
		    d->labels[i] >= d->classes.count)
			abort();
		if (out)
			dataset_image(d, i, out, &e);
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dataset d;
	bool got[FILES];
	struct err e;

	folder_files_fill(names, FILES, got, data, size);
	rmdir(folder_files_path("data_singlets"));      /* of an earlier input */
	if (dataset_open(&d, scratch_folder, &e) == 0) {
		look(&d);
		dataset_release(&d);
	}
	return 0;
}
