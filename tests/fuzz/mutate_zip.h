#pragma once
/*
 * LLVMFuzzerCustomMutator for targets that read archives: what members hold (unpacked), are called
 * and are packed by, their order and number, the comment and the record in front of the directory
 * are changed, and the archive is written anew with the sizes, offsets and checksums that belong
 * to it. Then, now and then, one field of the directory lies. Format: APPNOTE 6.3.
 */
#include <stdlib.h>
#include <zlib.h>

#include "format/zip.h"
#include "fuzz/mutate.h"

enum {
	MEMBERS = 80, ARCHIVE_BYTES = 1 << 20, CONTENT_BYTES = 1 << 16, NAME_ROOM = 64,
	COMMENT_ROOM = 4096,
	SMALL_WINDOW = 9,               /* bits: a large one costs more than packing */
};

struct zip_member {
	char name[NAME_ROOM];
	size_t name_size;
	const uint8_t *content;         /* unpacked */
	size_t size;
	bool deflated;
	size_t offset, packed;          /* where it was written */
	uint32_t crc;
};

struct zip_archive {
	struct zip_member member[MEMBERS];
	size_t count;
	uint8_t record[COMMENT_ROOM], comment[COMMENT_ROOM];
	size_t record_size, comment_size;
	uint8_t content[ARCHIVE_BYTES]; /* of members that were packed, or are changed */
	size_t used;
};

MUTATE_UNWATCHED

/* ---- reading ---- */

/* Room for SIZE bytes more, or NULL. */
static uint8_t *zip_room(struct zip_archive *z, size_t size)
{
	uint8_t *p = z->content + z->used;

	if (size > sizeof z->content - z->used)
		return NULL;
	z->used += size;
	return p;
}

