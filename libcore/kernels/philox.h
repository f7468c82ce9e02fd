#pragma once
/*
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3.
 * SC 2011), LANES blocks side by side, and their bytes as dropout masks. base/rng.h has
 * the same, one block at a time.
 */
#include <string.h>

#include "kernels/vec.h"

enum { PHILOX_ROUNDS = 10, PHILOX_WORDS = 4, PHILOX_BYTES = 16 };

/* LANES blocks side by side; the compiler makes widening multiplications of the loops. */
VEC_INLINE void philox(uint32_t c[PHILOX_WORDS][LANES], uint64_t seed)
{
	uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);

	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		for (int i = 0; i < LANES; i++) {
			uint64_t p0 = (uint64_t)c[0][i] * 0xD2511F53u,
				 p1 = (uint64_t)c[2][i] * 0xCD9E8D57u;
			uint32_t one = c[1][i], three = c[3][i];

			c[0][i] = (uint32_t)(p1 >> 32) ^ one ^ key0;
			c[1][i] = (uint32_t)p1;
			c[2][i] = (uint32_t)(p0 >> 32) ^ three ^ key1;
			c[3][i] = (uint32_t)p0;
		}
		key0 += 0x9E3779B9u;
		key1 += 0xBB67AE85u;
	}
}

typedef uint32_t words4 __attribute__((vector_size(16)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef bytes16 bytes16_any __attribute__((aligned(1), may_alias));

/* Four words of A and B side by side; gcc has clang's name for it only since 12. */
#ifdef __clang__
#define PHILOX_TAKE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PHILOX_TAKE(a, b, ...) __builtin_shuffle(a, b, (words4){__VA_ARGS__})
#endif

/* Block BLOCK of four side by side, from word k of the four in w[k]: a column of a 4 x 4 matrix. */
#define PHILOX_BLOCK(w, block)                                                           \
	PHILOX_TAKE(PHILOX_TAKE(w[0], w[1], block, 4 + (block), block, 4 + (block)),     \
	            PHILOX_TAKE(w[2], w[3], block, 4 + (block), block, 4 + (block)), 0, 1, 4, 5)

VEC_INLINE void philox_keep(uint8_t *keep, words4 block, bytes16 threshold)
{
	*(bytes16_any *)keep = (bytes16)((bytes16)block >= threshold) & 1;
}

/* Four blocks, of lanes FIRST .. FIRST + 3. */
VEC_INLINE void philox_keep4(uint8_t *keep, uint32_t c[PHILOX_WORDS][LANES], int first,
                             bytes16 threshold)
{
	words4 w[PHILOX_WORDS];

	for (int k = 0; k < PHILOX_WORDS; k++)
		memcpy(&w[k], c[k] + first, sizeof w[k]);
	philox_keep(keep, PHILOX_BLOCK(w, 0), threshold);
	philox_keep(keep + PHILOX_BYTES, PHILOX_BLOCK(w, 1), threshold);
	philox_keep(keep + 2 * PHILOX_BYTES, PHILOX_BLOCK(w, 2), threshold);
	philox_keep(keep + 3 * PHILOX_BYTES, PHILOX_BLOCK(w, 3), threshold);
}
