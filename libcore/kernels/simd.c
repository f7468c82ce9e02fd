/*
 * The kernels in vectors of LANES floats; compiled once for each instruction set, each object exporting one
 * table. Convolutions are Winograd's F(4x4, 3x3). What each call means is in kernels.h, how it works in METHOD.md.
 */
#include "kernels/kernels.h"

#include <stdbool.h>
#include <string.h>

#include "kernels/vec.h"

/*
 * A product keeps a tile of ROWS x 2 vectors of sums in registers, beside two vectors of the right operand and one
 * number of the left. AVX-512 has 32 registers: 13 rows, and 25 tiles of a strip fall into 13 + 12, its 12 into one.
 * AVX2 and SSE have 16: 6 rows, but without FMA the product itself needs a register.
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
	PANEL_VECS = PANEL / LANES,
	ROW_CHOICES = 13,       /* cases of WITH_ROWS */
};

/* ---- products ---- */

/* The sums of a tile. Lives in registers: every index is a constant once the loops are unrolled. */
typedef vec sums[TILE_ROWS][TILE_VECS];

ALWAYS void sums_zero(sums s, int rows)
{
	for (int r = 0; r < rows; r++)
		s[r][0] = s[r][1] = (vec){0};
}

ALWAYS void sums_load(sums s, int rows, const float *y, size_t y_row)
{
	for (int r = 0; r < rows; r++) {
		s[r][0] = load(y + r * y_row);
		s[r][1] = load(y + r * y_row + LANES);
	}
}

ALWAYS void sums_store(sums s, int rows, float *y, size_t y_row)
{
	for (int r = 0; r < rows; r++) {
		store(y + r * y_row, s[r][0]);
		store(y + r * y_row + LANES, s[r][1]);
	}
}

/* s[r] += sum over d of a[r * a_row + d * a_step] b[d * b_step .. + TILE_COLUMNS] */
ALWAYS void sums_add(sums s, int rows, const float *a, size_t a_row, size_t a_step, const float *b,
                     size_t b_step, int depth)
{
	for (int d = 0; d < depth; d++) {
		vec b0 = load(b), b1 = load(b + LANES);

#pragma GCC unroll 16
		for (int r = 0; r < rows; r++) {
			vec x = splat(a[r * a_row]);

			s[r][0] += x * b0;
			s[r][1] += x * b1;
		}
		a += a_step;
		b += b_step;
	}
}

/*
 * Splits COUNT rows into tiles as even as can be and calls F(constant number of rows, first row, ...) for each.
 * F is ALWAYS inline, so that each case is a loop without variables in its bounds.
 */
#define ROWS_CASE(n, f, at, ...) \
	case n: \
		f(n < TILE_ROWS ? n : TILE_ROWS, at, __VA_ARGS__); \
		break;
#define EACH_TILE(count, f, ...) \
	do { \
		int tiles_ = ((count) + TILE_ROWS - 1) / TILE_ROWS; \
		for (int i_ = 0, at_ = 0; i_ < tiles_; i_++) { \
			int rows_ = ((count) - at_) / (tiles_ - i_); \
			rows_ += ((count) - at_) % (tiles_ - i_) != 0; \
			switch (rows_) { \
			ROWS_CASE(1, f, at_, __VA_ARGS__) \
			ROWS_CASE(2, f, at_, __VA_ARGS__) \
			ROWS_CASE(3, f, at_, __VA_ARGS__) \
			ROWS_CASE(4, f, at_, __VA_ARGS__) \
			ROWS_CASE(5, f, at_, __VA_ARGS__) \
			ROWS_CASE(6, f, at_, __VA_ARGS__) \
			ROWS_CASE(7, f, at_, __VA_ARGS__) \
			ROWS_CASE(8, f, at_, __VA_ARGS__) \
			ROWS_CASE(9, f, at_, __VA_ARGS__) \
			ROWS_CASE(10, f, at_, __VA_ARGS__) \
			ROWS_CASE(11, f, at_, __VA_ARGS__) \
			ROWS_CASE(12, f, at_, __VA_ARGS__) \
			ROWS_CASE(13, f, at_, __VA_ARGS__) \
			} \
			at_ += rows_; \
		} \
	} while (0)
_Static_assert((int)TILE_ROWS <= (int)ROW_CHOICES, "EACH_TILE has too few cases");

/* ---- conv1 ---- */

