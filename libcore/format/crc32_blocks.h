#pragma once
/*
 * The CRC-32 of many bytes that come in blocks. A block is taken piece by piece, in any order and
 * by any threads: whoever uses a piece takes it while its cache holds it. Pieces are joined in the
 * order of their indices, so that the sum does not depend on the threads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crc32_blocks {
	uint32_t crc;                   /* of all blocks that were ended; 0 at the start */
	/* the block: */
	const void *data;
	size_t size, piece_size;        /* bytes */
	struct {
		uint32_t crc;
		bool taken;
	} *piece;
	size_t room;                    /* for pieces */
	size_t shift_size;              /* the size whose crc32_shift is SHIFT */
	uint32_t shift;
};

/*
 * C is zero before its first block. Begins SIZE bytes at DATA, in pieces of PIECE_SIZE bytes, which
 * is 0 only if SIZE is.
 */
void crc32_blocks_begin(struct crc32_blocks *c, const void *data, size_t size, size_t piece_size);

/* Takes piece I, the last maybe a short one. Threads may take different pieces at once. */
void crc32_blocks_take(struct crc32_blocks *c, size_t i);

/* Takes the pieces that were not, and adds the block to C->crc. */
void crc32_blocks_end(struct crc32_blocks *c);
void crc32_blocks_release(struct crc32_blocks *c);
