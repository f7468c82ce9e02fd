#pragma once
/* Arrays of golden files. */
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "format/npy.h"

/* A whole file, at most LIMIT bytes; A owns a copy. Returns 0, or -1 with E set. */
static int npy_file(struct npy *a, const char *path, size_t limit, struct err *e)
{
	struct infile f;
	struct npy got = {0};
	int result = -1;

	if (infile_open(&f, path, limit, e) < 0)
		return -1;
	if (npy_parse(&got, f.data, f.size, e) < 0)
		goto out;
	got.owned = mem_try(got.size_bytes, 1, e);
	if (!got.owned)
		goto out;
	got.data = memcpy(got.owned, got.data, got.size_bytes);
	*a = got;
	result = 0;
out:
	infile_release(&f);
	return result < 0 ? err_in(e, path) : 0;
}
