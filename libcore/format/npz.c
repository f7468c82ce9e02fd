/* .npz archives: reading. Writing is npz_writer.c; see npz.h. */
#include "format/npz.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "format/crc32.h"
#include "format/deflate.h"
#include "format/zip.h"

/* what npy_parse takes: magic, version, length, text */
enum { MOST_HEADER = 12 + 10000 };

struct member {
	char *name;                     /* without ".npy" */
	const uint8_t *raw_name;        /* as in the directory, RAW_LENGTH bytes */
	size_t raw_length;
	int method, flags;
	uint32_t crc;
	size_t packed, size;            /* bytes in the archive, bytes of the .npy file */
	size_t offset;                  /* of the local header */
};

struct npz {
	struct infile file;
	int fd;                         /* npz_read_by_calls; or -1 */
	struct member *members;
	size_t count;
	size_t directory;               /* where the members end and the central directory begins */
	char *comment;
	size_t comment_size;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

/* ---- the central directory ---- */

/* The end record: the last one whose comment ends with the file. NULL: none. */
static const uint8_t *find_end(const struct infile *f)
{
	size_t last = f->size - ZIP_END_BYTES;

	if (f->size < ZIP_END_BYTES)
		return NULL;
	for (size_t length = 0; length <= ZIP_MAX_COMMENT && length <= last; length++) {
		const uint8_t *p = f->data + last - length;

		if (get32(p) == ZIP_END && get16(p + ZIP_END_COMMENT) == length)
			return p;
	}
	return NULL;
}

static int refuse_zip64(struct err *e)
{
	return err_set(e, "a zip64 archive (over 4 GiB or 65,534 members), which is not supported");
}

/* One entry of the directory, of which SIZE bytes are left. Returns its length, or 0 with E set. */
static size_t read_entry(struct member *m, const uint8_t *p, size_t size, struct err *e)
{
	size_t length, name_length;

	if (size < ZIP_CENTRAL_BYTES || get32(p) != ZIP_CENTRAL) {
		err_set(e, "the central directory is damaged");
		return 0;
	}
	name_length = get16(p + ZIP_CENTRAL_NAME);
	length = ZIP_CENTRAL_BYTES + name_length + get16(p + ZIP_CENTRAL_EXTRA) +
	         get16(p + ZIP_CENTRAL_REMARK);
	if (size < length || memchr(p + ZIP_CENTRAL_BYTES, '\0', name_length)) {
		err_set(e, "the central directory is damaged");
		return 0;
	}
	m->flags = get16(p + ZIP_CENTRAL_FLAGS);
	m->method = get16(p + ZIP_CENTRAL_METHOD);
	m->crc = get32(p + ZIP_CENTRAL_CRC);
	m->packed = get32(p + ZIP_CENTRAL_PACKED);
	m->size = get32(p + ZIP_CENTRAL_SIZE);
	m->offset = get32(p + ZIP_CENTRAL_OFFSET);
	m->raw_name = p + ZIP_CENTRAL_BYTES;
	m->raw_length = name_length;
	if (m->packed == UINT32_MAX || m->size == UINT32_MAX || m->offset == UINT32_MAX) {
		refuse_zip64(e);
		return 0;
	}
	if (name_length > 4 && !memcmp(m->raw_name + name_length - 4, ".npy", 4))
		name_length -= 4;
	m->name = xasprintf("%.*s", (int)name_length, (const char *)m->raw_name);
	return length;
}

/* What a member takes at least: its local header is left for later, and is no shorter than this. */
struct span {
	size_t from, to;
	const char *name;
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *p = a, *q = b;

	return (p->from > q->from) - (p->from < q->from);
}

/* -1 if two members share bytes, by which a small file could unpack to any size. */
static int check_apart(const struct npz *z, struct err *e)
{
	struct span *span = mem_try(z->count, sizeof *span, e);
	int result = span ? 0 : -1;

	for (size_t i = 0; i < z->count && span; i++) {
		const struct member *m = &z->members[i];

		span[i].from = m->offset;
		span[i].to = m->offset + ZIP_LOCAL_BYTES + m->raw_length + m->packed;
		span[i].name = m->name;
	}
	if (span)
		qsort(span, z->count, sizeof *span, compare_spans);
	for (size_t i = 1; i < z->count && result == 0; i++)
		if (span[i].from < span[i - 1].to)
			result = err_set(e, "\"%s\" and \"%s\" share bytes of the archive",
			                 span[i - 1].name, span[i].name);
	free(span);
	return result;
}

static int read_directory(struct npz *z, const uint8_t *end, struct err *e)
{
	size_t count = get16(end + ZIP_END_COUNT), size = get32(end + ZIP_END_SIZE);
	size_t before = (size_t)(end - z->file.data);
	const uint8_t *p;

	z->directory = get32(end + ZIP_END_OFFSET);
	if (count == UINT16_MAX || size == UINT32_MAX || z->directory == UINT32_MAX)
		return refuse_zip64(e);
	if (get32(end + ZIP_END_DISKS) != 0)
		return err_set(e, "one part of an archive in several");
	if (z->directory > before || size > before - z->directory ||
	    size / ZIP_CENTRAL_BYTES < count)
		return err_set(e, "the central directory runs past the file");
	p = z->file.data + z->directory;
	z->members = xcalloc(count, sizeof *z->members);
	while (z->count < count) {
		size_t length = read_entry(&z->members[z->count], p, size, e);

		if (!length)
			return -1;
		z->count++;
		p += length;
		size -= length;
	}
	if (size)
		return err_set(e,
		               "the central directory holds more than the %zu members that the "
		               "archive's end counts",
		               count);
	return check_apart(z, e);
}

static int read_archive(struct npz *z, struct err *e)
{
	const uint8_t *end = find_end(&z->file);

	if (z->file.size == 0)
		return err_set(e, "an empty file, expected an .npz archive");
	if (!end)
		return err_set(e, "not an .npz archive, or cut off: it has no end record");
	z->comment_size = get16(end + ZIP_END_COMMENT);
	z->comment = xcalloc(z->comment_size + 1, 1);
	memcpy(z->comment, end + ZIP_END_BYTES, z->comment_size);
	return read_directory(z, end, e);
}

struct npz *npz_open(const char *path, struct err *e)
{
	struct infile f;

