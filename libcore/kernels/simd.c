/*
 * The kernels in vectors of LANES floats; compiled once for each instruction set, each
 * object exporting one table. Convolutions are Winograd's F(4x4, 3x3). What each call
 * means is in kernels.h, how it works in METHOD.md.
 */
#include "kernels/kernels.h"

#include <stdbool.h>
#include <string.h>

#include "kernels/adam_step.h"
#include "kernels/dense_tile.h"
#include "kernels/philox.h"
#include "kernels/tile.h"
#include "kernels/winograd_tile.h"

/* ---- conv1 ---- */

VEC_INLINE void conv1_tile(int rows, int at, float *y, const float *const row[3],
                           const float *w, vec b0, vec b1, int C, int K)
{
	sums s;

	VEC_UNROLL
	for (int r = 0; r < rows; r++) {
		s[r][0] = b0;
		s[r][1] = b1;
	}
	for (int u = 0; u < 3; u++)
		tile_add(s, rows, row[u] + (size_t)at * C, C, 1,
		         w + (size_t)u * 3 * C * K, K, 3 * C);
	VEC_UNROLL
	for (int r = 0; r < rows; r++) {
		s[r][0] = vec_max(s[r][0], (vec){0});
		s[r][1] = vec_max(s[r][1], (vec){0});
	}
	tile_store(s, rows, y + (size_t)at * K, K);
}

VEC_INLINE void conv1_sized(float *y, const float *const row[3], const float *w,
                            const float *b, int columns, int C, int K)
{
	for (int k = 0; k < K; k += TILE_COLUMNS) {
		vec b0 = vec_load(b + k), b1 = vec_load(b + k + LANES);

		TILE_EACH(columns, conv1_tile, y + k, row, w + k, b0, b1, C, K);
	}
}

/*
 * The tutorial's counts as constants: then every address of a tile is one register and an
 * offset.
 */
static void conv1(float *y, const float *const row[3], const float *w, const float *b,
                  int columns, int C, int K)
{
	if (C == 4 && K == 32)
		conv1_sized(y, row, w, b, columns, 4, 32);
	else
		conv1_sized(y, row, w, b, columns, C, K);
}

VEC_INLINE void conv1_back_tile(int rows, int at, float *dw, const float *row,
                                const float *dy, int columns, int C, int K)
{
	sums s;

	tile_load(s, rows, dw + (size_t)at * K, K);
	tile_add(s, rows, row + at, 1, C, dy, K, columns);
	tile_store(s, rows, dw + (size_t)at * K, K);
}

VEC_INLINE void sum_rows(float *sum, const float *x, int rows, int row)
{
	vec s = vec_load(sum);

	for (int r = 0; r < rows; r++)
		s += vec_load(x + (size_t)r * row);
	vec_store(sum, s);
}

VEC_INLINE void conv1_back_sized(float *dw, const float *const row[3], const float *dy,
                                 int columns, int C, int K)
{
	for (int k = 0; k < PANEL_WIDTH; k += TILE_COLUMNS)
		for (int u = 0; u < 3; u++)
			TILE_EACH(3 * C, conv1_back_tile, dw + (size_t)u * 3 * C * K + k,
			          row[u], dy + k, columns, C, K);
}

static void conv1_back(float *dw, float *db, const float *const row[3], const float *dy,
                       int columns, int C, int K)
{
	if (C == 4 && K == 32)
		conv1_back_sized(dw, row, dy, columns, 4, 32);
	else
		conv1_back_sized(dw, row, dy, columns, C, K);
	for (int k = 0; k < PANEL_WIDTH; k += LANES)
		sum_rows(db + k, dy + k, columns, K);
}

/* ---- weights to planes and back ---- */

static void prepare(float *u, size_t plane, const float *w, size_t tap, size_t row, int rows)
{
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < PANEL_WIDTH; c += LANES)
			winograd_tile_prepare(u + (size_t)r * PANEL_WIDTH + c, plane,
			                      w + (size_t)r * row + c, tap);
}

static void gradient(float *dw, size_t tap, size_t row, const float *du, size_t plane, int rows)
{
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < PANEL_WIDTH; c += LANES)
			winograd_tile_gradient(dw + (size_t)r * row + c, tap,
			                       du + (size_t)r * PANEL_WIDTH + c, plane);
}

/* ---- convolution forward ---- */

/*
 * Where a strip's intermediate arrays lie in the scratch memory: the points of its tiles,
 * plane after plane. They fill a fraction of L2 beside the weights; what is done to one
 * tile stays in registers and L1.
 */
