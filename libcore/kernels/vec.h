#pragma once
/*
 * Vectors of LANES floats in the language of GCC and clang, and the few
 * operations that the language lacks. Included only by simd.c, which is compiled once for each
 * instruction set with LANES and the flags of that set.
 */
#include <stdint.h>

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ivec __attribute__((vector_size(4 * LANES)));
typedef uint8_t bvec __attribute__((vector_size(LANES)));

/* The same in memory, at any address. */
typedef float vec_any __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint8_t bvec_any __attribute__((vector_size(LANES), aligned(1), may_alias));

#define VEC_INLINE static inline __attribute__((always_inline))

/* For loops over registers: unrolled before the compiler decides what lives in memory. */
#if defined(__clang__)
#define VEC_UNROLL _Pragma("unroll")
#else
#define VEC_UNROLL _Pragma("GCC unroll 16")
#endif

VEC_INLINE vec vec_load(const float *p) { return *(const vec_any *)p; }
/*
 * The same, for a number that is used several times: GCC would rather load it again each
 * time, as an operand in memory, and the transforms are bound by loads then.
 */
VEC_INLINE vec vec_load_once(const float *p)
{
	vec v = vec_load(p);

#if defined(__AVX512F__)
	__asm__("" : "+v"(v));
#elif defined(__SSE2__)
	__asm__("" : "+x"(v));
#elif defined(__aarch64__)
	__asm__("" : "+w"(v));
#endif
	return v;
}

VEC_INLINE void vec_store(float *p, vec v) { *(vec_any *)p = v; }
VEC_INLINE vec vec_splat(float x) { return x - (vec){0}; }

/* Bytes to integers and back; integers must be 0..255. */
VEC_INLINE ivec vec_load_bytes(const uint8_t *p)
{
	return __builtin_convertvector(*(const bvec_any *)p, ivec);
}

VEC_INLINE void vec_store_bytes(uint8_t *p, ivec v)
{
	*(bvec_any *)p = __builtin_convertvector(v, bvec);
}

/* YES where MASK is all ones, NO where it is zero. */
VEC_INLINE ivec vec_choose(ivec mask, ivec yes, ivec no) { return (mask & yes) | (~mask & no); }
VEC_INLINE vec vec_keep_where(ivec mask, vec v) { return (vec)(mask & (ivec)v); }

#if LANES == 16
VEC_INLINE vec vec_max(vec a, vec b) { return (vec)_mm512_max_ps((__m512)a, (__m512)b); }
VEC_INLINE vec vec_sqrt(vec a) { return (vec)_mm512_sqrt_ps((__m512)a); }
#elif LANES == 8
VEC_INLINE vec vec_max(vec a, vec b) { return (vec)_mm256_max_ps((__m256)a, (__m256)b); }
VEC_INLINE vec vec_sqrt(vec a) { return (vec)_mm256_sqrt_ps((__m256)a); }
#elif defined(__SSE2__)
VEC_INLINE vec vec_max(vec a, vec b) { return (vec)_mm_max_ps((__m128)a, (__m128)b); }
VEC_INLINE vec vec_sqrt(vec a) { return (vec)_mm_sqrt_ps((__m128)a); }
#elif defined(__aarch64__)
VEC_INLINE vec vec_max(vec a, vec b) { return (vec)vmaxq_f32((float32x4_t)a, (float32x4_t)b); }
VEC_INLINE vec vec_sqrt(vec a) { return (vec)vsqrtq_f32((float32x4_t)a); }
#endif
