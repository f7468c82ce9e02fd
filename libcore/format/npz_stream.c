/* Members in pieces; see npz_stream.h. */
#include "format/npz_stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "format/crc32.h"
#include "format/deflate.h"

enum {
	MOST_HEADER = 12 + 10000,       /* what npy_parse takes: magic, version, length, text */
	RELEASE = 2 << 20,              /* bytes whose pages are given back at once */
};

struct npz_stream {
	struct npz_place place;
	struct deflate_reader *inflate; /* NULL: stored */
	size_t at;                      /* bytes of the .npy file behind us */
	size_t end;                     /* of the data; what follows only counts for the checksum */
	size_t start;                   /* of the data */
	uint32_t header_crc, crc;       /* of what lies before START; of what was read behind it */
	uint32_t data_crc;              /* once all data were read */
	size_t shift_size;              /* the last piece that was passed, 0: none */
	uint32_t shift;                 /* and its crc32_shift */
	size_t released;                /* bytes of PLACE whose pages were given back */
	void *buffer;                   /* of the last piece, where it could not be borrowed */
	size_t room;
};

static const void *stored_bytes(const struct npz_stream *s)
{
	return (const char *)s->place.bytes + s->at;
}

static int grow(struct npz_stream *s, size_t size, struct err *e)
{
	if (size <= s->room)
		return 0;
	free(s->buffer);
	s->room = 0;
	s->buffer = mem_try(size, 1, e);
	if (!s->buffer)
		return -1;
	s->room = size;
	return 0;
}

/*
 * Gives back the pages of a mapped file that lie wholly before the current place. Not after each
 * piece: every time all processors that run threads of ours are interrupted.
 */
static void release_pages(struct npz_stream *s)
{
	size_t used = s->inflate ? deflate_reader_used(s->inflate) : s->at;
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = (uintptr_t)s->place.bytes + s->released;
	uintptr_t stop = (uintptr_t)s->place.bytes + used;

	start = (start + page - 1) / page * page;
	stop = stop / page * page;
	if (!s->place.mapped || stop < start + RELEASE)
		return;
	madvise((void *)start, stop - start, MADV_DONTNEED);
	s->released = stop - (uintptr_t)s->place.bytes;
}

/* The next SIZE bytes of the .npy file, counted into the checksum. */
static const void *take(struct npz_stream *s, size_t size, struct err *e)
{
	const void *piece = stored_bytes(s);

	if (s->inflate) {
		if (grow(s, size, e) < 0 || deflate_read(s->inflate, s->buffer, size, e) < 0)
			return NULL;
		piece = s->buffer;
	}
	s->crc = crc32_add(s->crc, piece, size);
	if (!s->inflate && (uintptr_t)piece % sizeof(float) != 0) {
		if (grow(s, size, e) < 0)
			return NULL;
		piece = memcpy(s->buffer, piece, size);
	}
	s->at += size;
	return piece;
}

/* Skips what follows the data and compares the checksum. */
static int finish(struct npz_stream *s, struct err *e)
{
	enum { PIECE = 1 << 16 };
	char rest[PIECE];
	uint32_t crc;

	s->data_crc = s->crc;
	while (s->at < s->place.size) {
		size_t size = s->place.size - s->at < PIECE ? s->place.size - s->at : PIECE;

		if (s->inflate && deflate_read(s->inflate, rest, size, e) < 0)
			return -1;
		s->crc = crc32_add(s->crc, s->inflate ? rest : stored_bytes(s), size);
		s->at += size;
	}
	if (s->inflate && deflate_read_end(s->inflate, e) < 0)
		return -1;
	crc = crc32_join(s->header_crc, s->crc, crc32_shift(s->place.size - s->start));
	if (crc != s->place.crc)
		return err_set(e, "damaged: its CRC-32 is %08x, expected %08x", crc, s->place.crc);
	return 0;
}

/* A deflated header is unpacked once for its length, and the stream begun again. */
static int unpack_header(struct npz_stream *s, struct npy *header, size_t *start,
                         struct err *e)
{
	uint8_t text[MOST_HEADER];
	size_t size = s->place.size < sizeof text ? s->place.size : sizeof text;

	if (deflate_check_ratio(s->place.size, s->place.packed, e) < 0)
		return -1;
	s->inflate = deflate_reader_new(s->place.bytes, s->place.packed, e);
	if (!s->inflate || deflate_read(s->inflate, text, size, e) < 0)
		return -1;
	if (npy_parse(header, text, s->place.size, e) < 0)      /* reads no more than the header */
		return -1;
	*start = (size_t)((const uint8_t *)header->data - text);
	deflate_reader_free(s->inflate);
	s->inflate = deflate_reader_new(s->place.bytes, s->place.packed, e);
	return s->inflate ? 0 : -1;
}

/* Goes to the first byte of the data. */
static int read_header(struct npz_stream *s, struct npy *header, struct err *e)
{
	if (s->place.deflated) {
		if (unpack_header(s, header, &s->start, e) < 0)
			return -1;
	} else {
		if (npy_parse(header, s->place.bytes, s->place.size, e) < 0)
			return -1;
		s->start = (size_t)((const char *)header->data - (const char *)s->place.bytes);
	}
	header->data = NULL;
	s->end = s->start + header->size_bytes;
	if (!take(s, s->start, e))
		return -1;
	s->header_crc = s->crc;
	s->crc = 0;
	return 0;
}

struct npz_stream *npz_stream_open(struct npz *z, const char *name, struct npy *header,
                                   struct err *e)
{
	struct npz_stream *s = xcalloc(1, sizeof *s);

	if (npz_locate(z, name, &s->place, e) < 0 || read_header(s, header, e) < 0 ||
	    (s->at == s->end && finish(s, e) < 0)) {
		npz_stream_free(s);
		return NULL;
	}
	return s;
}

void npz_stream_free(struct npz_stream *s)
{
	if (!s)
		return;
	deflate_reader_free(s->inflate);
	free(s->buffer);
	free(s);
}

const void *npz_stream_next(struct npz_stream *s, size_t size, struct err *e)
{
	const void *piece;

	assert(size <= s->end - s->at);
	release_pages(s);
	piece = take(s, size, e);
	if (!piece || (s->at == s->end && finish(s, e) < 0))
		return NULL;
	return piece;
}

const void *npz_stream_peek(const struct npz_stream *s, size_t size)
{
	assert(size <= s->end - s->at);
	return s->inflate ? NULL : stored_bytes(s);
}

int npz_stream_pass(struct npz_stream *s, size_t size, uint32_t crc, struct err *e)
{
	assert(size <= s->end - s->at);
	if (size != s->shift_size) {
		s->shift_size = size;
		s->shift = crc32_shift(size);
	}
	s->crc = crc32_join(s->crc, crc, s->shift);
	s->at += size;
	release_pages(s);
	return s->at == s->end ? finish(s, e) : 0;
}

uint32_t npz_stream_crc(const struct npz_stream *s)
{
	return s->data_crc;
}