struct work {
	float *x;               /* [STRIP_POINTS][C / PANEL_WIDTH][tiles][PANEL_WIDTH] */
	float *y;               /* [STRIP_POINTS][K / PANEL_WIDTH][tiles][PANEL_WIDTH] */
	size_t panel;           /* floats of a panel of a plane */
	size_t x_plane, y_plane;        /* floats from one plane to the next */
};

/* One spare cache line between planes: at a stride of 4096 bytes all 36 fall into one L1 set. */
enum { SPARE = 16 };

VEC_INLINE struct work work_lay(float *scratch, int tiles, int C, int K)
{
	struct work w = {
		.panel = (size_t)tiles * PANEL_WIDTH,
		.x_plane = (size_t)tiles * C + SPARE,
		.y_plane = (size_t)tiles * K + SPARE,
	};

	w.x = scratch;
	w.y = scratch + STRIP_POINTS * w.x_plane;
	return w;
}

/*
 * y[t][TILE_COLUMNS] = sum over panels p, d of a[p * a_panel + t * PANEL_WIDTH + d] b[(p *
 * PANEL_WIDTH + d) * PANEL_WIDTH ..]: the left operand in panels, the right one contiguous.
 */
VEC_INLINE void panels_tile(int rows, int at, float *y, const float *a, size_t a_panel,
                            const float *b, int panels)
{
	sums s;

	tile_zero(s, rows);
	for (int p = 0; p < panels; p++)
		tile_add(s, rows, a + p * a_panel + (size_t)at * PANEL_WIDTH, PANEL_WIDTH, 1,
		         b + (size_t)p * PANEL_WIDTH * PANEL_WIDTH, PANEL_WIDTH, PANEL_WIDTH);
	tile_store(s, rows, y + (size_t)at * PANEL_WIDTH, PANEL_WIDTH);
}

static void panels_product(float *y, const float *a, size_t a_panel, const float *b,
                           int rows, int panels)
{
	for (int c = 0; c < PANEL_WIDTH; c += TILE_COLUMNS)
		TILE_EACH(rows, panels_tile, y + c, a, a_panel, b + c, panels);
}

enum { LINE_BYTES = 64 };

/* Asks for part PART of STRIP_POINTS of what comes next, into the second cache: L1 is full. */
static void prefetch(const struct prefetch *s, int part)
{
	const char *from = s->at;
	size_t first = s->bytes * (size_t)part / STRIP_POINTS,
	       last = s->bytes * (size_t)(part + 1) / STRIP_POINTS;

	for (size_t i = first / LINE_BYTES * LINE_BYTES; i < last; i += LINE_BYTES)
		__builtin_prefetch(from + i, 0, 2);
}

/* The points of a strip's outputs. */
static struct work conv_strip(const struct strip *x, const float *u, int K, float *scratch)
{
	int C = x->C, panels = C / PANEL_WIDTH;
	struct work w = work_lay(scratch, x->tiles, C, K);

	for (int p = 0; p < panels; p++)
		winograd_tile_inputs(w.x + p * w.panel, w.x_plane, x, p * PANEL_WIDTH);
	for (int point = 0; point < STRIP_POINTS; point++) {
		prefetch(&x->prefetch, point);
		for (int k = 0; k < K / PANEL_WIDTH; k++)
			panels_product(w.y + point * w.y_plane + k * w.panel,
			               w.x + point * w.x_plane, w.panel,
			               u + ((size_t)point * K + (size_t)k * PANEL_WIDTH) * C,
			               x->tiles, panels);
	}
	return w;
}

/* Points of tile T, channel K of the output. */
VEC_INLINE const float *output_at(const struct work *w, int t, int k)
{
	return w->y + k / PANEL_WIDTH * w->panel + (size_t)t * PANEL_WIDTH + k % PANEL_WIDTH;
}

static void conv_relu(const struct relu_rows *y, const struct strip *x, const float *u,
                      const float *b, int K, float *scratch)
{
	struct work w = conv_strip(x, u, K, scratch);

	for (int k = 0; k < K; k += LANES) {
		vec bias = vec_load(b + k);

		for (int t = 0; t < x->tiles; t++) {
			vec out[STRIP_TILE][STRIP_TILE];

			winograd_tile_output(out, output_at(&w, t, k), w.y_plane);
			for (int r = 0; r < STRIP_TILE; r++)
				for (int i = 0;
				     y->row[r] && i < STRIP_TILE && STRIP_TILE * t + i < y->columns;
				     i++)
					vec_store(y->row[r] + (size_t)(STRIP_TILE * t + i) * K + k,
					          vec_max(out[r][i] + bias, (vec){0}));
		}
	}
}