ALWAYS void conv1_tile(int rows, int at, float *y, const float *const row[3], const float *w, vec b0, vec b1,
                       int C, int K)
{
	sums s;

	for (int r = 0; r < rows; r++) {
		s[r][0] = b0;
		s[r][1] = b1;
	}
	for (int u = 0; u < 3; u++)
		sums_add(s, rows, row[u] + (size_t)at * C, C, 1, w + (size_t)u * 3 * C * K, K, 3 * C);
	for (int r = 0; r < rows; r++) {
		s[r][0] = vec_max(s[r][0], (vec){0});
		s[r][1] = vec_max(s[r][1], (vec){0});
	}
	sums_store(s, rows, y + (size_t)at * K, K);
}

ALWAYS void conv1_sized(float *y, const float *const row[3], const float *w, const float *b, int columns, int C,
                        int K)
{
	for (int k = 0; k < K; k += TILE_COLUMNS) {
		vec b0 = load(b + k), b1 = load(b + k + LANES);

		EACH_TILE(columns, conv1_tile, y + k, row, w + k, b0, b1, C, K);
	}
}

/* The tutorial's counts as constants: then every address of a tile is one register and an offset. */
static void conv1(float *y, const float *const row[3], const float *w, const float *b, int columns, int C, int K)
{
	if (C == 4 && K == 32)
		conv1_sized(y, row, w, b, columns, 4, 32);
	else
		conv1_sized(y, row, w, b, columns, C, K);
}

ALWAYS void conv1_back_tile(int rows, int at, float *dw, const float *row, const float *dy, int columns, int C,
                            int K)
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

ALWAYS void conv1_back_sized(float *dw, const float *const row[3], const float *dy, int columns, int C, int K)
{
	for (int k = 0; k < PANEL; k += TILE_COLUMNS)
		for (int u = 0; u < 3; u++)
			EACH_TILE(3 * C, conv1_back_tile, dw + (size_t)u * 3 * C * K + k, row[u], dy + k, columns, C, K);
}

static void conv1_back(float *dw, float *db, const float *const row[3], const float *dy, int columns, int C, int K)
{
	if (C == 4 && K == 32)
		conv1_back_sized(dw, row, dy, columns, 4, 32);
	else
		conv1_back_sized(dw, row, dy, columns, C, K);
	for (int k = 0; k < PANEL; k += LANES)
		sum_rows(db + k, dy + k, columns, K);
}

/* ---- Winograd's transforms, one dimension: points 0, +-A, +-B, infinity ---- */

#define A 0.70710678118654752f          /* sqrt(1/2) */
#define B 1.41421356237309505f          /* sqrt(2) */

/* B^T x: six inputs to their values at the points */
ALWAYS void input_points(vec t[REACH], const vec x[REACH])
{
	vec even_a = x[4] - 2 * x[2], odd_a = x[3] - 2 * x[1];
	vec even_b = x[4] - 0.5f * x[2], odd_b = x[3] - 0.5f * x[1];

	t[0] = x[0] + x[4] - 2.5f * x[2];
	t[1] = even_a + A * odd_a;
	t[2] = even_a - A * odd_a;
	t[3] = even_b + B * odd_b;
	t[4] = even_b - B * odd_b;
	t[5] = x[1] + x[5] - 2.5f * x[3];
}

/* B t: its transpose */
ALWAYS void input_points_back(vec x[REACH], const vec t[REACH])
{
	vec even_a = t[1] + t[2], odd_a = t[1] - t[2], even_b = t[3] + t[4], odd_b = t[3] - t[4];

	x[0] = t[0];
	x[1] = t[5] - B * odd_a - A * odd_b;
	x[2] = -2.5f * t[0] - 2 * even_a - 0.5f * even_b;
	x[3] = A * odd_a + B * odd_b - 2.5f * t[5];
	x[4] = t[0] + even_a + even_b;
	x[5] = t[5];
}

/* A^T t: values at the points to four outputs */
ALWAYS void output_of_points(vec y[STRIP], const vec t[REACH])
{
	vec even_a = t[1] + t[2], odd_a = t[1] - t[2], even_b = t[3] + t[4], odd_b = t[3] - t[4];

	y[0] = t[0] + even_a + even_b;
	y[1] = A * odd_a + B * odd_b;
	y[2] = 0.5f * even_a + 2 * even_b;
	y[3] = 0.5f * A * odd_a + 2 * B * odd_b + t[5];
}

