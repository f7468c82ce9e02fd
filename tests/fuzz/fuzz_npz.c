/* .npz archives: every member, whole and in blocks. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "format/npz.h"
#include "format/npz_stream.h"
#include "memfile.h"
#include "fuzz/mutate_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 1 << 20, MOST_MEMBERS = 20 };

static void read_whole(struct npz *z, const char *name, int flags)
{
	struct npy a = {0};
	struct err e;

	npz_is_stored(z, name);
	npz_read(z, name, &a, LIMIT, flags, &e);
	npy_release(&a);
}

/* The next SIZE bytes, every other time in pieces, of which one is checked. */
static bool take(struct npz_stream *s, size_t size, bool pieces, struct err *e)
{
	enum { PIECE = 100 };

	if (!pieces)
		return npz_stream_next(s, size, e) != NULL;
	if (!npz_stream_begin(s, size, PIECE, e))
		return false;
	npz_stream_check(s, (size - 1) / PIECE);
	return npz_stream_end(s, e) == 0;
}

static void read_blocks(struct npz *z, const char *name)
{
	enum { BLOCK = 1001 };
	struct npy header = {0};
	struct err e;
	struct npz_stream *s = npz_stream_open(z, name, &header, &e);
	size_t left = s ? header.size_bytes : 0;

	if (left > LIMIT)
		left = LIMIT;
	while (left > 0) {
		size_t block = left < BLOCK ? left : BLOCK;

		if (!take(s, block, left / BLOCK % 2, &e))
			break;
		left -= block;
	}
	npz_stream_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e;
	struct npz *z = npz_open(memfile(data, size), &e);
	size_t comment;

	if (!z)
		return 0;
	npz_comment(z, &comment);
	for (size_t i = 0; i < npz_count(z) && i < MOST_MEMBERS; i++) {
		read_whole(z, npz_name(z, i), 0);
		read_whole(z, npz_name(z, i), NPZ_UNCHECKED);
		read_blocks(z, npz_name(z, i));
	}
	npz_close(z);
	return 0;
}
