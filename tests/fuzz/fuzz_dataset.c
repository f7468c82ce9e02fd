/*
 * Datasets: an input is a list of files, each its number in the table below, two bytes of size,
 * the least first, and its bytes. What opens has images within their files.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

#include "base/mem.h"
#include "data/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
	"labels.npy", "classes.tsv", "trainids.npy", "valids.npy", "images.npy", "ids.npy",
	"data_singlets/a.npy", "data_singlets/b.npy",
};
enum { FILES = sizeof names / sizeof *names, SINGLETS = 6, SIZES = 3, MOST_NUMBERS = 1 << 16 };

static void in_folder(char path[64], const char *name)
{
	snprintf(path, 64, "%s/%s", scratch_folder, name);
}

static void empty_folder(void)
{
	char path[64];

	for (int i = 0; i < FILES; i++) {
		in_folder(path, names[i]);
		unlink(path);
	}
	in_folder(path, "data_singlets");
	rmdir(path);
}

static void begin(void)
{
	static bool begun;

	if (!begun)
		scratch_begin();
	begun = true;
}

static void put_file(int number, const uint8_t *data, size_t size)
{
	char path[64];
	FILE *f;

	if (number >= SINGLETS) {
		in_folder(path, "data_singlets");
		mkdir(path, 0777);
	}
	in_folder(path, names[number]);
	f = fopen(path, "wb");
	if (!f)
		abort();
	fwrite(data, 1, size, f);
	fclose(f);
}

static void put_files(const uint8_t *data, size_t size)
{
	while (size >= SIZES) {
		int number = data[0] % FILES;
		size_t bytes = data[1] | (size_t)data[2] << 8;

		data += SIZES;
		size -= SIZES;
		if (bytes > size)
			bytes = size;
		put_file(number, data, bytes);
		data += bytes;
		size -= bytes;
	}
}

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
	struct err e;

	begin();
	empty_folder();
	put_files(data, size);
	if (dataset_open(&d, scratch_folder, &e) == 0) {
		look(&d);
		dataset_release(&d);
	}
	return 0;
}