/* A y: its transpose */
ALWAYS void output_points(vec t[REACH], const vec y[STRIP])
{
	vec even_a = y[0] + 0.5f * y[2], odd_a = y[1] + 0.5f * y[3];
	vec even_b = y[0] + 2 * y[2], odd_b = y[1] + 2 * y[3];

	t[0] = y[0];
	t[1] = even_a + A * odd_a;
	t[2] = even_a - A * odd_a;
	t[3] = even_b + B * odd_b;
	t[4] = even_b - B * odd_b;
	t[5] = y[3];
}

/* G w: three taps to the points */
ALWAYS void weight_points(vec t[REACH], const vec w[3])
{
	vec even_a = (-2.f / 3) * w[0] - (1.f / 3) * w[2], odd_a = (-2.f / 3 * A) * w[1];
	vec even_b = (1.f / 6) * w[0] + (1.f / 3) * w[2], odd_b = (1.f / 6 * B) * w[1];

	t[0] = w[0];
	t[1] = even_a + odd_a;
	t[2] = even_a - odd_a;
	t[3] = even_b + odd_b;
	t[4] = even_b - odd_b;
	t[5] = w[2];
}

/* G^T t: its transpose */
ALWAYS void weight_points_back(vec w[3], const vec t[REACH])
{
	vec even_a = t[1] + t[2], odd_a = t[1] - t[2], even_b = t[3] + t[4], odd_b = t[3] - t[4];

	w[0] = t[0] - (2.f / 3) * even_a + (1.f / 6) * even_b;
	w[1] = (1.f / 6 * B) * odd_b - (2.f / 3 * A) * odd_a;
	w[2] = (1.f / 3) * (even_b - even_a) + t[5];
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
			gradient_vec(dw + (size_t)r * row + c, tap, du + (size_t)r * PANEL + c, plane);
}

/* ---- convolution forward ---- */

/*
 * Where a strip's intermediate arrays lie in the scratch memory. "Down" arrays have the points of one direction only
 * (rows of the image) and live in L2; the rest is for one of the six rows of points, and stays in L1.
 */
struct work {
	float *x_down;          /* [C / PANEL][REACH][4 tiles + 2][PANEL] */
	float *y_down;          /* [K / PANEL][REACH][4 tiles][PANEL] */
	float *x_points;        /* [C / PANEL][REACH][tiles][PANEL] */
	float *y_points;        /* [K / PANEL][REACH][tiles][PANEL] */
	size_t x_row, y_row, points;    /* floats of one row of x_down, of y_down, of one plane of points */
};

ALWAYS struct work work_lay(float *scratch, int tiles, int C, int K)
{
	struct work w = {
		.x_row = ((size_t)tiles * STRIP + 2) * PANEL,
		.y_row = (size_t)tiles * STRIP * PANEL,
		.points = (size_t)tiles * PANEL,
	};
	size_t c = C / PANEL, k = K / PANEL;

	w.x_down = scratch;
	w.y_down = w.x_down + c * REACH * w.x_row;
	w.x_points = w.y_down + k * REACH * w.y_row;
	w.y_points = w.x_points + c * REACH * w.points;
	return w;
}

/* The six points of every column of the strip's rows; one panel. */
static void input_down(float *down, size_t down_row, const struct strip *x, int channel)
{
	int columns = STRIP * x->tiles + 2;

	for (int i = 0; i < columns; i++) {
		for (int c = 0; c < PANEL; c += LANES) {
			size_t at = (size_t)i * x->stride + channel + c;
			vec in[REACH], t[REACH];

			for (int r = 0; r < REACH; r++)
				in[r] = load(x->row[r] + at);
			input_points(t, in);
			for (int r = 0; r < REACH; r++)
				store(down + r * down_row + (size_t)i * PANEL + c, t[r]);
		}
	}
}

/* One row of points: along the columns of each tile. */
static void input_across(float *points, size_t plane, const float *down, int tiles)
{
	for (int t = 0; t < tiles; t++) {
		for (int c = 0; c < PANEL; c += LANES) {
			const float *from = down + (size_t)t * STRIP * PANEL + c;
			vec in[REACH], out[REACH];

			for (int j = 0; j < REACH; j++)
				in[j] = load(from + j * PANEL);
			input_points(out, in);
			for (int j = 0; j < REACH; j++)
				store(points + j * plane + (size_t)t * PANEL + c, out[j]);
		}
	}
}

