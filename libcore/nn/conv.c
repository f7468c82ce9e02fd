/*
 * Convolution as products of windows and kernels; see conv.h. The windows of a row of x are the
 * 3 C numbers that three neighbouring pixels hold, one window for each output column. Output rows
 * are three products, one for each row of x that they see; those of a strip are done together.
 */
#include "nn/conv.h"

#include <string.h>

#include "nn/elementwise.h"
#include "nn/gemm.h"

enum {
	TAPS = 3,                       /* pixels of a window, and its rows that a row of y sees */
	/* windows of one strip: half of a common L2; whole images were 1.4x slower */
	STRIP_BYTES = 512 << 10,
};

static int window_size(const struct conv *c)
{
	return TAPS * c->C;
}

/* Numbers of a row of windows. */
static size_t row_size(const struct conv *c)
{
	return (size_t)conv_out(c->W, c->same) * (size_t)window_size(c);
}

/* Output rows whose windows fill a strip. */
static int strip_rows(const struct conv *c)
{
	size_t rows = STRIP_BYTES / (row_size(c) * sizeof(float));

	return rows < TAPS ? 1 : (int)rows - (TAPS - 1);
}

size_t conv_scratch(const struct conv *c)
{
	return (size_t)(strip_rows(c) + TAPS - 1) * row_size(c);
}

/* The columns v of output column j that lie inside the image: LOW..HIGH-1 of 0..2. */
static void inside(int j, int pad, int W, int *low, int *high)
{
	*low = j - pad < 0 ? pad - j : 0;
	*high = j - pad + TAPS > W ? W - j + pad : TAPS;
}

/* Is there a row of x that row I of windows is made of? *AT: where it begins. */
static bool row_of(const struct conv *c, int i, size_t *at)
{
	int row = i - c->same;
	bool is_inside = row >= 0 && row < c->H;

	*at = is_inside ? (size_t)row * (size_t)c->W * (size_t)c->C : 0;
	return is_inside;
}

/* Rows I0..I1-1 of windows: WINDOW [rows][W'][3][C]. */
static void gather(const struct conv *c, float *window, const float *x, int i0, int i1)
{
	int pad = c->same, out = conv_out(c->W, c->same), C = c->C;

	for (int i = i0; i < i1; i++) {
		size_t at;

		if (!row_of(c, i, &at)) {
			memset(window, 0, row_size(c) * sizeof *window);
			window += row_size(c);
			continue;
		}
		for (int j = 0; j < out; j++, window += window_size(c)) {
			int low, high;

			inside(j, pad, c->W, &low, &high);
			memset(window, 0, (size_t)(low * C) * sizeof *window);
			memcpy(window + low * C, x + at + (size_t)(j + low - pad) * (size_t)C,
			       (size_t)((high - low) * C) * sizeof *window);
			memset(window + high * C, 0, (size_t)((TAPS - high) * C) * sizeof *window);
		}
	}
}

/* The reverse: adds the windows to the pixels that they came from. */
static void scatter(const struct conv *c, float *dx, const float *window, int i0, int i1)
{
	int pad = c->same, out = conv_out(c->W, c->same), C = c->C;

	for (int i = i0; i < i1; i++) {
		size_t at;
		bool is_inside = row_of(c, i, &at);

		for (int j = 0; j < out; j++, window += window_size(c)) {
			int low, high;

			inside(j, pad, c->W, &low, &high);
			if (is_inside)
				elementwise_add(dx + at + (size_t)(j + low - pad) * (size_t)C,
				                window + low * C, (size_t)((high - low) * C));
		}
	}
}

int conv_strips(const struct conv *c)
{
	return (conv_out(c->H, c->same) + strip_rows(c) - 1) / strip_rows(c);
}

void conv_strip_rows(const struct conv *c, int strip, int *from, int *to)
{
	int rows = conv_out(c->H, c->same);

	*from = strip * strip_rows(c);
	*to = *from + strip_rows(c) < rows ? *from + strip_rows(c) : rows;
}

void conv_forward_strip(const struct conv *c, float *y, const float *x, const float *w,
                        const float *b, float *scratch, int strip)
{
	int from, to, m, cols = conv_out(c->W, c->same), K = c->K, n = window_size(c);
	float *out;

	conv_strip_rows(c, strip, &from, &to);
	m = (to - from) * cols;
	out = y + (size_t)from * (size_t)cols * (size_t)K;
	gather(c, scratch, x, from, to + TAPS - 1);
	for (int p = 0; p < m; p++)
		memcpy(out + (size_t)p * (size_t)K, b, (size_t)K * sizeof *b);
	for (int u = 0; u < TAPS; u++)
		gemm(GEMM_NN, m, K, n, scratch + (size_t)u * row_size(c), n,
		     w + (size_t)u * (size_t)n * (size_t)K, K, 1, out, K);
}

static void add_bias_gradient(float *db, const float *dy, int m, int K)
{
	for (int p = 0; p < m; p++)
		elementwise_add(db, dy + (size_t)p * (size_t)K, (size_t)K);
}

void conv_backward(const struct conv *c, float *dx, float *dw, float *db, const float *dy,
                   const float *x, const float *w, float *scratch)
{
	int cols = conv_out(c->W, c->same), K = c->K, n = window_size(c);
	size_t taps = (size_t)n * (size_t)K;

	memset(db, 0, (size_t)K * sizeof *db);
	memset(dw, 0, TAPS * taps * sizeof *dw);
	if (dx)
		memset(dx, 0, (size_t)c->H * (size_t)c->W * (size_t)c->C * sizeof *dx);
	for (int strip = 0; strip < conv_strips(c); strip++) {
		int from, to, m;
		const float *out;

		conv_strip_rows(c, strip, &from, &to);
		m = (to - from) * cols;
		out = dy + (size_t)from * (size_t)cols * (size_t)K;
		gather(c, scratch, x, from, to + TAPS - 1);
		for (int u = 0; u < TAPS; u++)
			gemm(GEMM_TN, n, K, m, scratch + (size_t)u * row_size(c), n, out, K, 1,
			     dw + (size_t)u * taps, K);
		add_bias_gradient(db, out, m, K);
		if (!dx)
			continue;
		memset(scratch, 0, (size_t)(to - from + TAPS - 1) * row_size(c) * sizeof *scratch);
		for (int u = 0; u < TAPS; u++)
			gemm(GEMM_NT, m, n, K, out, K, w + (size_t)u * taps, K, 1,
			     scratch + (size_t)u * row_size(c), n);
		scatter(c, dx, scratch, from, to + TAPS - 1);
	}
}
