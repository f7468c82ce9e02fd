/*
 * .npz archives: writing. Equal arrays give equal bytes, sizes are known before a member begins,
 * and only members in pieces are gone back to, so that of others the output may be a pipe.
 */
#include "format/npz.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/crc32.h"
#include "format/deflate.h"
#include "format/zip.h"

enum {
	VERSION_NEEDED = 20,
	MADE_BY_UNIX = 3 << 8 | VERSION_NEEDED,
	DATE_1980 = 1 << 5 | 1,         /* 1 January; zip knows no earlier day */
	OWNER_READS_WRITES = 0600,      /* what Python's zipfile gives */
	PAD_ID = 0xd935,                /* extra field of zeros, as Android's zipalign writes */
	PAD_HEAD = 4,                   /* its id and length */
	ALIGN = 64,                     /* the numbers too: a .npy header has 128 bytes */
};

struct entry {
	char *name;
	int method;
	uint32_t crc;
	size_t packed, size, offset;
};

struct npz_writer {
	FILE *f;
	bool deflate;
	size_t offset;
	struct entry *entries;
	size_t count;
	size_t left;                    /* bytes that the last entry still lacks */
};

/* A record before it is written. */
struct record {
	uint8_t bytes[ZIP_CENTRAL_BYTES];
	size_t used;
};

static void put(struct record *r, int bytes, size_t value)
{
	for (; bytes > 0; bytes--, value >>= 8)
		r->bytes[r->used++] = (uint8_t)value;
}

static void put16(struct record *r, size_t value)
{
	put(r, 2, value);
}

static void put32(struct record *r, size_t value)
{
	put(r, 4, value);
}

/* From the version needed to the sizes, what both headers of a member have in common. */
static void put_entry(struct record *r, const struct entry *m)
{
	put16(r, VERSION_NEEDED);
	put16(r, 0);                            /* flags */
	put16(r, (size_t)m->method);
	put16(r, 0);                            /* time */
	put16(r, DATE_1980);
	put32(r, m->crc);
	put32(r, m->packed);
	put32(r, m->size);
}

static int emit(struct npz_writer *w, const void *data, size_t size, struct err *e)
{
	if (fwrite(data, 1, size, w->f) != size)
		return err_set(e, "%s", strerror(errno));
	w->offset += size;
	return 0;
}

struct npz_writer *npz_writer_new(FILE *f, bool deflate)
{
	struct npz_writer *w = xcalloc(1, sizeof *w);

	w->f = f;
	w->deflate = deflate;
	return w;
}

static int emit_local(struct npz_writer *w, const struct entry *m, struct err *e)
{
	static const uint8_t zeros[ALIGN];
	size_t name = strlen(m->name), head = ZIP_LOCAL_BYTES + name + PAD_HEAD;
	size_t pad = (ALIGN - (w->offset + head) % ALIGN) % ALIGN;
	struct record r = {0}, extra = {0};

	put32(&r, ZIP_LOCAL);
	put_entry(&r, m);
	put16(&r, name);
	put16(&r, PAD_HEAD + pad);
	put16(&extra, PAD_ID);
	put16(&extra, pad);
	if (emit(w, r.bytes, r.used, e) < 0 || emit(w, m->name, name, e) < 0 ||
	    emit(w, extra.bytes, extra.used, e) < 0)
		return -1;
	return emit(w, zeros, pad, e);
}

static int emit_central(struct npz_writer *w, const struct entry *m, struct err *e)
{
	struct record r = {0};
	size_t name = strlen(m->name);

	put32(&r, ZIP_CENTRAL);
	put16(&r, MADE_BY_UNIX);
	put_entry(&r, m);
	put16(&r, name);
	put16(&r, 0);                           /* extra field */
	put16(&r, 0);                           /* remark */
	put16(&r, 0);                           /* disk */
	put16(&r, 0);                           /* internal attributes */
	put32(&r, (size_t)OWNER_READS_WRITES << 16);
	put32(&r, m->offset);
	return emit(w, r.bytes, r.used, e) < 0 ? -1 : emit(w, m->name, name, e);
}

/* Takes a place in the directory for NAME; what is not known yet is 0. */
static struct entry *add_entry(struct npz_writer *w, const char *name)
{
	w->entries = xrealloc(w->entries, w->count + 1, sizeof *w->entries);
	w->entries[w->count] = (struct entry){
		.name = xasprintf("%s.npy", name), .offset = w->offset,
	};
	return &w->entries[w->count++];
}

