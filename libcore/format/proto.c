/* Protocol-buffer wire format; see proto.h and protobuf.dev/programming-guides/encoding. */
#include "format/proto.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum wire_type { VARINT = 0, LENGTH = 2, FOUR_BYTES = 5 };

enum { MAX_VARINT = 10, FIRST_ROOM = 64 };
static const uint64_t MAX_MESSAGE = INT32_MAX;  /* every implementation's limit */

/* Seven bits a byte, low ones first; the high bit says that more follow. Returns their number. */
static size_t encode_varint(uint8_t out[MAX_VARINT], uint64_t value)
{
	size_t n = 0;

	for (; value > 0x7f; value >>= 7)
		out[n++] = (uint8_t)(value | 0x80);
	out[n++] = (uint8_t)value;
	return n;
}

/* Bytes that are kept in memory. */
static void put_bytes(struct proto *m, const void *data, size_t size)
{
	if (size == 0)
		return;
	if (m->room - m->used < size) {
		m->room = (m->used + size) * 2;
		m->bytes = xrealloc(m->bytes, m->room, 1);
	}
	memcpy(m->bytes + m->used, data, size);
	m->used += size;
	m->size += size;
}

static void put_varint(struct proto *m, uint64_t value)
{
	uint8_t bytes[MAX_VARINT];

	put_bytes(m, bytes, encode_varint(bytes, value));
}

static void put_key(struct proto *m, int field, enum wire_type type)
{
	put_varint(m, (uint64_t)field << 3 | type);
}

static void put_piece(struct proto *m, size_t at, const void *data, size_t size)
{
	if (m->piece_count == m->piece_room) {
		m->piece_room = m->piece_room ? m->piece_room * 2 : FIRST_ROOM;
		m->pieces = xrealloc(m->pieces, m->piece_room, sizeof *m->pieces);
	}
	m->pieces[m->piece_count++] = (struct proto_piece){ at, data, size };
	m->size += size;
}

void proto_int(struct proto *m, int field, int64_t value)
{
	put_key(m, field, VARINT);
	put_varint(m, (uint64_t)value);
}

void proto_float(struct proto *m, int field, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof bits);
	put_key(m, field, FOUR_BYTES);
	bits = htole32(bits);
	put_bytes(m, &bits, sizeof bits);
}

void proto_text(struct proto *m, int field, const char *text)
{
	size_t size = strlen(text);

	put_key(m, field, LENGTH);
	put_varint(m, size);
	put_bytes(m, text, size);
}

void proto_packed(struct proto *m, int field, const int64_t *values, size_t count)
{
	struct proto part = {0};

	for (size_t i = 0; i < count; i++)
		put_varint(&part, (uint64_t)values[i]);
	proto_message(m, field, &part);
}

void proto_borrow(struct proto *m, int field, const void *data, size_t size)
{
	put_key(m, field, LENGTH);
	put_varint(m, size);
	put_piece(m, m->used, data, size);
}

void proto_append(struct proto *m, struct proto *part)
{
	size_t start = m->used;

	put_bytes(m, part->bytes, part->used);
	for (size_t i = 0; i < part->piece_count; i++)
		put_piece(m, start + part->pieces[i].at, part->pieces[i].data,
		          part->pieces[i].size);
	proto_release(part);
}

void proto_message(struct proto *m, int field, struct proto *part)
{
	put_key(m, field, LENGTH);
	put_varint(m, part->size);
	proto_append(m, part);
}

int proto_write(const struct proto *m, FILE *f, struct err *e)
{
	size_t at = 0;

	if (m->size > MAX_MESSAGE)
		return err_set(e, "%llu bytes, more than the %llu that a protocol buffer may have",
		               (unsigned long long)m->size, (unsigned long long)MAX_MESSAGE);
	for (size_t i = 0; i < m->piece_count; i++) {
		const struct proto_piece *p = &m->pieces[i];

		fwrite(m->bytes + at, 1, p->at - at, f);
		fwrite(p->data, 1, p->size, f);
		at = p->at;
	}
	if (m->used > at)
		fwrite(m->bytes + at, 1, m->used - at, f);
	return ferror(f) ? err_set(e, "%s", strerror(errno)) : 0;
}

void proto_release(struct proto *m)
{
	free(m->bytes);
	free(m->pieces);
	*m = (struct proto){0};
}