	return infile_open(&f, path, ZIP_MAX_BYTES, e) < 0 ? NULL : npz_take(&f, path, e);
}

struct npz *npz_take(struct infile *f, const char *path, struct err *e)
{
	struct npz *z = xcalloc(1, sizeof *z);

	z->fd = -1;
	z->file = *f;
	*f = (struct infile){0};
	if (z->file.size > ZIP_MAX_BYTES)
		err_set(e, "larger than the %zu bytes allowed", (size_t)ZIP_MAX_BYTES);
	if (z->file.size > ZIP_MAX_BYTES || read_archive(z, e) < 0) {
		err_in(e, infile_name(path));
		npz_close(z);
		return NULL;
	}
	return z;
}

void npz_close(struct npz *z)
{
	if (!z)
		return;
	for (size_t i = 0; i < z->count; i++)
		free(z->members[i].name);
	free(z->members);
	free(z->comment);
	if (z->fd >= 0)
		close(z->fd);
	infile_release(&z->file);
	free(z);
}

void npz_drop_pages(const struct npz *z)
{
	infile_drop_pages(&z->file);
}

void npz_read_by_calls(struct npz *z, const char *path)
{
	z->fd = infile_reopen(&z->file, path);
	npz_drop_pages(z);
}

size_t npz_count(const struct npz *z)
{
	return z->count;
}

const char *npz_name(const struct npz *z, size_t i)
{
	return z->members[i].name;
}

const char *npz_comment(const struct npz *z, size_t *size)
{
	*size = z->comment_size;
	return z->comment;
}

const void *npz_record(const struct npz *z, size_t size)
{
	const uint8_t *p;

	if (z->directory < ZIP_RECORD_BYTES || size > z->directory - ZIP_RECORD_BYTES)
		return NULL;
	p = z->file.data + z->directory - size - ZIP_RECORD_BYTES;
	if (get32(p) != ZIP_RECORD || get32(p + ZIP_RECORD_SIZE) != size)
		return NULL;
	return p + ZIP_RECORD_BYTES;
}

/* ---- members ---- */

/* Of two with one name the later, as Python's zipfile. */
static const struct member *find_member(const struct npz *z, const char *name)
{
	for (size_t i = z->count; i-- > 0;)
		if (!strcmp(z->members[i].name, name))
			return &z->members[i];
	return NULL;
}

bool npz_is_stored(const struct npz *z, const char *name)
{
	const struct member *m = find_member(z, name);

	return m && m->method == ZIP_STORED;
}

/*
 * Where the bytes of M begin: behind the local header, whose name and extra field have lengths
 * of their own.
 */
static const uint8_t *find_bytes(const struct npz *z, const struct member *m, struct err *e)
{
	const uint8_t *p = z->file.data + m->offset;
	size_t left, head;

	if (m->offset > z->directory || z->directory - m->offset < ZIP_LOCAL_BYTES ||
	    get32(p) != ZIP_LOCAL) {
		err_set(e, "no member where the directory says");
		return NULL;
	}
	left = z->directory - m->offset;
	head = ZIP_LOCAL_BYTES + get16(p + ZIP_LOCAL_NAME) + get16(p + ZIP_LOCAL_EXTRA);
	if (head > left || m->packed > left - head) {
		err_set(e, "runs past the file");
		return NULL;
	}
	if (get16(p + ZIP_LOCAL_NAME) != m->raw_length ||
	    memcmp(p + ZIP_LOCAL_BYTES, m->raw_name, m->raw_length) != 0) {
		err_set(e, "has another name in front of its data");
		return NULL;
	}
	return p + head;
}

static int check_crc(const struct member *m, const uint8_t *bytes, struct err *e)
{
	uint32_t crc = crc32_add(0, bytes, m->size);

	if (crc != m->crc)
		return err_set(e, "damaged: its CRC-32 is %08x, expected %08x", crc, m->crc);
	return 0;
}

/* Borrowed from the archive where it can be used as it lies. */
static int read_stored(const struct member *m, const uint8_t *bytes, struct npy *a, int flags,
                       struct err *e)
{
	if (!(flags & NPZ_UNCHECKED) && check_crc(m, bytes, e) < 0)
		return -1;
	if (npy_parse(a, bytes, m->size, e) < 0)
		return -1;
	if ((uintptr_t)a->data % sizeof(float) == 0)
		return 0;
	a->owned = mem_try(a->size_bytes, 1, e);
	if (!a->owned)
		return -1;
	a->data = memcpy(a->owned, a->data, a->size_bytes);
	return 0;
}

static int read_deflated(const struct member *m, const uint8_t *bytes, struct npy *a, struct err *e)
{
	uint8_t *plain;

	if (deflate_check_ratio(m->size, m->packed, e) < 0)
		return -1;
	plain = mem_try(m->size, 1, e);
	if (!plain)
		return -1;
	if (deflate_unpack(plain, m->size, bytes, m->packed, e) < 0 || check_crc(m, plain, e) < 0 ||
	    npy_parse(a, plain, m->size, e) < 0) {
		free(plain);
		return -1;
	}
	a->owned = plain;
	return 0;
}

/* Where the bytes of M lie; refuses what no reader here understands. */
static int locate(const struct npz *z, const struct member *m, struct npz_place *place,
                  struct err *e)
{
	const uint8_t *bytes = find_bytes(z, m, e);

