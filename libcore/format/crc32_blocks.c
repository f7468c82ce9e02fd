/* CRC-32 of blocks in pieces; see crc32_blocks.h. */
#include "format/crc32_blocks.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "format/crc32.h"

static size_t count_pieces(const struct crc32_blocks *c)
{
	return c->size ? (c->size - 1) / c->piece_size + 1 : 0;
}

static size_t size_of_piece(const struct crc32_blocks *c, size_t i)
{
	size_t left = c->size - i * c->piece_size;

	return left < c->piece_size ? left : c->piece_size;
}

void crc32_blocks_begin(struct crc32_blocks *c, const void *data, size_t size, size_t piece_size)
{
	size_t count;

	c->data = data;
	c->size = size;
	c->piece_size = piece_size;
	count = count_pieces(c);
	if (count > c->room) {
		free(c->piece);
		c->piece = xmalloc(count, sizeof *c->piece);
		c->room = count;
	}
	for (size_t i = 0; i < count; i++)
		c->piece[i].taken = false;
}

void crc32_blocks_take(struct crc32_blocks *c, size_t i)
{
	const char *from = (const char *)c->data + i * c->piece_size;

	assert(i < count_pieces(c));
	c->piece[i].crc = crc32_add(0, from, size_of_piece(c, i));
	c->piece[i].taken = true;
}

/* crc32_shift, which costs some hundred steps, only where the size is not that of before. */
static uint32_t shift_for(struct crc32_blocks *c, size_t size)
{
	if (size != c->shift_size) {
		c->shift_size = size;
		c->shift = crc32_shift(size);
	}
	return c->shift;
}

void crc32_blocks_end(struct crc32_blocks *c)
{
	size_t count = count_pieces(c);

	for (size_t i = 0; i < count; i++) {
		if (!c->piece[i].taken)
			crc32_blocks_take(c, i);
		c->crc = crc32_join(c->crc, c->piece[i].crc, shift_for(c, size_of_piece(c, i)));
	}
	c->size = 0;
}

void crc32_blocks_release(struct crc32_blocks *c)
{
	free(c->piece);
	*c = (struct crc32_blocks){0};
}