/* A new entry for a member of SIZE bytes of data, with the CRC of its .npy header. */
static struct entry *start_member(struct npz_writer *w, const char *name, const char *descr,
                                  int dims, const size_t *shape, size_t size,
                                  uint8_t header[NPY_HEADER], struct err *e)
{
	struct entry *m;

	assert(w->left == 0);
	if (w->count == ZIP_MAX_MEMBERS || size > ZIP_MAX_BYTES - NPY_HEADER ||
	    w->offset > ZIP_MAX_BYTES) {
		err_set(e, "\"%s\" makes the archive larger than 4 GiB or 65,534 members", name);
		return NULL;
	}
	npy_header(header, descr, dims, shape);
	m = add_entry(w, name);
	m->size = m->packed = size + NPY_HEADER;
	m->crc = crc32_add(0, header, NPY_HEADER);
	return m;
}

int npz_writer_add(struct npz_writer *w, const char *name, const char *descr, int dims,
                   const size_t *shape, const void *data, size_t size, struct err *e)
{
	uint8_t header[NPY_HEADER];
	struct deflate_part parts[] = { { header, sizeof header }, { data, size } };
	struct entry *m = start_member(w, name, descr, dims, shape, size, header, e);
	void *packed = NULL;
	int result = -1;

	if (!m)
		return -1;
	m->crc = crc32_add(m->crc, data, size);
	if (w->deflate && m->size <= DEFLATE_MAX_BYTES) {
		m->method = ZIP_DEFLATED;
		packed = deflate_pack(parts, 2, &m->packed);
	}
	if (emit_local(w, m, e) < 0)
		goto out;
	if (packed)
		result = emit(w, packed, m->packed, e);
	else
		result = emit(w, header, sizeof header, e) < 0 ? -1 : emit(w, data, size, e);
out:
	free(packed);
	return result;
}

int npz_writer_begin(struct npz_writer *w, const char *name, const char *descr, int dims,
                     const size_t *shape, size_t size, struct err *e)
{
	uint8_t header[NPY_HEADER];
	struct entry *m = start_member(w, name, descr, dims, shape, size, header, e);

	if (!m || emit_local(w, m, e) < 0 || emit(w, header, sizeof header, e) < 0)
		return -1;
	w->left = size;
	return 0;
}

/* The member's header once more, now that its checksum is known. */
static int emit_local_again(struct npz_writer *w, const struct entry *m, struct err *e)
{
	struct record r = {0};

	put32(&r, ZIP_LOCAL);
	put_entry(&r, m);
	if (fseeko(w->f, (off_t)m->offset, SEEK_SET) < 0 ||
	    fwrite(r.bytes, 1, r.used, w->f) != r.used ||
	    fseeko(w->f, (off_t)w->offset, SEEK_SET) < 0)
		return err_set(e, "%s", strerror(errno));
	return 0;
}

int npz_writer_append(struct npz_writer *w, const void *data, size_t size, struct err *e)
{
	struct entry *m;

	assert(w->count && size <= w->left);
	m = &w->entries[w->count - 1];
	m->crc = crc32_add(m->crc, data, size);
	if (emit(w, data, size, e) < 0)
		return -1;
	w->left -= size;
	return w->left ? 0 : emit_local_again(w, m, e);
}

int npz_writer_record(struct npz_writer *w, const void *data, size_t size, struct err *e)
{
	struct record r = {0};

	assert(w->left == 0 && size <= UINT32_MAX);
	put32(&r, ZIP_RECORD);
	put32(&r, size);
	return emit(w, r.bytes, r.used, e) < 0 ? -1 : emit(w, data, size, e);
}

static int emit_directory(struct npz_writer *w, const char *comment, struct err *e)
{
	size_t start = w->offset, length = strlen(comment);
	struct record r = {0};

	if (length > ZIP_MAX_COMMENT)
		return err_set(e, "a comment of %zu bytes, at most %d fit", length,
		               ZIP_MAX_COMMENT);
	if (strstr(comment, "PK\5\6"))          /* Python takes it for the end record */
		return err_set(e, "a comment that holds the signature of the archive's end");
	for (size_t i = 0; i < w->count; i++)
		if (emit_central(w, &w->entries[i], e) < 0)
			return -1;
	if (w->offset > ZIP_MAX_BYTES)
		return err_set(e, "an archive larger than 4 GiB");
	put32(&r, ZIP_END);
	put32(&r, 0);                           /* this disk, first disk */
	put16(&r, w->count);
	put16(&r, w->count);
	put32(&r, w->offset - start);
	put32(&r, start);
	put16(&r, length);
	return emit(w, r.bytes, r.used, e) < 0 ? -1 : emit(w, comment, length, e);
}

int npz_writer_end(struct npz_writer *w, const char *comment, struct err *e)
{
	int result;

	assert(w->left == 0);
	result = emit_directory(w, comment ? comment : "", e);

	npz_writer_free(w);
	return result;
}

void npz_writer_free(struct npz_writer *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++)
		free(w->entries[i].name);
	free(w->entries);
	free(w);
}
