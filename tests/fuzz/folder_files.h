#pragma once
/*
 * A folder from one input: a list of files, each its number in a table of names, two bytes of
 * size, the least first, and its bytes. "sub/name" is in a folder of its own. Of two with one
 * number the later stays.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

enum { FOLDER_FILES_HEAD = 3 };

/* Path of file NAME, until the next call. */
static inline const char *folder_files_path(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", scratch_folder, name);
	return path;
}

/* In memory where there is a place for that: five times as many inputs a second. */
static inline void folder_files_begin(void)
{
	static const char memory[] = "/dev/shm";

	scratch_begin_at(access(memory, W_OK) == 0 ? "/dev/shm/aml-fuzz" : "/tmp/aml-fuzz");
}

/* What an earlier input left. */
static inline void folder_files_clear(const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		unlink(folder_files_path(names[i]));
}

static inline void folder_files_put(const char *name, const uint8_t *data, size_t size)
{
	const char *path = folder_files_path(name);
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

/* Makes the folders of NAMES once; GOT: COUNT, which of them the input has. */
static inline void folder_files_fill(const char *const *names, int count, bool *got,
                                     const uint8_t *data, size_t size)
{
	if (!scratch_folder)
		folder_files_begin();
	folder_files_clear(names, count);
	memset(got, 0, (size_t)count * sizeof *got);
	while (size >= FOLDER_FILES_HEAD) {
		int number = data[0] % count;
		size_t bytes = data[1] | (size_t)data[2] << 8;
		const char *slash = strchr(names[number], '/');
		char sub[32] = "";

		data += FOLDER_FILES_HEAD;
		size -= FOLDER_FILES_HEAD;
		if (bytes > size)
			bytes = size;
		if (slash) {
			snprintf(sub, sizeof sub, "%.*s", (int)(slash - names[number]),
			         names[number]);
			mkdir(folder_files_path(sub), 0777);
		}
		folder_files_put(names[number], data, bytes);
		got[number] = true;
		data += bytes;
		size -= bytes;
	}
}
