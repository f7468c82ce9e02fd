/* .npz archives: every member, whole and in pieces. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "format/crc32.h"
#include "format/npz.h"
#include "format/npz_stream.h"
#include "memfile.h"

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

/* The next SIZE bytes, every other time where they lie, if they are lent. */
static bool take(struct npz_stream *s, size_t size, bool borrow, struct err *e)
{
	const void *piece = borrow ? npz_stream_peek(s, size) : NULL;

	if (piece)
		return npz_stream_pass(s, size, crc32_add(0, piece, size), e) == 0;
	return npz_stream_next(s, size, e) != NULL;
}

static void read_pieces(struct npz *z, const char *name)
{
	enum { PIECE = 1001 };
	struct npy header = {0};
	struct err e;
	struct npz_stream *s = npz_stream_open(z, name, &header, &e);
	size_t left = s ? header.size_bytes : 0;

	if (left > LIMIT)
		left = LIMIT;
	while (left > 0) {
		size_t piece = left < PIECE ? left : PIECE;

		if (!take(s, piece, left / PIECE % 2, &e))
			break;
		left -= piece;
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
		read_pieces(z, npz_name(z, i));
	}
	npz_close(z);
	return 0;
}