static bool zip_unpack(struct zip_archive *z, struct zip_member *m, const uint8_t *p, size_t packed)
{
	uint8_t *content = m->size <= CONTENT_BYTES ? zip_room(z, m->size) : NULL;
	z_stream s = {
		.next_in = (Bytef *)p, .avail_in = (uInt)packed,
		.next_out = content, .avail_out = (uInt)m->size
	};

	m->content = content;
	if (!content || inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return false;
	inflate(&s, Z_FINISH);
	m->size = s.total_out;
	inflateEnd(&s);
	return true;
}

/* A member by its entry at P; false: it makes no sense. */
static bool zip_read_member(struct zip_archive *z, const uint8_t *data, size_t size,
                            const uint8_t *p)
{
	struct zip_member *m = &z->member[z->count++];
	size_t at = mutate_get(p + ZIP_CENTRAL_OFFSET, 4);
	size_t packed = mutate_get(p + ZIP_CENTRAL_PACKED, 4);

	m->name_size = mutate_get(p + ZIP_CENTRAL_NAME, 2);
	m->size = mutate_get(p + ZIP_CENTRAL_SIZE, 4);
	m->deflated = mutate_get(p + ZIP_CENTRAL_METHOD, 2) == ZIP_DEFLATED;
	if (m->name_size > NAME_ROOM || at > size || size - at < ZIP_LOCAL_BYTES)
		return false;
	memcpy(m->name, p + ZIP_CENTRAL_BYTES, m->name_size);
	at += ZIP_LOCAL_BYTES + mutate_get(data + at + ZIP_LOCAL_NAME, 2) +
	      mutate_get(data + at + ZIP_LOCAL_EXTRA, 2);
	if (at > size || packed > size - at)
		return false;
	m->content = data + at;
	if (m->deflated)
		return zip_unpack(z, m, data + at, packed);
	m->size = packed;
	return true;
}

static void zip_read_record(struct zip_archive *z, const uint8_t *data, size_t directory)
{
	size_t from = directory > COMMENT_ROOM ? directory - COMMENT_ROOM : 0;

	for (size_t at = from; at + ZIP_RECORD_BYTES <= directory; at++) {
		size_t n = directory - at - ZIP_RECORD_BYTES;

		if (mutate_get(data + at, 4) != ZIP_RECORD ||
		    mutate_get(data + at + ZIP_RECORD_SIZE, 4) != n)
			continue;
		memcpy(z->record, data + at + ZIP_RECORD_BYTES, n);
		z->record_size = n;
		return;
	}
}

/* The end record, with a comment to the end of the file; NULL: none. */
static const uint8_t *zip_find_end(const uint8_t *data, size_t size)
{
	for (size_t n = 0; n <= COMMENT_ROOM && n + ZIP_END_BYTES <= size; n++) {
		const uint8_t *p = data + size - ZIP_END_BYTES - n;

		if (mutate_get(p, 4) == ZIP_END && mutate_get(p + ZIP_END_COMMENT, 2) == n)
			return p;
	}
	return NULL;
}

/* False: no archive, or one that is beyond this reader. */
static bool zip_read(struct zip_archive *z, const uint8_t *data, size_t size)
{
	const uint8_t *end = zip_find_end(data, size), *p;
	size_t directory = end ? mutate_get(end + ZIP_END_OFFSET, 4) : 0;

	z->count = z->used = z->record_size = 0;
	if (!end || directory > (size_t)(end - data))
		return false;
	z->comment_size = (size_t)(data + size - end - ZIP_END_BYTES);
	memcpy(z->comment, end + ZIP_END_BYTES, z->comment_size);
	zip_read_record(z, data, directory);
	for (p = data + directory; end - p >= ZIP_CENTRAL_BYTES;) {
		size_t n = ZIP_CENTRAL_BYTES + mutate_get(p + ZIP_CENTRAL_NAME, 2) +
		           mutate_get(p + ZIP_CENTRAL_EXTRA, 2) +
		           mutate_get(p + ZIP_CENTRAL_REMARK, 2);

		if (mutate_get(p, 4) != ZIP_CENTRAL || (size_t)(end - p) < n ||
		    z->count == MEMBERS || !zip_read_member(z, data, size, p))
			return false;
		p += n;
	}
	return true;
}

/* ---- changing ---- */

/* All of it, or what stands behind the header of an .npy, or the header. */
static void zip_change_content(struct zip_archive *z, struct chance *c, struct zip_member *m)
{
	size_t room = m->size + 64 > CONTENT_BYTES ? 0 : m->size + 64;
	uint8_t *p = room ? zip_room(z, room) : NULL;
	size_t head = m->size > 10 ? 10 + (size_t)mutate_get(m->content + 8, 2) : 0;

	if (!p)
		return;
	memcpy(p, m->content, m->size);
	m->content = p;
	if (head <= 10 || head >= m->size || mutate_once_in(c, 4))
		m->size = LLVMFuzzerMutate(p, m->size, room);
	else if (mutate_once_in(c, 2))
		m->size = head + LLVMFuzzerMutate(p + head, m->size - head, room - head);
	else
		LLVMFuzzerMutate(p + 10, head - 10, head - 10);
}

static void zip_swap(struct zip_member *a, struct zip_member *b)
{
	struct zip_member t = *a;

	*a = *b;
	*b = t;
}

/* What A holds, as if it were B's. */
static void zip_copy_content(struct zip_member *a, const struct zip_member *b)
{
	a->content = b->content;
	a->size = b->size;
}

static void zip_change_member(struct zip_archive *z, struct chance *c)
{
	struct zip_member *m = &z->member[mutate_below(c, z->count)];
	struct zip_member *other = &z->member[mutate_below(c, z->count)];

	switch (mutate_below(c, 12)) {
	case 0:
		m->deflated = !m->deflated;
		break;
	case 1:
		m->name_size = LLVMFuzzerMutate((uint8_t *)m->name, m->name_size, NAME_ROOM);
		break;
	case 2:                         /* under another's name */
		memcpy(m->name, other->name, NAME_ROOM);
		m->name_size = other->name_size;
		break;
	case 3:
		zip_swap(m, other);
		break;
	case 4:
		zip_copy_content(m, other);
		break;
	case 5:
		*m = z->member[--z->count];
		break;
	case 6:
		if (z->count < MEMBERS)
			z->member[z->count++] = *m;
		break;
	default:
		zip_change_content(z, c, m);
	}
}

static void zip_change(struct zip_archive *z, struct chance *c)
{
	size_t kind = mutate_below(c, 8);

	if (kind == 0)
		z->comment_size = LLVMFuzzerMutate(z->comment, z->comment_size, COMMENT_ROOM);
	else if (kind == 1 && (z->record_size || mutate_once_in(c, 4)))
		z->record_size = LLVMFuzzerMutate(z->record, z->record_size, COMMENT_ROOM);
	else if (z->count)
		zip_change_member(z, c);
}

/* ---- writing ---- */

static void zip_pack(struct output *o, struct zip_member *m)
{
	z_stream s = {0};

	if (deflateInit2(&s, 1, Z_DEFLATED, -SMALL_WINDOW, 1, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	s.next_in = (Bytef *)m->content;
	s.avail_in = (uInt)m->size;
	s.next_out = o->p + o->used;
	s.avail_out = (uInt)(o->room - o->used);
	o->full |= deflate(&s, Z_FINISH) != Z_STREAM_END;
	m->packed = s.total_out;
	o->used += m->packed;
	deflateEnd(&s);
}

/* From the flags to the lengths of name and extra field, as both kinds of header have them. */
static void zip_put_fields(struct output *o, const struct zip_member *m)
{
	mutate_put_number(o, 0, 2);
	mutate_put_number(o, m->deflated ? ZIP_DEFLATED : ZIP_STORED, 2);
	mutate_put_number(o, 0, 4);
	mutate_put_number(o, m->crc, 4);
	mutate_put_number(o, m->packed, 4);
	mutate_put_number(o, m->size, 4);
	mutate_put_number(o, m->name_size, 2);
	mutate_put_number(o, 0, 2);
}

/* The header is written again when the size of what follows is known. */
static void zip_write_member(struct output *o, struct zip_member *m)
{
	struct output header = { .p = o->p + o->used, .room = ZIP_LOCAL_BYTES };
	uint8_t zeros[ZIP_LOCAL_BYTES] = {0};

	m->offset = o->used;
	mutate_put(o, zeros, sizeof zeros);
	mutate_put(o, m->name, m->name_size);
	m->packed = m->size;
	if (!o->full && m->deflated)
		zip_pack(o, m);
	else
		mutate_put(o, m->content, m->size);
	if (o->full)
		return;
	m->crc = (uint32_t)crc32(0, m->content, (uInt)m->size);
	mutate_put_number(&header, ZIP_LOCAL, 4);
	mutate_put_number(&header, 20, 2);
	zip_put_fields(&header, m);
}

static void zip_write(struct output *o, struct zip_archive *z, size_t *directory)
{
	size_t entries;

	for (size_t i = 0; i < z->count; i++)
		zip_write_member(o, &z->member[i]);
	if (z->record_size) {
		mutate_put_number(o, ZIP_RECORD, 4);
		mutate_put_number(o, z->record_size, 4);
		mutate_put(o, z->record, z->record_size);
	}
	*directory = o->used;
	for (size_t i = 0; i < z->count; i++) {
		mutate_put_number(o, ZIP_CENTRAL, 4);
		mutate_put_number(o, 20 << 16 | 20, 4);
		zip_put_fields(o, &z->member[i]);
		mutate_put_number(o, 0, 8);     /* remark, disk, attributes */
		mutate_put_number(o, 0, 2);
		mutate_put_number(o, z->member[i].offset, 4);
		mutate_put(o, z->member[i].name, z->member[i].name_size);
	}
	entries = o->used - *directory;
	mutate_put_number(o, ZIP_END, 4);
	mutate_put_number(o, 0, 4);
	mutate_put_number(o, z->count, 2);
	mutate_put_number(o, z->count, 2);
	mutate_put_number(o, entries, 4);
	mutate_put_number(o, *directory, 4);
	mutate_put_number(o, z->comment_size, 2);
	mutate_put(o, z->comment, z->comment_size);
}

/* One field of an entry, or of the end record, is another number. */
static void zip_lie(uint8_t *p, size_t size, const struct zip_archive *z, struct chance *c,
                    size_t directory)
{
	static const uint8_t field[][2] = {
		{ ZIP_CENTRAL_FLAGS, 2 }, { ZIP_CENTRAL_METHOD, 2 }, { ZIP_CENTRAL_CRC, 4 },
		{ ZIP_CENTRAL_PACKED, 4 }, { ZIP_CENTRAL_SIZE, 4 }, { ZIP_CENTRAL_SIZE, 4 },
		{ ZIP_CENTRAL_OFFSET, 4 }, { ZIP_CENTRAL_NAME, 2 }, { ZIP_CENTRAL_EXTRA, 2 },
	}, end_field[][2] = {
		{ ZIP_END_DISKS, 4 }, { ZIP_END_COUNT, 2 }, { ZIP_END_SIZE, 4 },
		{ ZIP_END_OFFSET, 4 },
	};
	const uint8_t *f = field[mutate_below(c, sizeof field / sizeof *field)];
	size_t at = directory, i = mutate_below(c, z->count + 1);
	struct output o = { .room = 4 };
	bool near = mutate_once_in(c, 2);

	for (size_t k = 0; k < i; k++)
		at += ZIP_CENTRAL_BYTES + z->member[k].name_size;
	if (i == z->count)
		f = end_field[mutate_below(c, sizeof end_field / sizeof *end_field)];
	at += f[0];
	if (at + 4 > size)
		return;
	o.p = p + at;
	mutate_put_number(&o, near ? mutate_get(o.p, f[1]) + (uint32_t)mutate_below(c, 9) - 4
	                           : mutate_odd_number(c), f[1]);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static struct zip_archive z;
	static uint8_t text[ARCHIVE_BYTES];
	struct chance c = mutate_chance(seed);
	struct output o = { .p = text, .room = max_size < sizeof text ? max_size : sizeof text };
	size_t directory;

	if (mutate_once_in(&c, 3) || !zip_read(&z, data, size))
		return LLVMFuzzerMutate(data, size, max_size);
	do
		zip_change(&z, &c);
	while (mutate_once_in(&c, 3));
	zip_write(&o, &z, &directory);
	if (o.full)
		return LLVMFuzzerMutate(data, size, max_size);
	if (mutate_once_in(&c, 5))
		zip_lie(text, o.used, &z, &c, directory);
	memcpy(data, text, o.used);
	return o.used;
}

MUTATE_WATCHED
