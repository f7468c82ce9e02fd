#pragma once
/*
 * Products of matrices, a tile of sums in registers at a time: what all kernels with
 * products are made of.
 */
#include <stddef.h>

#include "kernels/vec.h"

/*
 * A product keeps a tile of ROWS x 2 vectors of sums in registers, beside two vectors of
 * the right operand and one number of the left. AVX-512 has 32 registers: 13 rows, and 25
 * tiles of a strip fall into 13 + 12, its 12 into one. AVX2 and SSE have 16: 6 rows, but
 * without FMA the product itself needs a register.
 */
#if LANES == 16
enum { TILE_ROWS = 13 };
#elif LANES == 8
enum { TILE_ROWS = 6 };
#elif defined(__aarch64__)
enum { TILE_ROWS = 12 };
#else
enum { TILE_ROWS = 5 };
#endif

enum {
	TILE_VECS = 2,
	TILE_COLUMNS = TILE_VECS * LANES,
	TILE_CASES = 13,       /* cases of TILE_EACH */
};

/* The sums of a tile. Lives in registers: every index is a constant once the loops are unrolled. */
typedef vec sums[TILE_ROWS][TILE_VECS];

VEC_INLINE void tile_zero(sums s, int rows)
{
	VEC_UNROLL
	for (int r = 0; r < rows; r++)
		s[r][0] = s[r][1] = (vec){0};
}

VEC_INLINE void tile_load(sums s, int rows, const float *y, size_t y_row)
{
	VEC_UNROLL
	for (int r = 0; r < rows; r++) {
		s[r][0] = vec_load(y + r * y_row);
		s[r][1] = vec_load(y + r * y_row + LANES);
	}
}

VEC_INLINE void tile_store(sums s, int rows, float *y, size_t y_row)
{
	VEC_UNROLL
	for (int r = 0; r < rows; r++) {
		vec_store(y + r * y_row, s[r][0]);
		vec_store(y + r * y_row + LANES, s[r][1]);
	}
}

/* s[r] += sum over d of a[r * a_row + d * a_step] b[d * b_step .. + TILE_COLUMNS] */
VEC_INLINE void tile_add(sums s, int rows, const float *a, size_t a_row, size_t a_step,
                         const float *b, size_t b_step, int depth)
{
	for (int d = 0; d < depth; d++) {
		vec b0 = vec_load(b), b1 = vec_load(b + LANES);

		VEC_UNROLL
		for (int r = 0; r < rows; r++) {
			vec x = vec_splat(a[r * a_row]);

			s[r][0] += x * b0;
			s[r][1] += x * b1;
		}
		a += a_step;
		b += b_step;
	}
}

/*
 * Splits COUNT rows into tiles as even as can be and calls F(constant number of rows,
 * first row, ...) for each. F is VEC_INLINE inline, so that each case is a loop without
 * variables in its bounds.
 */
#define TILE_CASE(n, f, at, ...) \
	case n: \
		f(n < TILE_ROWS ? n : TILE_ROWS, at, __VA_ARGS__); \
		break;
#define TILE_EACH(count, f, ...) \
	do { \
		int tiles_ = ((count) + TILE_ROWS - 1) / TILE_ROWS; \
		for (int i_ = 0, at_ = 0; i_ < tiles_; i_++) { \
			int rows_ = ((count) - at_) / (tiles_ - i_); \
			rows_ += ((count) - at_) % (tiles_ - i_) != 0; \
			switch (rows_) { \
			TILE_CASE(1, f, at_, __VA_ARGS__) \
			TILE_CASE(2, f, at_, __VA_ARGS__) \
			TILE_CASE(3, f, at_, __VA_ARGS__) \
			TILE_CASE(4, f, at_, __VA_ARGS__) \
			TILE_CASE(5, f, at_, __VA_ARGS__) \
			TILE_CASE(6, f, at_, __VA_ARGS__) \
			TILE_CASE(7, f, at_, __VA_ARGS__) \
			TILE_CASE(8, f, at_, __VA_ARGS__) \
			TILE_CASE(9, f, at_, __VA_ARGS__) \
			TILE_CASE(10, f, at_, __VA_ARGS__) \
			TILE_CASE(11, f, at_, __VA_ARGS__) \
			TILE_CASE(12, f, at_, __VA_ARGS__) \
			TILE_CASE(13, f, at_, __VA_ARGS__) \
			} \
			at_ += rows_; \
		} \
	} while (0)
_Static_assert((int)TILE_ROWS <= (int)TILE_CASES, "TILE_EACH has too few cases");
