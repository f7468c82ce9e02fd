/* Deflate streams: packed and unpacked, whole and in pieces; cut, damaged, longer than said. */
#include "format/deflate.h"

#include <stdlib.h>

#include "tap.h"

enum { SIZE = 300000, PIECE = 4096 };

static uint8_t data[SIZE], got[SIZE];
static uint8_t *packed;
static size_t packed_size;
static struct err e;

/* Half of it repeats itself, half does not. */
static void make_data(void)
{
	uint32_t state = 1;

	for (int i = 0; i < SIZE; i++) {
		state = state * 1664525 + 1013904223;
		data[i] = (uint8_t)(i % 2 ? (uint32_t)i / 100 : state >> 24);
	}
}

static void parts(void)
{
	const struct deflate_part part[] = {
		{ data, 1 }, { data + 1, 0 },
		{ data + 1, SIZE - 1001 }, { data + SIZE - 1000, 1000 },
	};

	packed = deflate_pack(part, 4, &packed_size);
	ok(packed_size < SIZE, "smaller than it was: %zu bytes", packed_size);
	is_int(deflate_unpack(got, SIZE, packed, packed_size, &e), 0, "unpacked");
	ok(!memcmp(got, data, SIZE), "four parts are one stream");
}

static void nothing(void)
{
	const struct deflate_part part = { data, 0 };
	size_t size;
	void *empty = deflate_pack(&part, 1, &size);

	is_int(deflate_unpack(got, 0, empty, size, &e), 0, "a stream of nothing");
	is_int(deflate_unpack(got, 1, empty, size, &e), -1, "holds no byte");
	free(empty);
}

static void pieces(void)
{
	struct deflate_reader *r = deflate_reader_new(packed, packed_size, &e);
	size_t used = 0;
	bool forward = true;
	int result = 0;

	memset(got, 0, SIZE);
	for (size_t at = 0; at < SIZE && result == 0; at += PIECE) {
		size_t n = SIZE - at < PIECE ? SIZE - at : PIECE;

		result = deflate_read(r, got + at, n, &e);
		forward &= deflate_reader_used(r) >= used && deflate_reader_used(r) <= packed_size;
		used = deflate_reader_used(r);
	}
	ok(result == 0 && !memcmp(got, data, SIZE), "the same in pieces");
	ok(forward, "the input is used up from the front");
	is_int(deflate_read_end(r, &e), 0, "then it ends");
	is_int(deflate_read(r, got, 1, &e), -1, "and holds no more");
	deflate_reader_free(r);
	r = deflate_reader_new(packed, packed_size, &e);
	is_int(deflate_read(r, got, SIZE - 1, &e), 0, "all but the last byte");
	is_int(deflate_read_end(r, &e), -1, "it goes on");
	deflate_reader_free(r);
	deflate_reader_free(NULL);
}

static void refused(void)
{
	is_int(deflate_unpack(got, SIZE - 1, packed, packed_size, &e), -1, "more than was said");
	is_int(deflate_unpack(got, SIZE, packed, packed_size - 1, &e), -1, "cut off");
	is_int(deflate_unpack(got, SIZE, packed, 0, &e), -1, "no stream");
	packed[0] = 7;                          /* a last block of a type that is none */
	is_int(deflate_unpack(got, SIZE, packed, packed_size, &e), -1, "damaged");
}

/* A byte of deflate stands for 1032 at most. */
static void ratio(void)
{
	is_int(deflate_check_ratio(SIZE, packed_size, &e), 0, "a size that may be");
	is_int(deflate_check_ratio(0, 2, &e), 0, "nothing");
	is_int(deflate_check_ratio((size_t)1 << 40, 1 << 20, &e), -1, "one that cannot");
}

static void checksum(void)
{
	is_int(deflate_crc(0, "123456789", 9), 0xcbf43926, "the known CRC-32");
	is_int(deflate_crc(deflate_crc(0, "1234", 4), "56789", 5), 0xcbf43926, "continued");
}

int main(void)
{
	make_data();
	parts();
	nothing();
	pieces();
	ratio();
	refused();
	checksum();
	free(packed);
	return tap_end();
}
