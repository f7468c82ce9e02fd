/*
 * The two passes of resize.c for processors with AVX2, which the caller has made sure of.
 * The widening load is an intrinsic because GCC 12 takes the conversion of 8 bytes in a
 * vector apart, byte by byte (5 times slower).
 */
#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

#include "image/resize.h"
#include "image/resize_passes.h"

enum { LANES = 8, PIXEL = RESIZE_CHANNELS };

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load_widened(const uint8_t *p)
{
	return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
}

AVX2 static inline __m256i multiply_add(__m256i sum, __m256i a, __m256i b)
{
	return _mm256_add_epi32(sum, _mm256_mullo_epi32(a, b));
}

/* Four taps are two vectors; two pixels lie in each. */
AVX2 static void across(uint8_t *out, const uint8_t *line, const struct resize_weights *w)
{
	for (int o = 0; o < w->out; o++) {
		const struct resize_taps *t = &w->taps[o];
		const uint8_t *p = line + (size_t)t->first * PIXEL;
		const __m256i *k = (const __m256i *)t->wide;
		__m256i even = _mm256_setzero_si256(), odd = even;
		__m128i s;
		int32_t pixel;

		for (int i = 0; i < t->count; i += RESIZE_GROUP) {
			even = multiply_add(even, load_widened(p), _mm256_loadu_si256(k));
			odd = multiply_add(odd, load_widened(p + LANES),
			                   _mm256_loadu_si256(k + 1));
			p += RESIZE_GROUP * PIXEL;
			k += 2;
		}
		even = _mm256_add_epi32(even, odd);
		s = _mm_add_epi32(_mm256_castsi256_si128(even),
		                  _mm256_extracti128_si256(even, 1));
		s = _mm_srai_epi32(_mm_add_epi32(s, _mm_set1_epi32(RESIZE_HALF)),
		                   RESIZE_WEIGHT_BITS);
		s = _mm_packs_epi32(s, s);
		pixel = _mm_cvtsi128_si32(_mm_packus_epi16(s, s));
		memcpy(out + o * PIXEL, &pixel, PIXEL);
	}
}

/* Sixteen bytes of an output row: those at IN and in the rows below it. */
AVX2 static inline void down_16(uint8_t *out, const uint8_t *in, size_t row_bytes,
                                const struct resize_taps *t)
{
	__m256i low = _mm256_set1_epi32(RESIZE_HALF), high = low;

	for (int i = 0; i < t->count; i++) {
		__m256i k = _mm256_set1_epi32(t->k[i]);

		low = multiply_add(low, load_widened(in), k);
		high = multiply_add(high, load_widened(in + LANES), k);
		in += row_bytes;
	}
	low = _mm256_srai_epi32(low, RESIZE_WEIGHT_BITS);
	high = _mm256_srai_epi32(high, RESIZE_WEIGHT_BITS);
	/* packs works within halves: 0-3 8-11 4-7 12-15 */
	low = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high),
	                               _MM_SHUFFLE(3, 1, 2, 0));
	_mm_storeu_si128((__m128i *)out,
	                 _mm_packus_epi16(_mm256_castsi256_si128(low),
	                                  _mm256_extracti128_si256(low, 1)));
}

AVX2 static void down(uint8_t *out, const uint8_t *in, size_t row_bytes,
                      const struct resize_taps *t)
{
	const uint8_t *top = in + t->first * row_bytes;
	size_t i = 0;

	for (; i + 2 * LANES <= row_bytes; i += 2 * LANES)
		down_16(out + i, top + i, row_bytes, t);
	for (; i < row_bytes; i++)
		out[i] = resize_weigh(top + i, row_bytes, t);
}

const struct resize_passes resize_passes_avx2 = { "avx2", across, down };
#else
typedef int resize_avx2_is_empty;
#endif
