#pragma once
/*
 * One member of an archive from front to back in blocks, stored or deflated: many large arrays are
 * read in parallel with little memory. Pages of a mapped file that have been passed are
 * given back.
 *
 * The stream sees to the member's checksum, which a zip archive has only one of: what blocks hold
 * is certain once the last of them was ended without an error, so no result may be kept before. To
 * cost no second pass over memory it is taken piece by piece, by the threads that use the pieces;
 * crc32_blocks.h says in which order they are joined.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "format/npy.h"
#include "format/npz.h"

struct npz_stream;

/*
 * Opens member NAME of Z, which must outlive the stream. HEADER gets type and shape, and no data.
 * NULL with E set (NAME not in it).
 */
struct npz_stream *npz_stream_open(struct npz *z, const char *name, struct npy *header,
                                   struct err *e);
void npz_stream_free(struct npz_stream *s);

/*
 * Begins a block, the next SIZE bytes of the data, not more than are left: at any address, valid
 * until the next block begins. Its pieces are PIECE bytes, the last maybe fewer.
 * NULL with E set: damaged.
 */
const void *npz_stream_begin(struct npz_stream *s, size_t size, size_t piece, struct err *e);

/*
 * True if blocks lie in the file, so that to begin one takes no time; otherwise it is inflated, or
 * read (npz_read_by_calls).
 */
bool npz_stream_is_lent(const struct npz_stream *s);

/* Checks piece I of the block. Threads may check different pieces at once. */
void npz_stream_check(struct npz_stream *s, size_t i);

/*
 * Ends the block, having checked the pieces that were not; the last compares the checksum.
 * Returns 0, or -1 with E set: damaged.
 */
int npz_stream_end(struct npz_stream *s, struct err *e);

/* Begins and ends a block. */
const void *npz_stream_next(struct npz_stream *s, size_t size, struct err *e);

/* CRC-32 of the data alone, of the blocks that were ended. */
uint32_t npz_stream_crc(const struct npz_stream *s);
