#pragma once
/*
 * Raw deflate streams (RFC 1951) of whole blocks of memory, through zlib, which only this
 * module knows.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* To call before SIZE bytes are allocated: -1 if no stream of PACKED bytes can hold so many. */
int deflate_check_ratio(size_t size, size_t packed, struct err *e);

/*
 * Unpacks the stream of PACKED bytes at IN into exactly SIZE bytes at OUT; each at most 4 GiB.
 * Returns 0, or -1 with E set: damaged, or the stream holds more or less.
 */
int deflate_unpack(void *out, size_t size, const void *in, size_t packed, struct err *e);

/*
 * The same piece by piece, with some 45 KB of memory. NULL with E set. IN is borrowed until
 * deflate_reader_free.
 */
struct deflate_reader;
struct deflate_reader *deflate_reader_new(const void *in, size_t packed, struct err *e);
void deflate_reader_free(struct deflate_reader *r);

/*
 * The next SIZE bytes, all of them, to OUT. Returns 0, or -1 with E set: damaged, or the stream
 * holds less.
 */
int deflate_read(struct deflate_reader *r, void *out, size_t size, struct err *e);

/* Bytes of IN that are not looked at again. */
size_t deflate_reader_used(const struct deflate_reader *r);

/* -1 with E set if the stream continues. */
int deflate_read_end(struct deflate_reader *r, struct err *e);

struct deflate_part {
	const void *data;
	size_t size;
};

enum { DEFLATE_MAX_BYTES = 1 << 30 };

/*
 * The COUNT parts, DEFLATE_MAX_BYTES together, as one stream in new memory, which the caller
 * frees.
 */
void *deflate_pack(const struct deflate_part *parts, int count, size_t *packed);

/* CRC-32 of zip and PNG, continued from CRC (0 at the start). */
uint32_t deflate_crc(uint32_t crc, const void *data, size_t size);
