#pragma once
/*
 * Tiles of maps, gradients and weights to their points and back: Winograd's transforms in two
 * dimensions, a vector of channels at a time. Points lie in planes, PLANE floats apart.
 */
#include "kernels/panel.h"
#include "kernels/strip.h"
#include "kernels/vec.h"
#include "kernels/winograd.h"

/* ---- weights ---- */

/* 3 x 3 taps, TAP floats apart, to their points. */
VEC_INLINE void winograd_tile_prepare(float *u, size_t plane, const float *w, size_t tap)
{
	vec half[3][STRIP_REACH];       /* [column of taps][point down] */

	for (int v = 0; v < 3; v++) {
		vec column[3];

		for (int i = 0; i < 3; i++)
			column[i] = vec_load(w + (size_t)(3 * i + v) * tap);
		winograd_weights(half[v], column);
	}
	for (int i = 0; i < STRIP_REACH; i++) {
		vec row[3] = { half[0][i], half[1][i], half[2][i] }, t[STRIP_REACH];

		winograd_weights(t, row);
		for (int j = 0; j < STRIP_REACH; j++)
			vec_store(u + (size_t)(STRIP_REACH * i + j) * plane, t[j]);
	}
}

/* The transpose: sums at the points to the gradient of the taps. */
VEC_INLINE void winograd_tile_gradient(float *dw, size_t tap, const float *du, size_t plane)
{
	vec half[STRIP_REACH][3];

	for (int i = 0; i < STRIP_REACH; i++) {
		vec t[STRIP_REACH];

		for (int j = 0; j < STRIP_REACH; j++)
			t[j] = vec_load(du + (size_t)(STRIP_REACH * i + j) * plane);
		winograd_weights_back(half[i], t);
	}
	for (int v = 0; v < 3; v++) {
		vec t[STRIP_REACH], column[3];

		for (int i = 0; i < STRIP_REACH; i++)
			t[i] = half[i][v];
		winograd_weights_back(column, t);
		for (int i = 0; i < 3; i++)
			vec_store(dw + (size_t)(3 * i + v) * tap, column[i]);
	}
}

/* ---- inputs ---- */

/*
 * Tiles whose columns are transformed together, down first and then across: columns that
 * two tiles share are done once, and 6 x 38 vectors stay in L1.
 */
enum { WINOGRAD_TILE_CHUNK = 9, WINOGRAD_TILE_COLUMNS = STRIP_TILE * WINOGRAD_TILE_CHUNK + 2 };

/* The points down of columns FIRST .. FIRST + COLUMNS - 1. */
VEC_INLINE void winograd_tile_down(vec down[STRIP_REACH][WINOGRAD_TILE_COLUMNS],
                                   const struct strip *x, int channel, int first, int columns)
{
	for (int i = 0; i < columns; i++) {
		size_t at = (size_t)(first + i) * x->stride + channel;
		vec in[STRIP_REACH], t[STRIP_REACH];

		for (int r = 0; r < STRIP_REACH; r++)
			in[r] = vec_load_once(x->row[r] + at);
		winograd_input(t, in);
		for (int r = 0; r < STRIP_REACH; r++)
			down[r][i] = t[r];
	}
}

/* Points of the tiles of a panel that starts at CHANNEL. */
static inline void winograd_tile_inputs(float *points, size_t plane, const struct strip *x,
                                        int channel)
{
	vec down[STRIP_REACH][WINOGRAD_TILE_COLUMNS];

	for (int first = 0; first < x->tiles; first += WINOGRAD_TILE_CHUNK) {
		int rest = x->tiles - first,
		    count = rest < WINOGRAD_TILE_CHUNK ? rest : WINOGRAD_TILE_CHUNK;

		for (int c = 0; c < PANEL_WIDTH; c += LANES) {
			winograd_tile_down(down, x, channel + c, STRIP_TILE * first,
			                   STRIP_TILE * count + 2);
			for (int t = 0; t < count; t++) {
				float *to = points + (size_t)(first + t) * PANEL_WIDTH + c;

				for (int r = 0; r < STRIP_REACH; r++) {
					vec out[STRIP_REACH];

					winograd_input(out, down[r] + STRIP_TILE * t);
					for (int j = 0; j < STRIP_REACH; j++)
						vec_store(to + (STRIP_REACH * r + j) * plane,
						          out[j]);
				}
			}
		}
	}
}

/* ---- outputs ---- */

/* The 4 x 4 outputs of a tile from its points. */
VEC_INLINE void winograd_tile_output(vec y[STRIP_TILE][STRIP_TILE], const float *points,
                                     size_t plane)
{
	vec across[STRIP_REACH][STRIP_TILE];

	for (int r = 0; r < STRIP_REACH; r++) {
		vec in[STRIP_REACH];

		for (int j = 0; j < STRIP_REACH; j++)
			in[j] = vec_load_once(points + (STRIP_REACH * r + j) * plane);
		winograd_output(across[r], in);
	}
	for (int i = 0; i < STRIP_TILE; i++) {
		vec in[STRIP_REACH], out[STRIP_TILE];

		for (int r = 0; r < STRIP_REACH; r++)
			in[r] = across[r][i];
		winograd_output(out, in);
		for (int r = 0; r < STRIP_TILE; r++)
			y[r][i] = out[r];
	}
}

/* Stores the points of a tile of gradient; returns the sum of the tile. */
VEC_INLINE vec winograd_tile_output_back(float *points, size_t plane, vec y[STRIP_TILE][STRIP_TILE])
{
	vec down[STRIP_REACH][STRIP_TILE], sum = {0};

	for (int i = 0; i < STRIP_TILE; i++) {
		vec in[STRIP_TILE], out[STRIP_REACH];

		for (int r = 0; r < STRIP_TILE; r++)
			in[r] = y[r][i];
		sum += (in[0] + in[1]) + (in[2] + in[3]);
		winograd_output_back(out, in);
		for (int r = 0; r < STRIP_REACH; r++)
			down[r][i] = out[r];
	}
	for (int r = 0; r < STRIP_REACH; r++) {
		vec out[STRIP_REACH];

		winograd_output_back(out, down[r]);
		for (int j = 0; j < STRIP_REACH; j++)
			vec_store(points + (STRIP_REACH * r + j) * plane, out[j]);
	}
	return sum;
}
