#pragma once
/*
 * Writer of protocol-buffer messages. Small fields are kept in memory, large ones
 * (weights) only pointed at until proto_write, since the length in front of a
 * message needs the sizes of all that is inside, but not the bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct proto {
	uint8_t *bytes;                 /* the message without the large fields' data */
	size_t used, room;
	struct proto_piece {
		size_t at;              /* the data belong before this place in BYTES */
		const void *data;
		size_t size;
	} *pieces;
	size_t piece_count, piece_room;
	uint64_t size;                  /* of the message, data included */
};

/* A message that is zero is empty. Each call adds a field; numbers as the schema names them. */
void proto_int(struct proto *m, int field, int64_t value);              /* or bool, enum */
void proto_float(struct proto *m, int field, float value);
void proto_text(struct proto *m, int field, const char *text);          /* string or bytes */
void proto_packed(struct proto *m, int field, const int64_t *values, size_t count);

/* Bytes that stay where they are, until proto_write. */
void proto_borrow(struct proto *m, int field, const void *data, size_t size);

/* Message PART as a field; PART is empty afterwards. Pieces that it borrows move along. */
void proto_message(struct proto *m, int field, struct proto *part);

/* The fields of PART after those of M, without a message around them; PART is empty afterwards. */
void proto_append(struct proto *m, struct proto *part);

/*
 * Writes the whole message. Returns 0, or -1 with E set: larger than any reader takes; F
 * refuses.
 */
int proto_write(const struct proto *m, FILE *f, struct err *e);
void proto_release(struct proto *m);