	if (!bytes)
		return -1;
	if (m->flags & ZIP_ENCRYPTED)
		return err_set(e, "encrypted");
	if (m->method != ZIP_STORED && m->method != ZIP_DEFLATED)
		return err_set(e, "packed by method %d, expected 0 (stored) or 8 (deflate)",
		               m->method);
	if (m->method == ZIP_STORED && m->packed != m->size)
		return err_set(e, "stored, but with two sizes");
	*place = (struct npz_place){
		.bytes = bytes, .packed = m->packed, .size = m->size, .crc = m->crc,
		.deflated = m->method == ZIP_DEFLATED, .mapped = z->file.mapped,
		.fd = z->fd, .offset = (size_t)(bytes - z->file.data),
	};
	return 0;
}

int npz_locate(struct npz *z, const char *name, struct npz_place *place, struct err *e)
{
	const struct member *m = find_member(z, name);

	return m ? locate(z, m, place, e) : err_set(e, "not in the archive");
}

static int inflate_start(const struct npz_place *place, uint8_t *text, size_t size, struct err *e)
{
	struct deflate_reader *r;
	int result;

	if (deflate_check_ratio(place->size, place->packed, e) < 0)
		return -1;
	r = deflate_reader_new(place->bytes, place->packed, e);
	if (!r)
		return -1;
	result = deflate_read(r, text, size, e);
	deflate_reader_free(r);
	return result;
}

int npz_parse_header(const struct npz_place *place, struct npy *header, size_t *start,
                     struct err *e)
{
	uint8_t text[MOST_HEADER];
	size_t size = place->size < sizeof text ? place->size : sizeof text;
	const uint8_t *bytes = place->deflated ? text : place->bytes;

	if (place->deflated && inflate_start(place, text, size, e) < 0)
		return -1;
	if (npy_parse_only(header, bytes, place->size, e) < 0)  /* reads no more than the header */
		return -1;
	*start = (size_t)((const uint8_t *)header->data - bytes);
	header->data = NULL;
	return 0;
}

static int read_member(const struct npz *z, const struct member *m, struct npy *a, size_t limit,
                       int flags, struct err *e)
{
	struct npz_place place = {0};
	struct npy header;
	size_t start;

	if (locate(z, m, &place, e) < 0)
		return -1;
	if (m->size > limit)
		return err_set(e, "%zu bytes, more than the %zu allowed", m->size, limit);
	if (npz_parse_header(&place, &header, &start, e) < 0)
		return -1;
	return place.deflated ? read_deflated(m, place.bytes, a, e)
	                      : read_stored(m, place.bytes, a, flags, e);
}

int npz_read(struct npz *z, const char *name, struct npy *a, size_t limit, int flags, struct err *e)
{
	const struct member *m = find_member(z, name);
	struct npy got = {0};

	if (!m)
		return err_set(e, "not in the archive");
	if (read_member(z, m, &got, limit, flags, e) < 0)
		return -1;
	*a = got;
	return 0;
}

size_t npz_limit(size_t count)
{
	return MOST_HEADER + count * sizeof(double);
}

int npz_check(const struct npz *z, size_t i, struct err *e)
{
	const struct member *m = &z->members[i];
	struct npz_place place = {0};

	if (locate(z, m, &place, e) < 0)
		return -1;
	return place.deflated ? 0 : check_crc(m, place.bytes, e);
}
