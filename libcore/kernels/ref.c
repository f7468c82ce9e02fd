/*
 * The kernels in plain C: what kernels.h says, in the words of the formula. The yardstick
 * of the tests, and what runs where there are no vectors. Its "prepared weights" are the
 * nine taps themselves, in the first nine planes.
 */
#include "kernels/kernels.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { TAPS = 9, PHILOX_ROUNDS = 10, PHILOX_BYTES = 16 };

static float relu(float x)
{
	return x > 0 ? x : 0;
}

static void conv1(float *y, const float *const row[3], const float *w, const float *b,
                  int columns, int C, int K)
{
	for (int x = 0; x < columns; x++) {
		for (int k = 0; k < K; k++) {
			float sum = b[k];

			for (int u = 0; u < 3; u++)
				for (int i = 0; i < 3 * C; i++)
					sum += row[u][x * C + i] * w[(u * 3 * C + i) * K + k];
			y[x * K + k] = relu(sum);
		}
	}
}

static void conv1_back(float *dw, float *db, const float *const row[3], const float *dy,
                       int columns, int C, int K)
{
	for (int x = 0; x < columns; x++) {
		for (int k = 0; k < PANEL_WIDTH; k++) {
			float g = dy[x * K + k];

			db[k] += g;
			for (int u = 0; u < 3; u++)
				for (int i = 0; i < 3 * C; i++)
					dw[(u * 3 * C + i) * K + k] += row[u][x * C + i] * g;
		}
	}
}

static void prepare(float *u, size_t plane, const float *w, size_t tap, size_t row, int rows)
{
	for (size_t t = 0; t < TAPS; t++)
		for (size_t r = 0; r < (size_t)rows; r++)
			memcpy(u + t * plane + r * PANEL_WIDTH, w + t * tap + r * row,
			       PANEL_WIDTH * sizeof *u);
}

static void gradient(float *dw, size_t tap, size_t row, const float *du, size_t plane, int rows)
{
	for (size_t t = 0; t < TAPS; t++)
		for (size_t r = 0; r < (size_t)rows; r++)
			memcpy(dw + t * tap + r * row, du + t * plane + r * PANEL_WIDTH,
			       PANEL_WIDTH * sizeof *dw);
}

/* Output (r, i, k) of a strip, before bias. */
static float conv_at(const struct strip *x, const float *u, int K, int r, int i, int k)
{
	size_t plane = (size_t)x->C * (size_t)K, panel = (size_t)x->C * PANEL_WIDTH;
	float sum = 0;

	for (int t = 0; t < TAPS; t++) {
		const float *in = x->row[r + t / 3] + (size_t)(i + t % 3) * (size_t)x->stride;
		const float *w = u + (size_t)t * plane + (size_t)(k / PANEL_WIDTH) * panel +
		                 k % PANEL_WIDTH;

		for (int c = 0; c < x->C; c++)
			sum += in[c] * w[c * PANEL_WIDTH];
	}
	return sum;
}

static void conv_relu(const struct relu_rows *y, const struct strip *x, const float *u,
                      const float *b, int K, float *scratch)
{
	(void)scratch;
	for (int r = 0; r < STRIP_TILE; r++)
		for (int i = 0; y->row[r] && i < y->columns; i++)
			for (int k = 0; k < K; k++)
				y->row[r][(size_t)i * (size_t)K + (size_t)k] = relu(
					conv_at(x, u, K, r, i, k) + b[k]);
}

/* Element E, channel K of column I, of pooled row R. */
static void pool_at(const struct pooled_rows *y, int r, size_t e, const float block[4], float bias)
{
	int at = 0;
	float value;

	for (int i = 1; i < 4; i++)
		if (block[i] > block[at])
			at = i;
	value = relu(block[at] + bias) * y->scale;
	if (y->keep[r] && !y->keep[r][e])
		value = 0;
	y->row[r][e] = value;
	if (y->at[r])
		y->at[r][e] = (uint8_t)(value > 0 ? at : STRIP_DEAD);
}

static void conv_pool(const struct pooled_rows *y, const struct strip *x, const float *u,
                      const float *b, int K, float *scratch)
{
	(void)scratch;
	for (int r = 0; r < STRIP_TILE / 2; r++) {
		for (int i = 0; y->row[r] && i < y->columns; i++) {
			for (int k = 0; k < K; k++) {
				float block[4];

				for (int j = 0; j < 4; j++)
					block[j] = conv_at(x, u, K, 2 * r + j / 2,
					                   2 * i + j % 2, k);
				pool_at(y, r, (size_t)i * (size_t)K + (size_t)k, block, b[k]);
			}
		}
	}
}

