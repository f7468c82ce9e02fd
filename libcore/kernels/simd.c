/*
 * The kernels in vectors of LANES floats; compiled once for each instruction set, each
 * object exporting one table. Convolutions are Winograd's F(4x4, 3x3). What each call
 * means is in kernels.h, how it works in METHOD.md.
 */
#include "kernels/kernels.h"

#include <stdbool.h>
#include <string.h>

#include "kernels/dense_tile.h"
#include "kernels/philox.h"
#include "kernels/tile.h"
#include "kernels/winograd.h"

/* ---- conv1 ---- */

ALWAYS void conv1_tile(int rows, int at, float *y, const float *const row[3],
                       const float *w, vec b0, vec b1, int C, int K)
{
	sums s;

	UNROLL
	for (int r = 0; r < rows; r++) {
		s[r][0] = b0;
		s[r][1] = b1;
	}
	for (int u = 0; u < 3; u++)
		sums_add(s, rows, row[u] + (size_t)at * C, C, 1,
		         w + (size_t)u * 3 * C * K, K, 3 * C);
	UNROLL
	for (int r = 0; r < rows; r++) {
		s[r][0] = vec_max(s[r][0], (vec){0});
		s[r][1] = vec_max(s[r][1], (vec){0});
	}
	sums_store(s, rows, y + (size_t)at * K, K);
}

ALWAYS void conv1_sized(float *y, const float *const row[3], const float *w,
                        const float *b, int columns, int C, int K)
{
	for (int k = 0; k < K; k += TILE_COLUMNS) {
		vec b0 = load(b + k), b1 = load(b + k + LANES);

		EACH_TILE(columns, conv1_tile, y + k, row, w + k, b0, b1, C, K);
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

ALWAYS void conv1_back_tile(int rows, int at, float *dw, const float *row,
                            const float *dy, int columns, int C, int K)
{
	sums s;

	sums_load(s, rows, dw + (size_t)at * K, K);
	sums_add(s, rows, row + at, 1, C, dy, K, columns);
	sums_store(s, rows, dw + (size_t)at * K, K);
}

ALWAYS void sum_rows(float *sum, const float *x, int rows, int row)
{
	vec s = load(sum);

	for (int r = 0; r < rows; r++)
		s += load(x + (size_t)r * row);
	store(sum, s);
}

ALWAYS void conv1_back_sized(float *dw, const float *const row[3], const float *dy,
                             int columns, int C, int K)
{
	for (int k = 0; k < PANEL; k += TILE_COLUMNS)
		for (int u = 0; u < 3; u++)
			EACH_TILE(3 * C, conv1_back_tile, dw + (size_t)u * 3 * C * K + k,
			          row[u], dy + k, columns, C, K);
}

static void conv1_back(float *dw, float *db, const float *const row[3], const float *dy,
                       int columns, int C, int K)
{
	if (C == 4 && K == 32)
		conv1_back_sized(dw, row, dy, columns, 4, 32);
	else
		conv1_back_sized(dw, row, dy, columns, C, K);
	for (int k = 0; k < PANEL; k += LANES)
		sum_rows(db + k, dy + k, columns, K);
}

/* ---- weights to planes and back ---- */

ALWAYS void prepare_vec(float *u, size_t plane, const float *w, size_t tap)
{
	vec half[3][REACH];             /* [column of taps][point down] */

	for (int v = 0; v < 3; v++) {
		vec column[3];

		for (int i = 0; i < 3; i++)
			column[i] = load(w + (size_t)(3 * i + v) * tap);
		weight_points(half[v], column);
	}
	for (int i = 0; i < REACH; i++) {
		vec row[3] = { half[0][i], half[1][i], half[2][i] }, t[REACH];

		weight_points(t, row);
		for (int j = 0; j < REACH; j++)
			store(u + (size_t)(REACH * i + j) * plane, t[j]);
	}
}

static void prepare(float *u, size_t plane, const float *w, size_t tap, size_t row, int rows)
{
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < PANEL; c += LANES)
			prepare_vec(u + (size_t)r * PANEL + c, plane, w + (size_t)r * row + c, tap);
}

ALWAYS void gradient_vec(float *dw, size_t tap, const float *du, size_t plane)
{
	vec half[REACH][3];

	for (int i = 0; i < REACH; i++) {
		vec t[REACH];

		for (int j = 0; j < REACH; j++)
			t[j] = load(du + (size_t)(REACH * i + j) * plane);
		weight_points_back(half[i], t);
	}
	for (int v = 0; v < 3; v++) {
		vec t[REACH], column[3];

		for (int i = 0; i < REACH; i++)
			t[i] = half[i][v];
		weight_points_back(column, t);
		for (int i = 0; i < 3; i++)
			store(dw + (size_t)(3 * i + v) * tap, column[i]);
	}
}

static void gradient(float *dw, size_t tap, size_t row, const float *du, size_t plane, int rows)
{
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < PANEL; c += LANES)
			gradient_vec(dw + (size_t)r * row + c, tap,
			             du + (size_t)r * PANEL + c, plane);
}

