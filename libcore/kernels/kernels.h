#pragma once
/*
 * The operations that the fused engine is made of, each about a strip of an image or a
 * block of the dense weights: tens of microseconds, so that a call through a pointer
 * costs nothing. A table for each instruction set, and one in plain C (ref) that says
 * what each operation means. METHOD.md tells how.
 *
 * Counts of channels are multiples of PANEL_WIDTH (panel.h). Arrays may start at any multiple of
 * 4 bytes.
 * No array overlaps another unless said.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernels/panel.h"
#include "kernels/strip.h"

/*
 * One step of Adam: m += (g - m) rate1; v += (g g - v) rate2; w -= m alpha / (sqrt(v) + epsilon).
 * Where there is an ANCHOR, pull (w - anchor) is added to g first.
 */
struct adam_step {
	float alpha, rate1, rate2, epsilon, pull;
};

struct kernels {
	const char *isa;                /* "ref", "sse2", "neon", "avx2", "avx512" */

	/*
	 * A row of conv1: y[x][k] = relu(b[k] + sum over u, v, c of row[u][(x + v) C + c]
	 * w[u][v][c][k]). Any C. ROW: three rows of columns + 2 pixels of C floats.
	 */
	void (*conv1)(float *y, const float *const row[3], const float *w, const float *b,
	              int columns, int C, int K);
	/*
	 * dw[u][v][c][k] += sum over x of row[u][(x + v) C + c] dy[x][k]; db[k] += sum
	 * over x of dy[x][k]: for the first PANEL_WIDTH of K.
	 */
	void (*conv1_back)(float *dw, float *db, const float *const row[3],
	                   const float *dy, int columns, int C, int K);

	/*
	 * Weights for the calls below. A panel: ROWS rows of PANEL_WIDTH numbers, from
	 * w[9 taps][row][PANEL_WIDTH], where taps lie TAP floats apart and rows ROW apart,
	 * to u[STRIP_POINTS][ROWS][PANEL_WIDTH], planes PLANE apart. What u holds is the
	 * table's own affair.
	 */
	void (*prepare)(float *u, size_t plane, const float *w, size_t tap, size_t row, int rows);
	/* Its transpose: from the sums that conv_back made to a gradient; dw is overwritten. */
	void (*gradient)(float *dw, size_t tap, size_t row, const float *du, size_t plane,
	                 int rows);

	/*
	 * A strip of a valid 3x3 convolution, output [4][4 tiles][K], then bias and relu.
	 * U [STRIP_POINTS][K / PANEL_WIDTH][C][PANEL_WIDTH] by prepare from w[9][C][K];
	 * SCRATCH of kernels_scratch floats.
	 */
	void (*conv_relu)(const struct relu_rows *y, const struct strip *x,
	                  const float *u, const float *b, int K, float *scratch);
	void (*conv_pool)(const struct pooled_rows *y, const struct strip *x,
	                  const float *u, const float *b, int K, float *scratch);

	/*
	 * Backward, PANEL_WIDTH input channels (x->C) at a time; strips of an image from
	 * the top down. DX: four rows of the gradient at the input. What the strip adds to
	 * the two rows below them waits in CARRY [2][4 tiles + 2][PANEL_WIDTH], zeros
	 * before the first strip, for the next strip or for conv_back_end.
	 * DU [STRIP_POINTS][K / PANEL_WIDTH][PANEL_WIDTH c][PANEL_WIDTH k] grows by this
	 * strip's sums, for gradient. DB [K], or NULL, grows by the sums of DY.
	 * UT [STRIP_POINTS][K][PANEL_WIDTH c] by prepare from the transposed weights
	 * w[9][K][C]. DX may lie in the rows of X that no later strip reads.
	 */
	void (*conv_back)(const struct input_gradient *dx, float *carry, float *du,
	                  float *db, const struct strip *x,
	                  const struct strip_gradient *dy, const float *ut, int K,
	                  float *scratch);
	/*
	 * Stores the carry of the last strip in rows 0 and 1 of DX (rows 2 and 3, if any:
	 * zeros) and clears it.
	 */
	void (*conv_back_end)(const struct input_gradient *dx, float *carry, int tiles);

	/*
	 * y[n][PANEL_WIDTH] += x[n][PANEL_ROWS] w[PANEL_ROWS][PANEL_WIDTH]; rows of y and w lie
	 * Y_ROW, W_ROW floats apart.
	 */
	void (*dense)(float *y, size_t y_row, const float *x, int n, const float *w, size_t w_row);
	/*
	 * y[n][out] += x[n][rows] w[rows][out] for a few images, rows of x X_ROW apart;
	 * OUT a multiple of PANEL_WIDTH. Streams through w once; rows that no image needs,
	 * because their x is 0, are not read.
	 */
	void (*dense_few)(float *y, const float *x, size_t x_row, int n, const float *w,
	                  int rows, int out);
	/*
	 * dxt[PANEL_ROWS][n] += w[PANEL_ROWS][PANEL_WIDTH] dyt[PANEL_WIDTH][n]; N a
	 * multiple of PANEL_WIDTH.
	 */
	void (*dense_dx)(float *dxt, const float *w, const float *dyt, int n);
	/*
	 * g = x[n][PANEL_ROWS]^T dy[n][PANEL_WIDTH], rows of DY DY_ROW apart; a step of Adam on
	 * the block W, M, V. ANCHOR: a block, or NULL.
	 */
	void (*dense_adam)(float *w, float *m, float *v, const float *anchor,
	                   const float *x, const float *dy, size_t dy_row, int n,
	                   const struct adam_step *a);
	/* The same g, stored: dw[PANEL_ROWS][PANEL_WIDTH]. */
	void (*dense_dw)(float *dw, const float *x, const float *dy, size_t dy_row, int n);

	/* A step of Adam on COUNT numbers with gradient G. ANCHOR may be NULL. */
	void (*adam)(float *w, float *m, float *v, const float *anchor, const float *g,
	             size_t count, const struct adam_step *a);
	/*
	 * Dropout masks (nn/dropout.h): keep[i] = 1 if byte i of Philox blocks BLOCK.. is
	 * at least THRESHOLD, for i < 16 blocks. Counter {BLOCK + i / 16, image, step,
	 * stream}, key seed.
	 */
	void (*keep)(uint8_t *keep, uint64_t seed, const uint32_t counter[4], int blocks,
	             unsigned threshold);
};

extern const struct kernels kernels_ref;
#ifdef HAVE_sse2
extern const struct kernels kernels_sse2;
#endif
#ifdef HAVE_avx2
extern const struct kernels kernels_avx2;
#endif
#ifdef HAVE_avx512
extern const struct kernels kernels_avx512;
#endif
#ifdef HAVE_neon
extern const struct kernels kernels_neon;
#endif

/* Floats of scratch for a strip. */
static inline size_t kernels_scratch(int tiles, int C, int K)
{
	enum { KERNELS_SPARE = 32 };     /* of each point, between its planes */

	return STRIP_POINTS * ((size_t)tiles * (size_t)(C + K) + KERNELS_SPARE);
}

/*
 * The tables that this processor runs, fastest first, ref last: number I, or NULL past the end.
 */
const struct kernels *kernels_at(int i);

/*
 * The table named ISA, with NULL the fastest. NULL with E set: a name that is unknown or that
 * this processor does not run.
 */
const struct kernels *kernels_pick(const char *isa, struct err *e);
