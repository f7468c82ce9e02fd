/* Members in pieces; see npz_stream.h. */
#include "format/npz_stream.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "format/crc32.h"
#include "format/crc32_blocks.h"
#include "format/deflate.h"

enum { RELEASE = 2 << 20 };             /* bytes whose pages are given back at once */

struct npz_stream {
	struct npz_place place;
	struct deflate_reader *inflate; /* NULL: stored */
	size_t at;                      /* bytes of the .npy file behind us */
	size_t start, end;              /* of the data; there is nothing behind it */
	uint32_t header_crc;            /* of what lies before START */
	struct crc32_blocks sum;        /* of the data; its block is the one that was begun */
	size_t released;                /* bytes of PLACE whose pages were given back */
	void *buffer;                   /* a block that had to be inflated */
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
 * Gives back the pages of a mapped file that lie wholly before the current block. Not after each
 * block: every time all processors that run threads of ours are interrupted.
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

/* Compares the checksum, once all data were read. */
static int finish(struct npz_stream *s, struct err *e)
{
	uint32_t crc = crc32_join(s->header_crc, s->sum.crc, crc32_shift(s->end - s->start));

	if (s->inflate && deflate_read_end(s->inflate, e) < 0)
		return -1;
	if (crc != s->place.crc)
		return err_set(e, "damaged: its CRC-32 is %08x, expected %08x", crc, s->place.crc);
	return 0;
}

/* Goes to the first byte of the data. */
static int read_header(struct npz_stream *s, struct npy *header, struct err *e)
{
	const void *bytes = s->place.bytes;

	if (npz_parse_header(&s->place, header, &s->start, e) < 0)
		return -1;
	if (s->place.deflated) {
		s->inflate = deflate_reader_new(s->place.bytes, s->place.packed, e);
		if (!s->inflate || grow(s, s->start, e) < 0 ||
		    deflate_read(s->inflate, s->buffer, s->start, e) < 0)
			return -1;
		bytes = s->buffer;
	}
	s->header_crc = crc32_add(0, bytes, s->start);
	s->at = s->start;
	s->end = s->start + header->size_bytes;
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
	crc32_blocks_release(&s->sum);
	deflate_reader_free(s->inflate);
	free(s->buffer);
	free(s);
}

bool npz_stream_is_lent(const struct npz_stream *s)
{
	return !s->inflate && s->place.fd < 0;
}

/* The next SIZE bytes of a stored member into the buffer, by calls. */
static int read_block(struct npz_stream *s, size_t size, struct err *e)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = pread(s->place.fd, (char *)s->buffer + done, size - done,
		                    (off_t)(s->place.offset + s->at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_machine(e, "%s", strerror(errno));
		if (got == 0)
			return err_set(e, "truncated while it was being read");
		done += (size_t)got;
	}
	return 0;
}

const void *npz_stream_begin(struct npz_stream *s, size_t size, size_t piece, struct err *e)
{
	const void *block = stored_bytes(s);

	assert(size <= s->end - s->at && s->sum.size == 0);
	release_pages(s);
	if (!npz_stream_is_lent(s)) {
		if (grow(s, size, e) < 0 ||
		    (s->inflate ? deflate_read(s->inflate, s->buffer, size, e)
		                : read_block(s, size, e)) < 0)
			return NULL;
		block = s->buffer;
	}
	crc32_blocks_begin(&s->sum, block, size, piece);
	return block;
}

void npz_stream_check(struct npz_stream *s, size_t i)
{
	crc32_blocks_take(&s->sum, i);
}

int npz_stream_end(struct npz_stream *s, struct err *e)
{
	s->at += s->sum.size;
	crc32_blocks_end(&s->sum);
	return s->at == s->end ? finish(s, e) : 0;
}

const void *npz_stream_next(struct npz_stream *s, size_t size, struct err *e)
{
	const void *block = npz_stream_begin(s, size, size, e);

	return block && npz_stream_end(s, e) == 0 ? block : NULL;
}

uint32_t npz_stream_crc(const struct npz_stream *s)
{
	return s->sum.crc;
}