/* The largest of a block of four, and which it is: 2 row + column, on ties the first. */
VEC_INLINE vec block_max(ivec *at, const vec top[2], const vec bottom[2])
{
	ivec one = (ivec){0} + 1, two = one + 1;
	ivec top_at = (top[1] > top[0]) & one, bottom_at = ((bottom[1] > bottom[0]) & one) | two;
	vec top_max = vec_max(top[0], top[1]), bottom_max = vec_max(bottom[0], bottom[1]);

	*at = vec_choose(bottom_max > top_max, bottom_at, top_at);
	return vec_max(top_max, bottom_max);
}

/* Bias, relu and dropout of one pooled vector at element E of row R. */
VEC_INLINE void pool_store(const struct pooled_rows *y, int r, size_t e, vec value, ivec at)
{
	ivec alive = value > (vec){0};

	if (y->keep[r])
		alive &= vec_load_bytes(y->keep[r] + e) > (ivec){0};
	if (y->at[r])
		vec_store_bytes(y->at[r] + e, vec_choose(alive, at, (ivec){0} + STRIP_DEAD));
	vec_store(y->row[r] + e, vec_keep_where(alive, value * y->scale));
}

static void conv_pool(const struct pooled_rows *y, const struct strip *x, const float *u,
                      const float *b, int K, float *scratch)
{
	struct work w = conv_strip(x, u, K, scratch);

	for (int k = 0; k < K; k += LANES) {
		vec bias = vec_load(b + k);

		for (int t = 0; t < x->tiles; t++) {
			vec out[STRIP_TILE][STRIP_TILE];

			winograd_tile_output(out, output_at(&w, t, k), w.y_plane);
			for (int r = 0; r < STRIP_TILE / 2; r++) {
				for (int i = 0;
				     y->row[r] && i < STRIP_TILE / 2 && 2 * t + i < y->columns;
				     i++) {
					ivec at;
					vec most = block_max(&at, out[2 * r] + 2 * i,
					                     out[2 * r + 1] + 2 * i);

					pool_store(y, r, (size_t)(2 * t + i) * K + k,
					           most + bias, at);
				}
			}
		}
	}
}

/* ---- convolution backward ---- */

/* The gradient at the 4 x 4 outputs of tile T, channel K, from full rows. */
VEC_INLINE void full_tile(vec y[STRIP_TILE][STRIP_TILE], const struct strip_gradient *g, int t,
                          int k, int K)
{
	for (int r = 0; r < STRIP_TILE; r++) {
		for (int i = 0; i < STRIP_TILE; i++) {
			int column = STRIP_TILE * t + i;

			y[r][i] = g->row[r] && column < g->columns
			                  ? vec_load(g->row[r] + (size_t)column * K + k)
			                  : (vec){ 0 };
		}
	}
}

/* The same from pooled ones: each value goes where it came from. */
VEC_INLINE void pooled_tile(vec y[STRIP_TILE][STRIP_TILE], const struct strip_gradient *g, int t,
                            int k, int K)
{
	for (int r = 0; r < STRIP_TILE / 2; r++) {
		for (int i = 0; i < STRIP_TILE / 2; i++) {
			size_t e = (size_t)(2 * t + i) * K + k;
			bool there = g->pooled[r] && 2 * t + i < g->columns;
			ivec at = there ? vec_load_bytes(g->at[r] + e) : (ivec){0};
			vec value = there ? vec_load(g->pooled[r] + e) * g->scale : (vec){0};

			y[2 * r][2 * i] = vec_keep_where(at == 0, value);
			y[2 * r][2 * i + 1] = vec_keep_where(at == 1, value);
			y[2 * r + 1][2 * i] = vec_keep_where(at == 2, value);
			y[2 * r + 1][2 * i + 1] = vec_keep_where(at == 3, value);
		}
	}
}

static void gradient_tiles(const struct work *w, float *db,
                           const struct strip_gradient *g, int tiles, int K)
{
	bool pooled = g->pooled[0] || g->pooled[1];

	for (int k = 0; k < K; k += LANES) {
		vec sum = {0};

		for (int t = 0; t < tiles; t++) {
			vec y[STRIP_TILE][STRIP_TILE];

			if (pooled)
				pooled_tile(y, g, t, k, K);
			else
				full_tile(y, g, t, k, K);
			sum += winograd_tile_output_back(w->y + k / PANEL_WIDTH * w->panel +
			                                 (size_t)t * PANEL_WIDTH + k % PANEL_WIDTH,
			                                 w->y_plane, y);
		}
		if (db)
			vec_store(db + k, vec_load(db + k) + sum);
	}
}

