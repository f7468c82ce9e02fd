#pragma once
/*
 * One member of an archive from front to back in pieces, stored or deflated: many
 * large arrays are gone through side by side in little memory. Pages of a
 * mapped file that have been passed are given back.
 */
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
 * The next SIZE bytes of the data, not more than are left: aligned to 4 bytes, valid until the next
 * call. With the last piece the checksum is compared. NULL with E set: damaged.
 */
const void *npz_stream_next(struct npz_stream *s, size_t size, struct err *e);

/*
 * The same for a caller that takes the checksum itself, in parts and threads of its own: where the
 * next SIZE bytes lie, at any address, without going on; NULL if they are deflated.
 * npz_stream_pass goes on, told the CRC-32 of these bytes alone. The bytes are valid until the
 * archive is closed. Either way may be taken for each piece.
 */
const void *npz_stream_peek(const struct npz_stream *s, size_t size);
int npz_stream_pass(struct npz_stream *s, size_t size, uint32_t crc, struct err *e);

/* CRC-32 of the data alone, once they were read to their end. */
uint32_t npz_stream_crc(const struct npz_stream *s);