/* ---- convolution forward ---- */

/*
 * Where a strip's intermediate arrays lie in the scratch memory: the points of its tiles,
 * plane after plane. They fill a fraction of L2 beside the weights; what is done to one
 * tile stays in registers and L1.
 */
struct work {
	/* [POINTS][C / PANEL][tiles][PANEL], [POINTS][K / PANEL][tiles][PANEL] */
	float *x, *y;
	size_t panel;           /* floats of a panel of a plane */
	size_t x_plane, y_plane;        /* floats from one plane to the next */
};

/* One spare cache line between planes: at a stride of 4096 bytes all 36 fall into one L1 set. */
enum { SPARE = 16 };

ALWAYS struct work work_lay(float *scratch, int tiles, int C, int K)
{
	struct work w = {
		.panel = (size_t)tiles * PANEL,
		.x_plane = (size_t)tiles * C + SPARE,
		.y_plane = (size_t)tiles * K + SPARE,
	};

	w.x = scratch;
	w.y = scratch + POINTS * w.x_plane;
	return w;
}

/*
 * Tiles whose columns are transformed together, down first and then across: columns that
 * two tiles share are done once, and 6 x 38 vectors stay in L1.
 */
enum { CHUNK = 9, CHUNK_COLUMNS = STRIP * CHUNK + 2 };

/* The points down of columns FIRST .. FIRST + COLUMNS - 1. */
ALWAYS void input_down(vec down[REACH][CHUNK_COLUMNS], const struct strip *x, int channel,
                       int first, int columns)
{
	for (int i = 0; i < columns; i++) {
		size_t at = (size_t)(first + i) * x->stride + channel;
		vec in[REACH], t[REACH];

		for (int r = 0; r < REACH; r++)
			in[r] = load_once(x->row[r] + at);
		input_points(t, in);
		for (int r = 0; r < REACH; r++)
			down[r][i] = t[r];
	}
}

/* Points of the tiles of a panel that starts at CHANNEL. */
static void input_tiles(float *points, size_t plane, const struct strip *x, int channel)
{
	vec down[REACH][CHUNK_COLUMNS];

	for (int first = 0; first < x->tiles; first += CHUNK) {
		int count = x->tiles - first < CHUNK ? x->tiles - first : CHUNK;

		for (int c = 0; c < PANEL; c += LANES) {
			input_down(down, x, channel + c, STRIP * first, STRIP * count + 2);
			for (int t = 0; t < count; t++) {
				float *to = points + (size_t)(first + t) * PANEL + c;

				for (int r = 0; r < REACH; r++) {
					vec out[REACH];

					input_points(out, down[r] + STRIP * t);
					for (int j = 0; j < REACH; j++)
						store(to + (REACH * r + j) * plane, out[j]);
				}
			}
		}
	}
}

/* The 4 x 4 outputs of a tile from its points. */
ALWAYS void output_tile(vec y[STRIP][STRIP], const float *points, size_t plane)
{
	vec across[REACH][STRIP];

	for (int r = 0; r < REACH; r++) {
		vec in[REACH];

		for (int j = 0; j < REACH; j++)
			in[j] = load_once(points + (REACH * r + j) * plane);
		output_of_points(across[r], in);
	}
	for (int i = 0; i < STRIP; i++) {
		vec in[REACH], out[STRIP];

		for (int r = 0; r < REACH; r++)
			in[r] = across[r][i];
		output_of_points(out, in);
		for (int r = 0; r < STRIP; r++)
			y[r][i] = out[r];
	}
}

/*
 * y[t][TILE_COLUMNS] = sum over panels p, d of a[p * a_panel + t * PANEL + d] b[(p *
 * PANEL + d) * PANEL ..]: the left operand in panels, the right one contiguous.
 */
ALWAYS void panels_tile(int rows, int at, float *y, const float *a, size_t a_panel,
                        const float *b, int panels)
{
	sums s;

	sums_zero(s, rows);
	for (int p = 0; p < panels; p++)
		sums_add(s, rows, a + p * a_panel + (size_t)at * PANEL, PANEL, 1,
		         b + (size_t)p * PANEL * PANEL, PANEL, PANEL);
	sums_store(s, rows, y + (size_t)at * PANEL, PANEL);
}

