/* Convolution as products of patches and kernels; see conv.h. */
#include "nn/conv.h"

#include <string.h>

#include "nn/gemm.h"

enum {
	TAPS = 9,
	/* patches of one strip: half of a common L2; whole images were 1.4x slower */
	STRIP_BYTES = 512 << 10,
};

static int patch_size(const struct conv *c)
{
	return TAPS * c->C;
}

/* Output rows whose patches fill a strip. */
static int strip_rows(const struct conv *c)
{
	size_t row_bytes = (size_t)conv_out(c->W, c->same) * (size_t)patch_size(c) * sizeof(float);
	size_t rows = STRIP_BYTES / row_bytes;

	return rows < 1 ? 1 : (int)rows;
}

size_t conv_scratch(const struct conv *c)
{
	return (size_t)strip_rows(c) * (size_t)conv_out(c->W, c->same) * (size_t)patch_size(c);
}

/* The columns v of output column j that lie inside the image: LOW..HIGH-1 of 0..2. */
static void inside(int j, int pad, int W, int *low, int *high)
{
	*low = j - pad < 0 ? pad - j : 0;
	*high = j - pad + 3 > W ? W - j + pad : 3;
}

/* Patches of output rows I0..I1-1: PATCH [rows][W'][3][3][C]. */
static void gather(const struct conv *c, float *patch, const float *x, int i0, int i1)
{
	int pad = c->same, out = conv_out(c->W, c->same), C = c->C;

	for (int i = i0; i < i1; i++)
		for (int j = 0; j < out; j++)
			for (int u = 0; u < 3; u++, patch += 3 * C) {
				int row = i + u - pad, low, high;

				inside(j, pad, c->W, &low, &high);
				if (row < 0 || row >= c->H)
					low = high = 3;
				memset(patch, 0, (size_t)(low * C) * sizeof *patch);
				if (high > low)
					memcpy(patch + low * C,
					       x + ((size_t)row * (size_t)c->W +
					            (size_t)(j + low - pad)) *
					                       (size_t)C,
					       (size_t)((high - low) * C) *
					               sizeof *patch);
				memset(patch + high * C, 0,
				       (size_t)((3 - high) * C) * sizeof *patch);
			}
}

/* The reverse: adds the patches to the pixels that they came from. */
static void scatter(const struct conv *c, float *dx, const float *patch, int i0, int i1)
{
	int pad = c->same, out = conv_out(c->W, c->same), C = c->C;

	for (int i = i0; i < i1; i++)
		for (int j = 0; j < out; j++)
			for (int u = 0; u < 3; u++, patch += 3 * C) {
				int row = i + u - pad, low, high;
				float *to;

				if (row < 0 || row >= c->H)
					continue;
				inside(j, pad, c->W, &low, &high);
				to = dx + ((size_t)row * (size_t)c->W +
				           (size_t)(j + low - pad)) *
				                  (size_t)C;
				for (int t = 0; t < (high - low) * C; t++)
					to[t] += patch[low * C + t];
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
	int from, to, m, cols = conv_out(c->W, c->same), K = c->K;
	float *out;

	conv_strip_rows(c, strip, &from, &to);
	m = (to - from) * cols;
	out = y + (size_t)from * (size_t)cols * (size_t)K;
	gather(c, scratch, x, from, to);
	for (int p = 0; p < m; p++)
		memcpy(out + (size_t)p * (size_t)K, b, (size_t)K * sizeof *b);
	gemm(GEMM_NN, m, K, patch_size(c), scratch, patch_size(c), w, K, 1, out, K);
}

void conv_forward(const struct conv *c, float *y, const float *x, const float *w,
                  const float *b, float *scratch)
{
	for (int strip = 0; strip < conv_strips(c); strip++)
		conv_forward_strip(c, y, x, w, b, scratch, strip);
}

static void add_bias_gradient(float *db, const float *dy, int m, int K)
{
	for (int p = 0; p < m; p++)
		for (int k = 0; k < K; k++)
			db[k] += dy[(size_t)p * (size_t)K + (size_t)k];
}

void conv_backward(const struct conv *c, float *dx, float *dw, float *db, const float *dy,
                   const float *x, const float *w, float *scratch)
{
	int rows = conv_out(c->H, c->same), cols = conv_out(c->W, c->same),
	    step = strip_rows(c), K = c->K;

	memset(db, 0, (size_t)K * sizeof *db);
	if (dx)
		memset(dx, 0, (size_t)c->H * (size_t)c->W * (size_t)c->C * sizeof *dx);
	for (int i = 0; i < rows; i += step) {
		int end = i + step < rows ? i + step : rows, m = (end - i) * cols;
		const float *dout = dy + (size_t)i * (size_t)cols * (size_t)K;

		gather(c, scratch, x, i, end);
		gemm(GEMM_TN, patch_size(c), K, m, scratch, patch_size(c), dout, K,
		     i ? 1 : 0, dw, K);
		add_bias_gradient(db, dout, m, K);
		if (!dx)
			continue;
		gemm(GEMM_NT, m, patch_size(c), K, dout, K, w, K, 0, scratch, patch_size(c));
		scatter(c, dx, scratch, i, end);
	}
}
