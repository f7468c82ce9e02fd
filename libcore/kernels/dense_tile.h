#pragma once
/* The insides of the dense kernels: tiles of a block of weights, groups of rows. */
#include <stdbool.h>

#include "kernels/adam_step.h"
#include "kernels/kernels.h"
#include "kernels/tile.h"

/*
 * Asks for rows FIRST .. LAST - 1 of the block of weights after this one. Spread over a
 * block's tiles, so that memory works while the sums are made.
 */
VEC_INLINE void dense_tile_fetch(const float *w, int first, int last)
{
	enum { DENSE_TILE_LINE = 64 / sizeof(float) };
	const float *next = w + PANEL_ROWS * PANEL_WIDTH;

	for (int i = first * PANEL_WIDTH; i < last * PANEL_WIDTH; i += DENSE_TILE_LINE)
		__builtin_prefetch(next + i);
}

VEC_INLINE void dense_tile(int rows, int at, float *y, size_t y_row, const float *x,
                           const float *w, size_t w_row, int n)
{
	sums s;

	dense_tile_fetch(w, PANEL_ROWS * at / n, PANEL_ROWS * (at + rows) / n);
	tile_load(s, rows, y + (size_t)at * y_row, y_row);
	tile_add(s, rows, x + (size_t)at * PANEL_ROWS, PANEL_ROWS, 1, w, w_row, PANEL_ROWS);
	tile_store(s, rows, y + (size_t)at * y_row, y_row);
}

/* rows of weights added at a time: y is loaded and stored once for them */
enum { DENSE_TILE_FEW = 4 };

/* Rows that some image needs, in order; COUNT of them, 0 at the end. */
struct few {
	int row[DENSE_TILE_FEW], count;
};

VEC_INLINE bool dense_tile_any(const float *x, size_t x_row, int n)
{
	for (int i = 0; i < n; i++)
		if (x[i * x_row] != 0)
			return true;
	return false;
}

/* Finds the next rows, from *R on. */
VEC_INLINE struct few dense_tile_next_few(int *r, const float *x, size_t x_row, int n, int rows)
{
	struct few f = { .count = 0 };

	for (; *r < rows && f.count < DENSE_TILE_FEW; ++*r)
		if (dense_tile_any(x + *r, x_row, n))
			f.row[f.count++] = *r;
	for (int k = f.count; k < DENSE_TILE_FEW; k++)
		f.row[k] = f.row[0];
	return f;
}

/* One image; AFTER: rows to ask for meanwhile, or NULL. */
VEC_INLINE void dense_tile_add_few(float *y, const float *x, const float *w, const struct few *f,
                                   const struct few *after, int out)
{
	const float *row[DENSE_TILE_FEW], *next[DENSE_TILE_FEW];
	float value[DENSE_TILE_FEW];

	for (int k = 0; k < DENSE_TILE_FEW; k++) {
		row[k] = w + (size_t)f->row[k] * out;
		next[k] = after ? w + (size_t)after->row[k] * out : row[k];
		value[k] = k < f->count ? x[f->row[k]] : 0;
	}
	for (int o = 0; o < out; o += LANES) {
		vec sum = vec_load(y + o);

		for (int k = 0; k < DENSE_TILE_FEW; k++) {
			sum += value[k] * vec_load(row[k] + o);
			if (after)
				__builtin_prefetch(next[k] + o);
		}
		vec_store(y + o, sum);
	}
}

VEC_INLINE void dense_tile_dx(int rows, int at, float *dxt, const float *w, const float *dyt, int n)
{
	sums s;

	dense_tile_fetch(w, at, at + rows);
	tile_load(s, rows, dxt + (size_t)at * n, n);
	tile_add(s, rows, w + (size_t)at * PANEL_WIDTH, PANEL_WIDTH, 1, dyt, n, PANEL_WIDTH);
	tile_store(s, rows, dxt + (size_t)at * n, n);
}

VEC_INLINE void dense_tile_dw_sums(sums s, int rows, int at, const float *x, const float *dy,
                                   size_t dy_row, int n)
{
	tile_zero(s, rows);
	tile_add(s, rows, x + at, 1, PANEL_ROWS, dy, dy_row, n);
}

VEC_INLINE void dense_tile_dw(int rows, int at, float *dw, const float *x, const float *dy,
                              size_t dy_row, int n)
{
	sums s;

	dense_tile_dw_sums(s, rows, at, x, dy, dy_row, n);
	tile_store(s, rows, dw + (size_t)at * PANEL_WIDTH, PANEL_WIDTH);
}

VEC_INLINE void dense_tile_adam(int rows, int at, float *w, float *m, float *v,
                                const float *anchor, const float *x, const float *dy,
                                size_t dy_row, int n, const struct adam_step *a)
{
	sums s;

	dense_tile_fetch(m, at, at + rows);
	dense_tile_fetch(v, at, at + rows);
	dense_tile_dw_sums(s, rows, at, x, dy, dy_row, n);
	VEC_UNROLL
	for (int r = 0; r < rows; r++) {
		VEC_UNROLL
		for (int i = 0; i < TILE_VECS; i++) {
			size_t e = (size_t)(at + r) * PANEL_WIDTH + i * LANES;

			adam_step_vec(w + e, m + e, v + e, anchor ? anchor + e : NULL, s[r][i], a);
		}
	}
}
