/* Blocks against the CRC of the whole, whatever the pieces, who takes them and in which order. */
#include "format/crc32_blocks.h"

#include "base/threads.h"
#include "format/crc32.h"
#include "tap.h"

enum { SIZE = 5000 };
static uint8_t data[SIZE];

static void take(void *arg, size_t i, int worker)
{
	(void)worker;
	crc32_blocks_take(arg, i);
}

enum order { NOBODY, FORWARDS, BACKWARDS, EVERY_OTHER, THREADS };

static void take_all(struct crc32_blocks *c, size_t pieces, enum order order, struct threads *pool)
{
	if (order == THREADS)
		threads_run(pool, pieces, take, c);
	for (size_t i = 0; i < pieces && order == FORWARDS; i++)
		crc32_blocks_take(c, i);
	for (size_t i = pieces; i-- > 0 && order == BACKWARDS;)
		crc32_blocks_take(c, i);
	for (size_t i = 0; i < pieces && order == EVERY_OTHER; i += 2)
		crc32_blocks_take(c, i);
}

static uint32_t crc_in_blocks(size_t block, size_t piece, enum order order, struct threads *pool)
{
	struct crc32_blocks c = {0};
	uint32_t crc;

	for (size_t at = 0; at < SIZE; at += block) {
		size_t size = SIZE - at < block ? SIZE - at : block;

		crc32_blocks_begin(&c, data + at, size, piece);
		take_all(&c, (size + piece - 1) / piece, order, pool);
		crc32_blocks_end(&c);
	}
	crc = c.crc;
	crc32_blocks_release(&c);
	crc32_blocks_release(&c);
	return crc;
}

int main(void)
{
	static const char *const name[] = {
		"taken at the end", "forwards", "backwards", "every other", "by threads",
	};
	static const size_t block[] = { 1, 700, 4096, SIZE }, piece[] = { 1, 64, 700, 9000 };
	struct threads *pool = threads_new(3);
	struct crc32_blocks empty = {0};
	uint32_t state = 1, want;

	for (int i = 0; i < SIZE; i++)
		data[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
	want = crc32_add(0, data, SIZE);
	for (int order = NOBODY; order <= THREADS; order++) {
		int wrong = 0;

		for (int i = 0; i < 16; i++)
			wrong += crc_in_blocks(block[i / 4], piece[i % 4], (enum order)order,
			                       pool) != want;
		is_int(wrong, 0, name[order]);
	}
	crc32_blocks_begin(&empty, data, 0, 0);
	crc32_blocks_end(&empty);
	is_int(empty.crc, 0, "an empty block");
	crc32_blocks_release(&empty);
	threads_free(pool);
	return tap_end();
}