static void panels_product(float *y, const float *a, size_t a_panel, const float *b,
                           int rows, int panels)
{
	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(rows, panels_tile, y + c, a, a_panel, b + c, panels);
}

enum { LINE_BYTES = 64 };

/* Asks for part PART of POINTS of what is needed soon, into the second cache: the first is full. */
static void prefetch(const struct prefetch *s, int part)
{
	const char *from = s->at;
	size_t first = s->bytes * (size_t)part / POINTS,
	       last = s->bytes * (size_t)(part + 1) / POINTS;

	for (size_t i = first / LINE_BYTES * LINE_BYTES; i < last; i += LINE_BYTES)
		__builtin_prefetch(from + i, 0, 2);
}

/* The points of a strip's outputs. */
static struct work conv_strip(const struct strip *x, const float *u, int K, float *scratch)
{
	int C = x->C, panels = C / PANEL;
	struct work w = work_lay(scratch, x->tiles, C, K);

	for (int p = 0; p < panels; p++)
		input_tiles(w.x + p * w.panel, w.x_plane, x, p * PANEL);
	for (int point = 0; point < POINTS; point++) {
		prefetch(&x->prefetch, point);
		for (int k = 0; k < K / PANEL; k++)
			panels_product(w.y + point * w.y_plane + k * w.panel,
			               w.x + point * w.x_plane, w.panel,
			               u + ((size_t)point * K + (size_t)k * PANEL) * C,
			               x->tiles, panels);
	}
	return w;
}

/* Points of tile T, channel K of the output. */
ALWAYS const float *output_at(const struct work *w, int t, int k)
{
	return w->y + k / PANEL * w->panel + (size_t)t * PANEL + k % PANEL;
}

static void conv_relu(const struct relu_rows *y, const struct strip *x, const float *u,
                      const float *b, int K, float *scratch)
{
	struct work w = conv_strip(x, u, K, scratch);

	for (int k = 0; k < K; k += LANES) {
		vec bias = load(b + k);

		for (int t = 0; t < x->tiles; t++) {
			vec out[STRIP][STRIP];

			output_tile(out, output_at(&w, t, k), w.y_plane);
			for (int r = 0; r < STRIP; r++)
				for (int i = 0;
				     y->row[r] && i < STRIP && STRIP * t + i < y->columns;
				     i++)
					store(y->row[r] + (size_t)(STRIP * t + i) * K + k,
					      vec_max(out[r][i] + bias, (vec){0}));
		}
	}
}

/* The largest of a block of four, and which it is: 2 row + column, on ties the first. */
ALWAYS vec block_max(ivec *at, const vec top[2], const vec bottom[2])
{
	ivec one = (ivec){0} + 1, two = one + 1;
	ivec top_at = (top[1] > top[0]) & one, bottom_at = ((bottom[1] > bottom[0]) & one) | two;
	vec top_max = vec_max(top[0], top[1]), bottom_max = vec_max(bottom[0], bottom[1]);

	*at = choose(bottom_max > top_max, bottom_at, top_at);
	return vec_max(top_max, bottom_max);
}

/* Bias, relu and dropout of one pooled vector at element E of row R. */
ALWAYS void pool_store(const struct pooled_rows *y, int r, size_t e, vec value, ivec at)
{
	ivec alive = value > (vec){0};

	if (y->keep[r])
		alive &= load_bytes(y->keep[r] + e) > (ivec){0};
	if (y->at[r])
		store_bytes(y->at[r] + e, choose(alive, at, (ivec){0} + POOL_DEAD));
	store(y->row[r] + e, keep_where(alive, value * y->scale));
}