/* The gradient at output (r, i, k). */
static float gradient_at(const struct strip_gradient *g, int r, int i, int k, int K)
{
	size_t e = (size_t)i * (size_t)K + (size_t)k;

	if (!g->pooled[0] && !g->pooled[1])
		return g->row[r] && i < g->columns ? g->row[r][e] : 0;
	e = (size_t)(i / 2) * (size_t)K + (size_t)k;
	if (!g->pooled[r / 2] || i / 2 >= g->columns || g->at[r / 2][e] != 2 * (r % 2) + i % 2)
		return 0;
	return g->pooled[r / 2][e] * g->scale;
}

/* What one output's gradient Y adds: to du[t][c][k], and to the gradient at the inputs SUM. */
static void conv_back_at(float *sum, float *du, const struct strip *x, const float *ut,
                         float y, int r, int i, int k, int K)
{
	size_t row = ((size_t)x->tiles * STRIP_TILE + 2) * PANEL_WIDTH,
	       plane = (size_t)K * PANEL_WIDTH;

	for (int t = 0; t < TAPS; t++) {
		const float *in = x->row[r + t / 3] + (size_t)(i + t % 3) * (size_t)x->stride;
		float *to = sum + (size_t)(r + t / 3) * row + (size_t)(i + t % 3) * PANEL_WIDTH;
		float *dw = du + (size_t)t * plane +
		            (size_t)(k / PANEL_WIDTH) * PANEL_WIDTH * PANEL_WIDTH + k % PANEL_WIDTH;
		const float *w = ut + (size_t)t * plane + (size_t)k * PANEL_WIDTH;

		for (int c = 0; c < PANEL_WIDTH; c++) {
			dw[c * PANEL_WIDTH] += in[c] * y;
			to[c] += w[c] * y;
		}
	}
}

/* SUM: six rows; four are stored, two carried to the next strip. */
static void input_store(const struct input_gradient *dx, float *carry, const float *sum, int tiles)
{
	size_t row = ((size_t)tiles * STRIP_TILE + 2) * PANEL_WIDTH;

	for (int r = 0; r < STRIP_TILE; r++) {
		for (int i = dx->first; dx->row[r] && i < dx->first + dx->columns; i++) {
			for (int c = 0; c < PANEL_WIDTH; c++) {
				size_t e = (size_t)i * PANEL_WIDTH + (size_t)c,
				       at = (size_t)i * (size_t)dx->stride + (size_t)c;
				float value = sum[(size_t)r * row + e] +
				              (r < 2 ? carry[(size_t)r * row + e] : 0);

				dx->row[r][at] = dx->relu[r] && !(dx->relu[r][at] > 0) ? 0 : value;
			}
		}
	}
	memcpy(carry, sum + STRIP_TILE * row, 2 * row * sizeof *carry);
}

static void conv_back(const struct input_gradient *dx, float *carry, float *du, float *db,
                      const struct strip *x, const struct strip_gradient *dy,
                      const float *ut, int K, float *scratch)
{
	memset(scratch, 0,
	       ((size_t)x->tiles * STRIP_TILE + 2) * PANEL_WIDTH * STRIP_REACH * sizeof *scratch);
	for (int r = 0; r < STRIP_TILE; r++) {
		for (int i = 0; i < STRIP_TILE * x->tiles; i++) {
			for (int k = 0; k < K; k++) {
				float y = gradient_at(dy, r, i, k, K);

				if (y == 0)
					continue;
				if (db)
					db[k] += y;
				conv_back_at(scratch, du, x, ut, y, r, i, k, K);
			}
		}
	}
	input_store(dx, carry, scratch, x->tiles);
}

static void conv_back_end(const struct input_gradient *dx, float *carry, int tiles)
{
	size_t row = ((size_t)tiles * STRIP_TILE + 2) * PANEL_WIDTH;

	for (int r = 0; r < STRIP_TILE; r++) {
		for (int i = dx->first; dx->row[r] && i < dx->first + dx->columns; i++) {
			for (int c = 0; c < PANEL_WIDTH; c++) {
				size_t e = (size_t)i * PANEL_WIDTH + (size_t)c,
				       at = (size_t)i * (size_t)dx->stride + (size_t)c;
				float value = r < 2 ? carry[(size_t)r * row + e] : 0;

				dx->row[r][at] = dx->relu[r] && !(dx->relu[r][at] > 0) ? 0 : value;
			}
		}
	}
	memset(carry, 0, 2 * row * sizeof *carry);
}