VEC_INLINE void outer_tile(int rows, int at, float *du, const float *x, const float *z, int tiles)
{
	sums s;

	tile_load(s, rows, du + (size_t)at * PANEL_WIDTH, PANEL_WIDTH);
	tile_add(s, rows, x + at, 1, PANEL_WIDTH, z, PANEL_WIDTH, tiles);
	tile_store(s, rows, du + (size_t)at * PANEL_WIDTH, PANEL_WIDTH);
}

/* du[c][k] += sum over tiles of x[t][c] z[t][k]; one panel of each */
static void outer_product(float *du, const float *x, const float *z, int tiles)
{
	for (int k = 0; k < PANEL_WIDTH; k += TILE_COLUMNS)
		TILE_EACH(PANEL_WIDTH, outer_tile, du + k, x, z + k, tiles);
}

/*
 * One column of the gradient at the input, from its points down: rows 0 to 3 are stored,
 * 0 and 1 with what the strip above left, and 4 and 5 left for the strip below.
 */
VEC_INLINE void column_store(const struct input_gradient *out, float *carry, size_t carry_row,
                             int column, int c, const vec down[STRIP_REACH])
{
	vec y[STRIP_REACH];
	float *above = carry + (size_t)column * PANEL_WIDTH + c;
	size_t e = (size_t)column * out->stride + c;

	winograd_input_back(y, down);
	y[0] += vec_load(above);
	y[1] += vec_load(above + carry_row);
	vec_store(above, y[4]);
	vec_store(above + carry_row, y[5]);
	if (column < out->first || column >= out->first + out->columns)
		return;
	for (int r = 0; r < STRIP_TILE; r++) {
		if (!out->row[r])
			continue;
		if (out->relu[r])
			y[r] = vec_keep_where(vec_load(out->relu[r] + e) > (vec){0}, y[r]);
		vec_store(out->row[r] + e, y[r]);
	}
}

/*
 * From the points of a strip's tiles, which overlap by two columns, whose sums are
 * carried along.
 */
static void input_rows_back(const struct input_gradient *out, float *carry,
                            const float *points, size_t plane, int tiles)
{
	size_t carry_row = ((size_t)tiles * STRIP_TILE + 2) * PANEL_WIDTH;

	for (int c = 0; c < PANEL_WIDTH; c += LANES) {
		/* [column][row]; the last two are carried */
		vec across[STRIP_REACH][STRIP_REACH] = {{{0}}};

		for (int t = 0; t < tiles; t++) {
			vec last[2][STRIP_REACH];

			memcpy(last, across[STRIP_TILE], sizeof last);
			for (int r = 0; r < STRIP_REACH; r++) {
				vec in[STRIP_REACH], row[STRIP_REACH];

				for (int j = 0; j < STRIP_REACH; j++)
					in[j] = vec_load_once(points +
					                      (STRIP_REACH * r + j) * plane +
					                      (size_t)t * PANEL_WIDTH + c);
				winograd_input_back(row, in);
				row[0] += last[0][r];
				row[1] += last[1][r];
				for (int i = 0; i < STRIP_REACH; i++)
					across[i][r] = row[i];
			}
			for (int i = 0; i < STRIP_TILE; i++)
				column_store(out, carry, carry_row, STRIP_TILE * t + i, c,
				             across[i]);
		}
		for (int i = 0; i < 2; i++)
			column_store(out, carry, carry_row, STRIP_TILE * tiles + i, c,
			             across[STRIP_TILE + i]);
	}
}

static void conv_back(const struct input_gradient *dx, float *carry, float *du, float *db,
                      const struct strip *x, const struct strip_gradient *dy,
                      const float *ut, int K, float *scratch)
{
	struct work w = work_lay(scratch, x->tiles, PANEL_WIDTH, K);
	int tiles = x->tiles, panels = K / PANEL_WIDTH;

	winograd_tile_inputs(w.x, w.x_plane, x, 0);
	gradient_tiles(&w, db, dy, tiles, K);
	for (int point = 0; point < STRIP_POINTS; point++) {
		size_t at = (size_t)point * K * PANEL_WIDTH;
		float *xp = w.x + point * w.x_plane, *zp = w.y + point * w.y_plane;

		prefetch(&x->prefetch, point);
		prefetch(&dy->prefetch, point);
		prefetch(&dy->at_prefetch, point);
		for (int k = 0; k < panels; k++)
			outer_product(du + at + (size_t)k * PANEL_WIDTH * PANEL_WIDTH, xp,
			              zp + k * w.panel, tiles);
		/* the gradient's points, in place */
		panels_product(xp, zp, w.panel, ut + at, tiles, panels);
	}
	input_rows_back(dx, carry, w.x, w.x_plane, tiles);
}