static void conv_pool(const struct pooled_rows *y, const struct strip *x, const float *u,
                      const float *b, int K, float *scratch)
{
	struct work w = conv_strip(x, u, K, scratch);

	for (int k = 0; k < K; k += LANES) {
		vec bias = load(b + k);

		for (int t = 0; t < x->tiles; t++) {
			vec out[STRIP][STRIP];

			output_tile(out, output_at(&w, t, k), w.y_plane);
			for (int r = 0; r < STRIP / 2; r++) {
				for (int i = 0;
				     y->row[r] && i < STRIP / 2 && 2 * t + i < y->columns;
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
ALWAYS void full_tile(vec y[STRIP][STRIP], const struct strip_gradient *g, int t, int k, int K)
{
	for (int r = 0; r < STRIP; r++) {
		for (int i = 0; i < STRIP; i++) {
			int column = STRIP * t + i;

			y[r][i] = g->row[r] && column < g->columns
			                  ? load(g->row[r] + (size_t)column * K + k)
			                  : (vec){ 0 };
		}
	}
}

/* The same from pooled ones: each value goes where it came from. */
ALWAYS void pooled_tile(vec y[STRIP][STRIP], const struct strip_gradient *g, int t, int k, int K)
{
	for (int r = 0; r < STRIP / 2; r++) {
		for (int i = 0; i < STRIP / 2; i++) {
			size_t e = (size_t)(2 * t + i) * K + k;
			bool there = g->pooled[r] && 2 * t + i < g->columns;
			ivec at = there ? load_bytes(g->at[r] + e) : (ivec){0};
			vec value = there ? load(g->pooled[r] + e) * g->scale : (vec){0};

			y[2 * r][2 * i] = keep_where(at == 0, value);
			y[2 * r][2 * i + 1] = keep_where(at == 1, value);
			y[2 * r + 1][2 * i] = keep_where(at == 2, value);
			y[2 * r + 1][2 * i + 1] = keep_where(at == 3, value);
		}
	}
}

/* Stores the points of a tile of gradient; returns the sum of the tile. */
ALWAYS vec gradient_points(float *points, size_t plane, vec y[STRIP][STRIP])
{
	vec down[REACH][STRIP], sum = {0};

	for (int i = 0; i < STRIP; i++) {
		vec in[STRIP], out[REACH];

		for (int r = 0; r < STRIP; r++)
			in[r] = y[r][i];
		sum += (in[0] + in[1]) + (in[2] + in[3]);
		output_points(out, in);
		for (int r = 0; r < REACH; r++)
			down[r][i] = out[r];
	}
	for (int r = 0; r < REACH; r++) {
		vec out[REACH];

		output_points(out, down[r]);
		for (int j = 0; j < REACH; j++)
			store(points + (REACH * r + j) * plane, out[j]);
	}
	return sum;
}

static void gradient_tiles(const struct work *w, float *db,
                           const struct strip_gradient *g, int tiles, int K)
{
	bool pooled = g->pooled[0] || g->pooled[1];

	for (int k = 0; k < K; k += LANES) {
		vec sum = {0};

		for (int t = 0; t < tiles; t++) {
			vec y[STRIP][STRIP];

			if (pooled)
				pooled_tile(y, g, t, k, K);
			else
				full_tile(y, g, t, k, K);
			sum += gradient_points(w->y + k / PANEL * w->panel +
			                               (size_t)t * PANEL + k % PANEL,
			                       w->y_plane, y);
		}
		if (db)
			store(db + k, load(db + k) + sum);
	}
}

ALWAYS void outer_tile(int rows, int at, float *du, const float *x, const float *z, int tiles)
{
	sums s;

	sums_load(s, rows, du + (size_t)at * PANEL, PANEL);
	sums_add(s, rows, x + at, 1, PANEL, z, PANEL, tiles);
	sums_store(s, rows, du + (size_t)at * PANEL, PANEL);
}

/* du[c][k] += sum over tiles of x[t][c] z[t][k]; one panel of each */
static void outer_product(float *du, const float *x, const float *z, int tiles)
{
	for (int k = 0; k < PANEL; k += TILE_COLUMNS)
		EACH_TILE(PANEL, outer_tile, du + k, x, z + k, tiles);
}

/*
 * One column of the gradient at the input, from its points down: rows 0 to 3 are stored,
 * 0 and 1 with what the strip above left, and 4 and 5 left for the strip below.
 */
ALWAYS void column_store(const struct input_gradient *out, float *carry, size_t carry_row,
                         int column, int c, const vec down[REACH])
{
	vec y[REACH];
	float *above = carry + (size_t)column * PANEL + c;
	size_t e = (size_t)column * out->stride + c;

	input_points_back(y, down);
	y[0] += load(above);
	y[1] += load(above + carry_row);
	store(above, y[4]);
	store(above + carry_row, y[5]);
	if (column < out->first || column >= out->first + out->columns)
		return;
	for (int r = 0; r < STRIP; r++) {
		if (!out->row[r])
			continue;
		if (out->relu[r])
			y[r] = keep_where(load(out->relu[r] + e) > (vec){0}, y[r]);
		store(out->row[r] + e, y[r]);
	}
}

/*
 * From the points of a strip's tiles, which overlap by two columns, whose sums are
 * carried along.
 */
static void input_rows_back(const struct input_gradient *out, float *carry,
                            const float *points, size_t plane, int tiles)
{
	size_t carry_row = ((size_t)tiles * STRIP + 2) * PANEL;

	for (int c = 0; c < PANEL; c += LANES) {
		/* [column][row]; the last two are carried */
		vec across[REACH][REACH] = {{{0}}};

		for (int t = 0; t < tiles; t++) {
			vec last[2][REACH];

			memcpy(last, across[STRIP], sizeof last);
			for (int r = 0; r < REACH; r++) {
				vec in[REACH], row[REACH];

				for (int j = 0; j < REACH; j++)
					in[j] = load_once(points +
					                  (REACH * r + j) * plane +
					                  (size_t)t * PANEL + c);
				input_points_back(row, in);
				row[0] += last[0][r];
				row[1] += last[1][r];
				for (int i = 0; i < REACH; i++)
					across[i][r] = row[i];
			}
			for (int i = 0; i < STRIP; i++)
				column_store(out, carry, carry_row, STRIP * t + i, c, across[i]);
		}
		for (int i = 0; i < 2; i++)
			column_store(out, carry, carry_row, STRIP * tiles + i, c,
			             across[STRIP + i]);
	}
}

static void conv_back(const struct input_gradient *dx, float *carry, float *du, float *db,
                      const struct strip *x, const struct strip_gradient *dy,
                      const float *ut, int K, float *scratch)
{
	struct work w = work_lay(scratch, x->tiles, PANEL, K);
	int tiles = x->tiles, panels = K / PANEL;

	input_tiles(w.x, w.x_plane, x, 0);
	gradient_tiles(&w, db, dy, tiles, K);
	for (int point = 0; point < POINTS; point++) {
		size_t at = (size_t)point * K * PANEL;
		float *xp = w.x + point * w.x_plane, *zp = w.y + point * w.y_plane;

		prefetch(&x->prefetch, point);
		prefetch(&dy->prefetch, point);
		prefetch(&dy->at_prefetch, point);
		for (int k = 0; k < panels; k++)
			outer_product(du + at + (size_t)k * PANEL * PANEL, xp,
			              zp + k * w.panel, tiles);
		/* the gradient's points, in place */
		panels_product(xp, zp, w.panel, ut + at, tiles, panels);
	}
	input_rows_back(dx, carry, w.x, w.x_plane, tiles);
}

static void conv_back_end(const struct input_gradient *dx, float *carry, int tiles)
{
	static const vec nothing[REACH];
	size_t carry_row = ((size_t)tiles * STRIP + 2) * PANEL;

	for (int i = 0; i < STRIP * tiles + 2; i++)
		for (int c = 0; c < PANEL; c += LANES)
			column_store(dx, carry, carry_row, i, c, nothing);
}

/* ---- dense ---- */

static void dense(float *y, size_t y_row, const float *x, int n, const float *w, size_t w_row)
{
	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(n, dense_tile, y + c, y_row, x, w + c, w_row, n);
}

static void dense_few(float *y, const float *x, size_t x_row, int n, const float *w,
                      int rows, int out)
{
	int at = 0;
	struct few now = next_few(&at, x, x_row, n, rows);

	while (now.count) {
		struct few next = next_few(&at, x, x_row, n, rows);

		add_few(y, x, w, &now, next.count ? &next : &now, out);
		for (int i = 1; i < n; i++)
			add_few(y + (size_t)i * out, x + i * x_row, w, &now, NULL, out);
		now = next;
	}
}

static void dense_dx(float *dxt, const float *w, const float *dyt, int n)
{
	for (int i = 0; i < n; i += TILE_COLUMNS)
		EACH_TILE(DENSE_ROWS, dense_dx_tile, dxt + i, w, dyt + i, n);
}

static void dense_dw(float *dw, const float *x, const float *dy, size_t dy_row, int n)
{
	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(DENSE_ROWS, dense_dw_tile, dw + c, x, dy + c, dy_row, n);
}

static void dense_adam(float *w, float *m, float *v, const float *anchor, const float *x,
                       const float *dy, size_t dy_row, int n, const struct adam_step *a)
{
	const struct adam_step step = *a;

	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(DENSE_ROWS, dense_adam_tile, w + c, m + c, v + c,
		          anchor ? anchor + c : NULL, x, dy + c, dy_row, n, &step);
}

static void adam(float *w, float *m, float *v, const float *anchor, const float *g, size_t count,
                 const struct adam_step *a)
{
	const struct adam_step step = *a;
	size_t whole = count / LANES * LANES;

	for (size_t i = 0; i < whole; i += LANES)
		adam_vec(w + i, m + i, v + i, anchor ? anchor + i : NULL, load(g + i), &step);
	if (whole < count)
		adam_tail(w + whole, m + whole, v + whole, anchor ? anchor + whole : NULL,
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
			store_keep4(mask + i * PHILOX_BYTES, c, i, least);
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