/* Its counterpart at the output: four columns of each tile from six points. */
static void output_across(float *down, const float *points, size_t plane, int tiles)
{
	for (int t = 0; t < tiles; t++) {
		for (int c = 0; c < PANEL; c += LANES) {
			float *to = down + (size_t)t * STRIP * PANEL + c;
			vec in[REACH], out[STRIP];

			for (int j = 0; j < REACH; j++)
				in[j] = load(points + j * plane + (size_t)t * PANEL + c);
			output_of_points(out, in);
			for (int j = 0; j < STRIP; j++)
				store(to + j * PANEL, out[j]);
		}
	}
}

/*
 * y[t][TILE_COLUMNS] = sum over panels p, d of a[p * a_panel + t * PANEL + d] b[(p * PANEL + d) * PANEL ..]:
 * the left operand in panels, as x_points has them, the right one contiguous.
 */
ALWAYS void panels_tile(int rows, int at, float *y, const float *a, size_t a_panel, const float *b, int panels)
{
	sums s;

	sums_zero(s, rows);
	for (int p = 0; p < panels; p++)
		sums_add(s, rows, a + p * a_panel + (size_t)at * PANEL, PANEL, 1, b + (size_t)p * PANEL * PANEL, PANEL,
		         PANEL);
	sums_store(s, rows, y + (size_t)at * PANEL, PANEL);
}

static void panels_product(float *y, const float *a, size_t a_panel, const float *b, int rows, int panels)
{
	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(rows, panels_tile, y + c, a, a_panel, b + c, panels);
}

enum { LINE_BYTES = 64 };

/* Asks for part PART of POINTS of what is needed soon, into the second cache: the first is full. */
static void fetch_soon(const struct soon *s, int part)
{
	const char *from = s->at;
	size_t first = s->bytes * (size_t)part / POINTS, last = s->bytes * (size_t)(part + 1) / POINTS;

	for (size_t i = first / LINE_BYTES * LINE_BYTES; i < last; i += LINE_BYTES)
		__builtin_prefetch(from + i, 0, 2);
}

/* Everything but the last transform of the output, which y_down waits for. */
static struct work conv_strip(const struct strip *x, const float *u, int K, float *scratch)
{
	int C = x->C, panels = C / PANEL;
	struct work w = work_lay(scratch, x->tiles, C, K);
	size_t plane = (size_t)C * K;

	for (int p = 0; p < panels; p++)
		input_down(w.x_down + p * REACH * w.x_row, w.x_row, x, p * PANEL);
	for (int i = 0; i < REACH; i++) {
		for (int p = 0; p < panels; p++)
			input_across(w.x_points + p * REACH * w.points, w.points,
			             w.x_down + (p * REACH + i) * w.x_row, x->tiles);
		for (int k = 0; k < K / PANEL; k++) {
			for (int j = 0; j < REACH; j++) {
				if (k == 0)
					fetch_soon(&x->soon, REACH * i + j);
				panels_product(w.y_points + j * w.points, w.x_points + j * w.points,
				               REACH * w.points,
				               u + (REACH * i + j) * plane + (size_t)k * C * PANEL, x->tiles, panels);
			}
			output_across(w.y_down + (k * REACH + i) * w.y_row, w.y_points, w.points, x->tiles);
		}
	}
	return w;
}

ALWAYS void output_column(vec y[STRIP], const float *down, size_t down_row)
{
	vec t[REACH];

	for (int r = 0; r < REACH; r++)
		t[r] = load(down + r * down_row);
	output_of_points(y, t);
}

static void conv_relu(const struct relu_rows *y, const struct strip *x, const float *u, const float *b, int K,
                      float *scratch)
{
	struct work w = conv_strip(x, u, K, scratch);

	for (int k = 0; k < K; k += LANES) {
		const float *down = w.y_down + k / PANEL * REACH * w.y_row + k % PANEL;
		vec bias = load(b + k);

		for (int i = 0; i < y->columns; i++) {
			vec out[STRIP];

			output_column(out, down + (size_t)i * PANEL, w.y_row);
			for (int r = 0; r < STRIP; r++)
				if (y->row[r])
					store(y->row[r] + (size_t)i * K + k, vec_max(out[r] + bias, (vec){0}));
		}
	}
}