static void conv_back_end(const struct input_gradient *dx, float *carry, int tiles)
{
	static const vec nothing[STRIP_REACH];
	size_t carry_row = ((size_t)tiles * STRIP_TILE + 2) * PANEL_WIDTH;

	for (int i = 0; i < STRIP_TILE * tiles + 2; i++)
		for (int c = 0; c < PANEL_WIDTH; c += LANES)
			column_store(dx, carry, carry_row, i, c, nothing);
}

/* ---- dense ---- */

static void dense(float *y, size_t y_row, const float *x, int n, const float *w, size_t w_row)
{
	for (int c = 0; c < PANEL_WIDTH; c += TILE_COLUMNS)
		TILE_EACH(n, dense_tile, y + c, y_row, x, w + c, w_row, n);
}

static void dense_few(float *y, const float *x, size_t x_row, int n, const float *w,
                      int rows, int out)
{
	int at = 0;
	struct few now = dense_tile_next_few(&at, x, x_row, n, rows);

	while (now.count) {
		struct few next = dense_tile_next_few(&at, x, x_row, n, rows);

		dense_tile_add_few(y, x, w, &now, next.count ? &next : &now, out);
		for (int i = 1; i < n; i++)
			dense_tile_add_few(y + (size_t)i * out, x + i * x_row, w, &now, NULL, out);
		now = next;
	}
}

static void dense_dx(float *dxt, const float *w, const float *dyt, int n)
{
	for (int i = 0; i < n; i += TILE_COLUMNS)
		TILE_EACH(PANEL_ROWS, dense_tile_dx, dxt + i, w, dyt + i, n);
}

static void dense_dw(float *dw, const float *x, const float *dy, size_t dy_row, int n)
{
	for (int c = 0; c < PANEL_WIDTH; c += TILE_COLUMNS)
		TILE_EACH(PANEL_ROWS, dense_tile_dw, dw + c, x, dy + c, dy_row, n);
}

static void dense_adam(float *w, float *m, float *v, const float *anchor, const float *x,
                       const float *dy, size_t dy_row, int n, const struct adam_step *a)
{
	const struct adam_step step = *a;

	for (int c = 0; c < PANEL_WIDTH; c += TILE_COLUMNS)
		TILE_EACH(PANEL_ROWS, dense_tile_adam, w + c, m + c, v + c,
		          anchor ? anchor + c : NULL, x, dy + c, dy_row, n, &step);
}

static void adam(float *w, float *m, float *v, const float *anchor, const float *g, size_t count,
                 const struct adam_step *a)
{
	const struct adam_step step = *a;
	size_t whole = count / LANES * LANES;

	for (size_t i = 0; i < whole; i += LANES)
		adam_step_vec(w + i, m + i, v + i, anchor ? anchor + i : NULL, vec_load(g + i),
		              &step);
	if (whole < count)
		adam_step_tail(w + whole, m + whole, v + whole, anchor ? anchor + whole : NULL,
		               g + whole, count - whole, &step);
}

/* ---- dropout ---- */

static void keep(uint8_t *out, uint64_t seed, const uint32_t counter[4], int blocks,
                 unsigned threshold)
{
	bytes16 least = (bytes16){0} + (uint8_t)threshold;

	for (int first = 0; first < blocks; first += LANES) {
		int count = blocks - first < LANES ? blocks - first : LANES;
		uint32_t c[PHILOX_WORDS][LANES];
		uint8_t mask[LANES * PHILOX_BYTES] = {0};

		for (int i = 0; i < LANES; i++) {
			c[0][i] = counter[0] + (uint32_t)(first + i);
			for (int k = 1; k < PHILOX_WORDS; k++)
				c[k][i] = counter[k];
		}
		philox(c, seed);
		for (int i = 0; i < LANES; i += 4)
			philox_keep4(mask + i * PHILOX_BYTES, c, i, least);
		memcpy(out + (size_t)first * PHILOX_BYTES, mask, (size_t)count * PHILOX_BYTES);
	}
}

#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define STR_(a) #a
#define STR(a) STR_(a)

const struct kernels CAT(kernels_, ISA) = {
	.isa = STR(ISA),
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
