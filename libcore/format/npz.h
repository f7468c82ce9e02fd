#pragma once
/*
 * .npz: a zip archive of .npy members, stored or deflated. The archive comment
 * carries facts about the weights; numpy and FEDn ignore it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/infile.h"
#include "format/npy.h"

struct npz;

/* Opens PATH ("-": stdin), mapped if it is a file. NULL with E set. */
struct npz *npz_open(const char *path, struct err *e);

/*
 * The same of F, which was opened as PATH already and is taken over, also where it fails: whoever
 * looked at its bytes before looked at those of the archive.
 */
struct npz *npz_take(struct infile *f, const char *path, struct err *e);
void npz_close(struct npz *z);          /* arrays borrowed from Z end here */

void npz_drop_pages(const struct npz *z);    /* infile_drop_pages */

/*
 * For one of many archives that npz_stream.h reads side by side: from now on stored members are
 * read by calls, so that no pages of theirs lie around. Z is of the file PATH, which is kept open.
 * Nothing happens where that is not possible: too many files are open, it is a pipe.
 */
void npz_read_by_calls(struct npz *z, const char *path);

size_t npz_count(const struct npz *z);
const char *npz_name(const struct npz *z, size_t i); /* without ".npy"; lives as long as Z */
const char *npz_comment(const struct npz *z, size_t *size);     /* "" if none; lives as long as Z */
/*
 * The SIZE bytes of npz_writer_record, as long as Z; NULL: there is no record of that size. The
 * archive has no checksum of them.
 */
const void *npz_record(const struct npz *z, size_t size);
bool npz_is_stored(const struct npz *z, const char *name);

/* Flag: leave the CRC of a stored member unread, so that its pages stay untouched. */
enum { NPZ_UNCHECKED = 1 };

/*
 * Reads member NAME into A, which must be zero or released: borrowed from Z where it is stored
 * and lies aligned to 4 bytes, otherwise A owns it and outlives Z.
 * Nothing is unpacked before the header was read: a member is as long as its shape says.
 * Returns 0, or -1 with E set (NAME not in it): no such member, damaged data, more than LIMIT
 * bytes.
 */
int npz_read(struct npz *z, const char *name, struct npy *a, size_t limit, int flags,
             struct err *e);

/* The limit for COUNT numbers of any type. */
size_t npz_limit(size_t count);

/*
 * Compares member I with its CRC if it is stored, as npz_read compares the others in any case.
 * Returns 0, or -1 with E set.
 */
int npz_check(const struct npz *z, size_t i, struct err *e);

/*
 * How member NAME lies in the archive: for npz_stream.h, and to tell members apart without
 * reading them.
 */
struct npz_place {
	const void *bytes;              /* PACKED bytes, unaligned, as long as Z */
	size_t packed, size;            /* as they lie, and as a .npy file */
	bool deflated, mapped;          /* MAPPED: from a file, whose pages can be had again */
	int fd;                         /* to read them at OFFSET; -1: they are only at BYTES */
	size_t offset;
	uint32_t crc;                   /* of the .npy file, as the directory says */
};

/*
 * Returns 0, or -1 with E set (NAME not in it): no such member, not within the file, encrypted,
 * packed otherwise.
 */
int npz_locate(struct npz *z, const char *name, struct npz_place *place, struct err *e);

/*
 * Type and shape of the member at PLACE, and no data; they begin at byte START of the .npy file.
 * No checksum is compared. Returns 0, or -1 with E set: no array, damaged, or longer than its
 * shape.
 */
int npz_parse_header(const struct npz_place *place, struct npy *header, size_t *start,
                     struct err *e);

/*
 * Writes the archive member by member; each starts at a multiple of 64 bytes so that readers
 * can map it.
 */
struct npz_writer;
struct npz_writer *npz_writer_new(FILE *f, bool deflate);
int npz_writer_add(struct npz_writer *w, const char *name, const char *descr, int dims,
                   const size_t *shape, const void *data, size_t size, struct err *e);
/*
 * The same bytes, stored, with the data in pieces: SIZE bytes are to be appended before anything
 * else is called but npz_writer_free. Goes back in F for the checksum, so F is a file that was
 * empty.
 */
int npz_writer_begin(struct npz_writer *w, const char *name, const char *descr, int dims,
                     const size_t *shape, size_t size, struct err *e);
int npz_writer_append(struct npz_writer *w, const void *data, size_t size, struct err *e);
/*
 * After the last member: bytes that are no array and are too many for the comment, as the zip
 * format's "archive extra data record" right before the directory, which numpy passes over.
 */
int npz_writer_record(struct npz_writer *w, const void *data, size_t size, struct err *e);
/* COMMENT may be NULL. Frees W. */
int npz_writer_end(struct npz_writer *w, const char *comment, struct err *e);
void npz_writer_free(struct npz_writer *w);     /* instead of npz_writer_end, after an error */