/* The largest of a block of four, and which it is: 2 row + column, on ties the first. */
ALWAYS vec block_max(ivec *at, const vec left[2], const vec right[2])
{
	ivec right_wins[2] = { right[0] > left[0], right[1] > left[1] };
	vec top = vec_max(left[0], right[0]), bottom = vec_max(left[1], right[1]);
	ivec one = (ivec){0} + 1, two = one + 1;

	*at = choose(bottom > top, (right_wins[1] & one) | two, right_wins[0] & one);
	return vec_max(top, bottom);
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

static void conv_pool(const struct pooled_rows *y, const struct strip *x, const float *u, const float *b, int K,
                      float *scratch)
{
	struct work w = conv_strip(x, u, K, scratch);

	for (int k = 0; k < K; k += LANES) {
		const float *down = w.y_down + k / PANEL * REACH * w.y_row + k % PANEL;
		vec bias = load(b + k);

		for (int i = 0; i < y->columns; i++) {
			vec left[STRIP], right[STRIP];

			output_column(left, down + (size_t)(2 * i) * PANEL, w.y_row);
			output_column(right, down + (size_t)(2 * i + 1) * PANEL, w.y_row);
			for (int r = 0; r < STRIP / 2; r++) {
				ivec at;
				vec most;

				if (!y->row[r])
					continue;
				most = block_max(&at, left + 2 * r, right + 2 * r);
				pool_store(y, r, (size_t)i * K + k, most + bias, at);
			}
		}
	}
}

/* ---- convolution backward ---- */

/* A vector of the gradient at row R, column X, channel K; from full rows. */
ALWAYS vec full_gradient(const struct strip_gradient *g, int r, size_t e)
{
	return g->row[r] ? load(g->row[r] + e) : (vec){0};
}

/* The points of a column of the output's gradient, and the sum of the column. */
ALWAYS vec gradient_column(float *down, size_t down_row, const vec y[STRIP])
{
	vec t[REACH];

	output_points(t, y);
	for (int r = 0; r < REACH; r++)
		store(down + r * down_row, t[r]);
	return (y[0] + y[1]) + (y[2] + y[3]);
}

ALWAYS vec full_down(float *down, size_t down_row, const struct strip_gradient *g, int k, int K)
{
	vec sum = {0};

	for (int i = 0; i < g->columns; i++) {
		vec y[STRIP];

		for (int r = 0; r < STRIP; r++)
			y[r] = full_gradient(g, r, (size_t)i * K + k);
		sum += gradient_column(down + (size_t)i * PANEL, down_row, y);
	}
	return sum;
}

/* Two columns of gradient from a column of pooled ones: each value goes where it came from. */
ALWAYS vec pooled_down(float *down, size_t down_row, const struct strip_gradient *g, int k, int K)
{
	vec sum = {0};

	for (int i = 0; i < g->columns; i++) {
		size_t e = (size_t)i * K + k;
		vec left[STRIP], right[STRIP];

		for (int r = 0; r < STRIP / 2; r++) {
			ivec at = g->pooled[r] ? load_bytes(g->at[r] + e) : (ivec){0};
			vec value = g->pooled[r] ? load(g->pooled[r] + e) * g->scale : (vec){0};

			left[2 * r] = keep_where(at == 0, value);
			right[2 * r] = keep_where(at == 1, value);
			left[2 * r + 1] = keep_where(at == 2, value);
			right[2 * r + 1] = keep_where(at == 3, value);
		}
		sum += gradient_column(down + (size_t)(2 * i) * PANEL, down_row, left);
		sum += gradient_column(down + (size_t)(2 * i + 1) * PANEL, down_row, right);
	}
	return sum;
}

static void gradient_down(const struct work *w, float *db, const struct strip_gradient *g, int tiles, int K)
{
	bool pooled = g->pooled[0] || g->pooled[1];
	int columns = pooled ? 2 * g->columns : g->columns;

	for (int k = 0; k < K; k += LANES) {
		float *down = w->y_down + k / PANEL * REACH * w->y_row + k % PANEL;
		vec sum = pooled ? pooled_down(down, w->y_row, g, k, K) : full_down(down, w->y_row, g, k, K);

		for (int i = columns; i < STRIP * tiles; i++)
			gradient_column(down + (size_t)i * PANEL, w->y_row, (vec[STRIP]){{0}});
		if (db)
			store(db + k, load(db + k) + sum);
	}
}

/* One row of points of the output's gradient: six from the four columns of each tile. */
static void gradient_across(float *points, size_t plane, const float *down, int tiles)
{
	for (int t = 0; t < tiles; t++) {
		for (int c = 0; c < PANEL; c += LANES) {
			const float *from = down + (size_t)t * STRIP * PANEL + c;
			vec in[STRIP], out[REACH];

			for (int j = 0; j < STRIP; j++)
				in[j] = load(from + j * PANEL);
			output_points(out, in);
			for (int j = 0; j < REACH; j++)
				store(points + j * plane + (size_t)t * PANEL + c, out[j]);
		}
	}
}

/* The columns of the input's gradient from its points: tiles overlap by two columns, whose sums are carried along. */
static void input_across_back(float *down, const float *points, size_t plane, int tiles)
{
	for (int c = 0; c < PANEL; c += LANES) {
		vec carry[2] = {{0}};

		for (int t = 0; t < tiles; t++) {
			float *to = down + (size_t)t * STRIP * PANEL + c;
			vec in[REACH], out[REACH];

			for (int j = 0; j < REACH; j++)
				in[j] = load(points + j * plane + (size_t)t * PANEL + c);
			input_points_back(out, in);
			store(to, out[0] + carry[0]);
			store(to + PANEL, out[1] + carry[1]);
			store(to + 2 * PANEL, out[2]);
			store(to + 3 * PANEL, out[3]);
			carry[0] = out[4];
			carry[1] = out[5];
		}
		store(down + (size_t)tiles * STRIP * PANEL + c, carry[0]);
		store(down + ((size_t)tiles * STRIP + 1) * PANEL + c, carry[1]);
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

static void conv_back(float *dx, float *du, float *db, const struct strip *x, const struct strip_gradient *dy,
                      const float *ut, int K, float *scratch)
{
	struct work w = work_lay(scratch, x->tiles, PANEL, K);
	int tiles = x->tiles, panels = K / PANEL;

	input_down(dx, w.x_row, x, 0);
	gradient_down(&w, db, dy, tiles, K);
	for (int i = 0; i < REACH; i++) {
		float *down = dx + i * w.x_row;         /* becomes the gradient in place */

		input_across(w.x_points, w.points, down, tiles);
		for (int k = 0; k < panels; k++)
			gradient_across(w.y_points + k * REACH * w.points, w.points,
			                w.y_down + (k * REACH + i) * w.y_row, tiles);
		for (int j = 0; j < REACH; j++) {
			size_t at = (size_t)(REACH * i + j) * K * PANEL;
			float *xp = w.x_points + j * w.points, *zp = w.y_points + j * w.points;

			fetch_soon(&x->soon, REACH * i + j);
			fetch_soon(&dy->soon, REACH * i + j);
			fetch_soon(&dy->at_soon, REACH * i + j);
			for (int k = 0; k < panels; k++)
				outer_product(du + at + (size_t)k * PANEL * PANEL, xp, zp + k * REACH * w.points, tiles);
			panels_product(xp, zp, REACH * w.points, ut + at, tiles, panels);
		}
		input_across_back(down, w.x_points, w.points, tiles);
	}
}

ALWAYS void input_store(const struct input_gradient *out, int r, int column, int c, vec value)
{
	size_t e = (size_t)column * out->stride + c;

	if (!out->row[r] || column < out->first || column >= out->first + out->columns)
		return;
	if (out->relu[r])
		value = keep_where(load(out->relu[r] + e) > (vec){0}, value);
	store(out->row[r] + e, value);
}

static void conv_back_rows(const struct input_gradient *out, float *carry, const float *dx, int tiles)
{
	size_t row = ((size_t)tiles * STRIP + 2) * PANEL;

	for (int i = 0; i < STRIP * tiles + 2; i++) {
		for (int c = 0; c < PANEL; c += LANES) {
			size_t e = (size_t)i * PANEL + c;
			vec t[REACH], y[REACH] = {{0}};

			if (dx) {
				for (int r = 0; r < REACH; r++)
					t[r] = load(dx + r * row + e);
				input_points_back(y, t);
			}
			for (int r = 0; r < STRIP; r++)
				input_store(out, r, i, c, r < 2 ? y[r] + load(carry + r * row + e) : y[r]);
			store(carry + e, y[4]);
			store(carry + row + e, y[5]);
		}
	}
}

/* ---- dense ---- */

/*
 * Asks for rows FIRST .. LAST - 1 of the block of weights after this one. Spread over a block's tiles, so that memory
 * works while the sums are made.
 */
ALWAYS void fetch_next(const float *w, int first, int last)
{
	enum { LINE = 64 / sizeof(float) };
	const float *next = w + DENSE_ROWS * PANEL;

	for (int i = first * PANEL; i < last * PANEL; i += LINE)
		__builtin_prefetch(next + i);
}

ALWAYS void dense_tile(int rows, int at, float *y, size_t y_row, const float *x, const float *w, size_t w_row, int n)
{
	sums s;

	fetch_next(w, DENSE_ROWS * at / n, DENSE_ROWS * (at + rows) / n);
	sums_load(s, rows, y + (size_t)at * y_row, y_row);
	sums_add(s, rows, x + (size_t)at * DENSE_ROWS, DENSE_ROWS, 1, w, w_row, DENSE_ROWS);
	sums_store(s, rows, y + (size_t)at * y_row, y_row);
}

static void dense(float *y, size_t y_row, const float *x, int n, const float *w, size_t w_row)
{
	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(n, dense_tile, y + c, y_row, x, w + c, w_row, n);
}

enum { FEW_ROWS = 4 };          /* rows of weights added at a time: y is loaded and stored once for them */

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
ALWAYS void add_few(float *y, const float *x, const float *w, const struct few *f, const struct few *soon, int out)
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

static void dense_few(float *y, const float *x, size_t x_row, int n, const float *w, int rows, int out)
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

ALWAYS void dense_dx_tile(int rows, int at, float *dxt, const float *w, const float *dyt, int n)
{
	sums s;

	fetch_next(w, at, at + rows);
	sums_load(s, rows, dxt + (size_t)at * n, n);
	sums_add(s, rows, w + (size_t)at * PANEL, PANEL, 1, dyt, n, PANEL);
	sums_store(s, rows, dxt + (size_t)at * n, n);
}

static void dense_dx(float *dxt, const float *w, const float *dyt, int n)
{
	for (int i = 0; i < n; i += TILE_COLUMNS)
		EACH_TILE(DENSE_ROWS, dense_dx_tile, dxt + i, w, dyt + i, n);
}

ALWAYS void adam_vec(float *w, float *m, float *v, vec g, const struct adam_step *a)
{
	vec m1 = load(m), v1 = load(v);

	m1 += (g - m1) * a->rate1;
	v1 += (g * g - v1) * a->rate2;
	store(m, m1);
	store(v, v1);
	store(w, load(w) - m1 * a->alpha / (vec_sqrt(v1) + a->epsilon));
}

ALWAYS void dense_dw_sums(sums s, int rows, int at, const float *x, const float *dy, size_t dy_row, int n)
{
	sums_zero(s, rows);
	sums_add(s, rows, x + at, 1, DENSE_ROWS, dy, dy_row, n);
}

ALWAYS void dense_dw_tile(int rows, int at, float *dw, const float *x, const float *dy, size_t dy_row, int n)
{
	sums s;

	dense_dw_sums(s, rows, at, x, dy, dy_row, n);
	sums_store(s, rows, dw + (size_t)at * PANEL, PANEL);
}

static void dense_dw(float *dw, const float *x, const float *dy, size_t dy_row, int n)
{
	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(DENSE_ROWS, dense_dw_tile, dw + c, x, dy + c, dy_row, n);
}

ALWAYS void dense_adam_tile(int rows, int at, float *w, float *m, float *v, const float *x, const float *dy,
                            size_t dy_row, int n, const struct adam_step *a)
{
	sums s;

	fetch_next(m, at, at + rows);
	fetch_next(v, at, at + rows);
	dense_dw_sums(s, rows, at, x, dy, dy_row, n);
	for (int r = 0; r < rows; r++) {
		size_t e = (size_t)(at + r) * PANEL;

		adam_vec(w + e, m + e, v + e, s[r][0], a);
		adam_vec(w + e + LANES, m + e + LANES, v + e + LANES, s[r][1], a);
	}
}

static void dense_adam(float *w, float *m, float *v, const float *x, const float *dy, size_t dy_row, int n,
                       const struct adam_step *a)
{
	const struct adam_step step = *a;

	for (int c = 0; c < PANEL; c += TILE_COLUMNS)
		EACH_TILE(DENSE_ROWS, dense_adam_tile, w + c, m + c, v + c, x, dy + c, dy_row, n, &step);
}

static void adam(float *w, float *m, float *v, const float *g, size_t count, const struct adam_step *a)
{
	const struct adam_step step = *a;
	size_t whole = count / LANES * LANES, left = count - whole;
	float tail[4][LANES] = {{0}};

	for (size_t i = 0; i < whole; i += LANES)
		adam_vec(w + i, m + i, v + i, load(g + i), &step);
	if (!left)
		return;
	memcpy(tail[0], w + whole, left * sizeof(float));
	memcpy(tail[1], m + whole, left * sizeof(float));
	memcpy(tail[2], v + whole, left * sizeof(float));
	memcpy(tail[3], g + whole, left * sizeof(float));
	adam_vec(tail[0], tail[1], tail[2], load(tail[3]), &step);
	memcpy(w + whole, tail[0], left * sizeof(float));
	memcpy(m + whole, tail[1], left * sizeof(float));
	memcpy(v + whole, tail[2], left * sizeof(float));
}

/* ---- dropout ---- */

enum { PHILOX_ROUNDS = 10, PHILOX_WORDS = 4, PHILOX_BYTES = 16 };

/* LANES blocks side by side; the compiler makes widening multiplications of the loops. */
ALWAYS void philox(uint32_t c[PHILOX_WORDS][LANES], uint64_t seed)
{
	uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);

	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		for (int i = 0; i < LANES; i++) {
			uint64_t p0 = (uint64_t)c[0][i] * 0xD2511F53u, p1 = (uint64_t)c[2][i] * 0xCD9E8D57u;
			uint32_t one = c[1][i], three = c[3][i];

			c[0][i] = (uint32_t)(p1 >> 32) ^ one ^ key0;
			c[1][i] = (uint32_t)p1;
			c[2][i] = (uint32_t)(p0 >> 32) ^ three ^ key1;
			c[3][i] = (uint32_t)p0;
		}
		key0 += 0x9E3779B9u;
		key1 += 0xBB67AE85u;
	}
}

typedef uint32_t words4 __attribute__((vector_size(16)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef bytes16 bytes16_any __attribute__((aligned(1), may_alias));

/* Block BLOCK of four side by side, from word k of the four in w[k]: a column of a 4 x 4 matrix. */
#define PHILOX_BLOCK(w, block) \
	__builtin_shufflevector(__builtin_shufflevector(w[0], w[1], block, 4 + block, -1, -1), \
	                        __builtin_shufflevector(w[2], w[3], block, 4 + block, -1, -1), 0, 1, 4, 5)

ALWAYS void store_keep(uint8_t *keep, words4 block, bytes16 threshold)
{
	*(bytes16_any *)keep = (bytes16)((bytes16)block >= threshold) & 1;
}

/* Four blocks, of lanes FIRST .. FIRST + 3. */
ALWAYS void store_keep4(uint8_t *keep, uint32_t c[PHILOX_WORDS][LANES], int first, bytes16 threshold)
{
	words4 w[PHILOX_WORDS];

	for (int k = 0; k < PHILOX_WORDS; k++)
		memcpy(&w[k], c[k] + first, sizeof w[k]);
	store_keep(keep, PHILOX_BLOCK(w, 0), threshold);
	store_keep(keep + PHILOX_BYTES, PHILOX_BLOCK(w, 1), threshold);
	store_keep(keep + 2 * PHILOX_BYTES, PHILOX_BLOCK(w, 2), threshold);
	store_keep(keep + 3 * PHILOX_BYTES, PHILOX_BLOCK(w, 3), threshold);
}

static void keep(uint8_t *out, uint64_t seed, const uint32_t counter[4], int blocks, unsigned threshold)
{
	bytes16 least = (bytes16){0} + (uint8_t)threshold;

	for (int first = 0; first < blocks; first += LANES) {
		int count = blocks - first < LANES ? blocks - first : LANES;
		uint32_t c[PHILOX_WORDS][LANES];
		uint8_t mask[LANES * PHILOX_BYTES];

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
	.conv_back_rows = conv_back_rows,
	.dense = dense,
	.dense_few = dense_few,
	.dense_dx = dense_dx,
	.dense_adam = dense_adam,
	.dense_dw = dense_dw,
	.adam = adam,
	.keep = keep,
};
