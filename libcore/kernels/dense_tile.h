#pragma once
/* The insides of the dense kernels and of Adam: tiles of a block of weights, groups of rows. */
#include <stdbool.h>
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/tile.h"

/*
 * Asks for rows FIRST .. LAST - 1 of the block of weights after this one. Spread over a
 * block's tiles, so that memory works while the sums are made.
 */
ALWAYS void fetch_next(const float *w, int first, int last)
{
	enum { LINE = 64 / sizeof(float) };
	const float *next = w + DENSE_ROWS * PANEL;

	for (int i = first * PANEL; i < last * PANEL; i += LINE)
		__builtin_prefetch(next + i);
}

ALWAYS void dense_tile(int rows, int at, float *y, size_t y_row, const float *x,
                       const float *w, size_t w_row, int n)
{
	sums s;

	fetch_next(w, DENSE_ROWS * at / n, DENSE_ROWS * (at + rows) / n);
	sums_load(s, rows, y + (size_t)at * y_row, y_row);
	sums_add(s, rows, x + (size_t)at * DENSE_ROWS, DENSE_ROWS, 1, w, w_row, DENSE_ROWS);
	sums_store(s, rows, y + (size_t)at * y_row, y_row);
}

/* rows of weights added at a time: y is loaded and stored once for them */
enum { FEW_ROWS = 4 };

/* Rows that some image needs, in order; COUNT of them, 0 at the end. */
struct few {
	int row[FEW_ROWS], count;
};

ALWAYS bool any_not_zero(const float *x, size_t x_row, int n)
{
	for (int i = 0; i < n; i++)
		if (x[i * x_row] != 0)
			return true;
	return false;
}

/* Finds the next rows, from *R on. */
ALWAYS struct few next_few(int *r, const float *x, size_t x_row, int n, int rows)
{
	struct few f = { .count = 0 };

	for (; *r < rows && f.count < FEW_ROWS; ++*r)
		if (any_not_zero(x + *r, x_row, n))
			f.row[f.count++] = *r;
	for (int k = f.count; k < FEW_ROWS; k++)
		f.row[k] = f.row[0];
	return f;
}

/* One image; SOON: rows to ask for meanwhile, or NULL. */
ALWAYS void add_few(float *y, const float *x, const float *w, const struct few *f,
                    const struct few *soon, int out)
{
	const float *row[FEW_ROWS], *next[FEW_ROWS];
	float value[FEW_ROWS];

	for (int k = 0; k < FEW_ROWS; k++) {
		row[k] = w + (size_t)f->row[k] * out;
		next[k] = soon ? w + (size_t)soon->row[k] * out : row[k];
		value[k] = k < f->count ? x[f->row[k]] : 0;
	}
	for (int o = 0; o < out; o += LANES) {
		vec sum = load(y + o);

		for (int k = 0; k < FEW_ROWS; k++) {
			sum += value[k] * load(row[k] + o);
			if (soon)
				__builtin_prefetch(next[k] + o);
		}
		store(y + o, sum);
	}
}

ALWAYS void dense_dx_tile(int rows, int at, float *dxt, const float *w, const float *dyt, int n)
{
	sums s;

	fetch_next(w, at, at + rows);
	sums_load(s, rows, dxt + (size_t)at * n, n);
	sums_add(s, rows, w + (size_t)at * PANEL, PANEL, 1, dyt, n, PANEL);
	sums_store(s, rows, dxt + (size_t)at * n, n);
}

/* ANCHOR may be NULL. */
ALWAYS void adam_vec(float *w, float *m, float *v, const float *anchor, vec g,
                     const struct adam_step *a)
{
	vec w1 = load(w), m1 = load(m), v1 = load(v);

	if (anchor)
		g += a->pull * (w1 - load(anchor));
	m1 += (g - m1) * a->rate1;
	v1 += (g * g - v1) * a->rate2;
	store(m, m1);
	store(v, v1);
	store(w, w1 - m1 * a->alpha / (vec_sqrt(v1) + a->epsilon));
}

ALWAYS void dense_dw_sums(sums s, int rows, int at, const float *x, const float *dy,
                          size_t dy_row, int n)
{
	sums_zero(s, rows);
	sums_add(s, rows, x + at, 1, DENSE_ROWS, dy, dy_row, n);
}

ALWAYS void dense_dw_tile(int rows, int at, float *dw, const float *x, const float *dy,
                          size_t dy_row, int n)
{
	sums s;

	dense_dw_sums(s, rows, at, x, dy, dy_row, n);
	sums_store(s, rows, dw + (size_t)at * PANEL, PANEL);
}

ALWAYS void dense_adam_tile(int rows, int at, float *w, float *m, float *v,
                            const float *anchor, const float *x, const float *dy,
                            size_t dy_row, int n, const struct adam_step *a)
{
	sums s;

	fetch_next(m, at, at + rows);
	fetch_next(v, at, at + rows);
	dense_dw_sums(s, rows, at, x, dy, dy_row, n);
	UNROLL
	for (int r = 0; r < rows; r++) {
		UNROLL
		for (int i = 0; i < TILE_VECS; i++) {
			size_t e = (size_t)(at + r) * PANEL + i * LANES;

			adam_vec(w + e, m + e, v + e, anchor ? anchor + e : NULL, s[r][i], a);
		}
	}
}

/* The numbers that fill no vector, by way of one that they fill in part. */
ALWAYS void adam_tail(float *w, float *m, float *v, const float *anchor, const float *g,
                      size_t count, const struct adam_step *a)
{
	float part[5][LANES] = {{0}};
	size_t bytes = count * sizeof(float);

	memcpy(part[0], w, bytes);
	memcpy(part[1], m, bytes);
	memcpy(part[2], v, bytes);
	memcpy(part[3], g, bytes);
	if (anchor)
		memcpy(part[4], anchor, bytes);
	adam_vec(part[0], part[1], part[2], anchor ? part[4] : NULL, load(part[3]), a);
	memcpy(w, part[0], bytes);
	memcpy(m, part[1], bytes);
	memcpy(v, part[2], bytes);
}