static void dense(float *y, size_t y_row, const float *x, int n, const float *w, size_t w_row)
{
	for (size_t i = 0; i < (size_t)n; i++)
		for (size_t r = 0; r < PANEL_ROWS; r++)
			for (size_t c = 0; c < PANEL_WIDTH; c++)
				y[i * y_row + c] += x[i * PANEL_ROWS + r] * w[r * w_row + c];
}

static void dense_few(float *y, const float *x, size_t x_row, int n, const float *w,
                      int rows, int out)
{
	for (int i = 0; i < n; i++)
		for (int r = 0; r < rows; r++)
			for (int o = 0; x[(size_t)i * x_row + (size_t)r] != 0 && o < out; o++)
				y[i * out + o] += x[(size_t)i * x_row + (size_t)r] *
				                  w[(size_t)r * (size_t)out + (size_t)o];
}

static void dense_dx(float *dxt, const float *w, const float *dyt, int n)
{
	for (int r = 0; r < PANEL_ROWS; r++)
		for (int c = 0; c < PANEL_WIDTH; c++)
			for (int i = 0; i < n; i++)
				dxt[r * n + i] += w[r * PANEL_WIDTH + c] * dyt[c * n + i];
}

static void dense_dw(float *dw, const float *x, const float *dy, size_t dy_row, int n)
{
	memset(dw, 0, PANEL_ROWS * PANEL_WIDTH * sizeof *dw);
	for (size_t i = 0; i < (size_t)n; i++)
		for (size_t r = 0; r < PANEL_ROWS; r++)
			for (size_t c = 0; c < PANEL_WIDTH; c++)
				dw[r * PANEL_WIDTH + c] +=
					x[i * PANEL_ROWS + r] * dy[i * dy_row + c];
}

static void adam(float *w, float *m, float *v, const float *anchor, const float *g, size_t count,
                 const struct adam_step *a)
{
	for (size_t i = 0; i < count; i++) {
		float d = g[i] + (anchor ? a->pull * (w[i] - anchor[i]) : 0);

		m[i] += (d - m[i]) * a->rate1;
		v[i] += (d * d - v[i]) * a->rate2;
		w[i] -= m[i] * a->alpha / (sqrtf(v[i]) + a->epsilon);
	}
}

static void dense_adam(float *w, float *m, float *v, const float *anchor, const float *x,
                       const float *dy, size_t dy_row, int n, const struct adam_step *a)
{
	float g[PANEL_ROWS * PANEL_WIDTH];

	dense_dw(g, x, dy, dy_row, n);
	adam(w, m, v, anchor, g, PANEL_ROWS * PANEL_WIDTH, a);
}

static void philox(uint32_t c[4], uint64_t seed)
{
	uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);

	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		uint64_t p0 = (uint64_t)c[0] * 0xD2511F53u, p1 = (uint64_t)c[2] * 0xCD9E8D57u;

		c[0] = (uint32_t)(p1 >> 32) ^ c[1] ^ key0;
		c[1] = (uint32_t)p1;
		c[2] = (uint32_t)(p0 >> 32) ^ c[3] ^ key1;
		c[3] = (uint32_t)p0;
		key0 += 0x9E3779B9u;
		key1 += 0xBB67AE85u;
	}
}

static void keep(uint8_t *out, uint64_t seed, const uint32_t counter[4], int blocks,
                 unsigned threshold)
{
	for (int i = 0; i < blocks; i++) {
		uint32_t c[4] = { counter[0] + (uint32_t)i, counter[1], counter[2], counter[3] };

		philox(c, seed);
		for (int k = 0; k < PHILOX_BYTES; k++)
			*out++ = (c[k / 4] >> (8 * (k % 4)) & 0xff) >= threshold;
	}
}

const struct kernels kernels_ref = {
	.isa = "ref",
	.conv1 = conv1,
	.conv1_back = conv1_back,
	.prepare = prepare,
	.gradient = gradient,
	.conv_relu = conv_relu,
	.conv_pool = conv_pool,
	.conv_back = conv_back,
	.conv_back_end = conv_back_end,
	.dense = dense,
	.dense_few = dense_few,
	.dense_dx = dense_dx,
	.dense_adam = dense_adam,
	.dense_dw = dense_dw,
	.adam = adam,
	.keep = keep,
};
