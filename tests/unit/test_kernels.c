/*
 * Every table of kernels that this processor runs against the plain C one: sizes around the
 * vectors' and the real ones, arrays that start between alignments, guard numbers at both ends.
 */
#include "kernels/kernels.h"

#include <stdint.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/dropout.h"
#include "tap.h"

/* numbers in front of and behind an array: starts at no multiple of 16 bytes */
enum { GUARD = 19 };
static const float guard = 1234.5f;

/*
 * Single precision with another order of sums: 1e-6 of the typical number is usual, the
 * largest of thousands is a few times that, and Winograd's transforms cost a factor of
 * about 5.
 */
static const double sums_differ = 4e-6, winograd_differs = 2e-5;

struct array {
	float *p;
	size_t n;
};

static struct rng numbers;

static struct array array_new(size_t n)
{
	struct array a = { (float *)xaligned(n + 2 * GUARD, sizeof(float)) + GUARD, n };

	for (size_t i = 0; i < GUARD; i++)
		a.p[-1 - (long)i] = a.p[n + i] = guard;
	for (size_t i = 0; i < n; i++)
		a.p[i] = (float)rng_normal(&numbers);
	return a;
}

static struct array array_zero(size_t n)
{
	struct array a = array_new(n);

	memset(a.p, 0, n * sizeof(float));
	return a;
}

static struct array array_copy(struct array from)
{
	struct array a = array_new(from.n);

	memcpy(a.p, from.p, from.n * sizeof(float));
	return a;
}

static void array_free(struct array a)
{
	free(a.p - GUARD);
}

static bool guarded(struct array a)
{
	for (size_t i = 0; i < GUARD; i++)
		if (a.p[-1 - (long)i] != guard || a.p[a.n + i] != guard)
			return false;
	return true;
}

/*
 * Guards stand, and the largest difference is at most TOLERANCE of the root mean square.
 * Frees both.
 */
static void same(struct array got, struct array want, double tolerance, const char *isa,
                 const char *what)
{
	double square = 0, most = 0;
	size_t worst = 0;

	for (size_t i = 0; i < want.n; i++) {
		double d = fabs((double)got.p[i] - want.p[i]);

		square += (double)want.p[i] * want.p[i];
		if (!(d <= most)) {
			most = d;
			worst = i;
		}
	}
	if (!ok(most <= tolerance * (sqrt(square / (double)want.n) + 1e-30) &&
	                guarded(got),
	        "%s: %s", isa, what))
		printf("#   at %zu of %zu: got %.9g, expected %.9g; rms %g; guards %s\n",
		       worst, want.n, got.p[worst], want.p[worst],
		       sqrt(square / (double)want.n),
		       guarded(got) ? "stand" : "overwritten");
	array_free(got);
	array_free(want);
}

/* ---- conv1 ---- */

static void check_conv1(const struct kernels *k, int columns, int C, int K)
{
	struct array x = array_new((size_t)(columns + 2) * (size_t)C * 3),
		     w = array_new((size_t)(9 * C * K));
	struct array b = array_new((size_t)K), y = array_new((size_t)(columns * K)),
		     y_ref = array_new(y.n);
	struct array dw = array_new(w.n), dw_ref = array_copy(dw), db = array_new(b.n),
		     db_ref = array_copy(db);
	const float *row[3] = { x.p, x.p + x.n / 3, x.p + x.n / 3 * 2 };
	char what[100];

	k->conv1(y.p, row, w.p, b.p, columns, C, K);
	kernels_ref.conv1(y_ref.p, row, w.p, b.p, columns, C, K);
	k->conv1_back(dw.p, db.p, row, y_ref.p, columns, C, K);
	kernels_ref.conv1_back(dw_ref.p, db_ref.p, row, y_ref.p, columns, C, K);
	snprintf(what, sizeof what, "conv1 %d columns, %d to %d channels", columns, C, K);
	same(y, y_ref, sums_differ, k->isa, what);
	snprintf(what, sizeof what, "conv1_back dw %d columns, %d to %d channels", columns, C, K);
	same(dw, dw_ref, sums_differ, k->isa, what);
	same(db, db_ref, sums_differ, k->isa, "conv1_back db");
	array_free(x);
	array_free(w);
	array_free(b);
}

/* ---- Winograd layers ---- */

struct conv_case {
	int tiles, C, K;
	int stride;                     /* of the input */
};

static size_t columns_in(const struct conv_case *c)
{
	return (size_t)(STRIP_TILE * c->tiles + 2);
}

static struct strip strip_of(const struct conv_case *c, struct array x)
{
	struct strip s = { .tiles = c->tiles, .stride = c->stride, .C = c->C };

	for (int r = 0; r < STRIP_REACH; r++)
		s.row[r] = x.p + (size_t)r * columns_in(c) * (size_t)c->stride;
	return s;
}

static struct array prepared(const struct kernels *k, const float *w, int rows, int columns)
{
	struct array u = array_new((size_t)(STRIP_POINTS * rows * columns));
	size_t plane = (size_t)(rows * columns);

	for (int p = 0; p < columns / PANEL_WIDTH; p++)
		k->prepare(u.p + p * rows * PANEL_WIDTH, plane, w + p * PANEL_WIDTH, plane,
		           (size_t)columns, rows);
	return u;
}

/* Columns: all that there can be, less LESS. Row MISSING is not there. */
static void check_conv_relu(const struct kernels *k, const struct conv_case *c, int less,
                            int missing)
{
	const struct kernels *table[2] = { k, &kernels_ref };
	struct array x = array_new(STRIP_REACH * columns_in(c) * (size_t)c->stride);
	struct array w = array_new((size_t)(9 * c->C * c->K)), b = array_new((size_t)c->K), y[2];
	struct strip s = strip_of(c, x);
	char what[100];

	for (int t = 0; t < 2; t++) {
		struct array u = prepared(table[t], w.p, c->C, c->K);
		struct array scratch = array_zero(kernels_scratch(c->tiles, c->C, c->K));
		struct relu_rows rows = { .columns = STRIP_TILE * c->tiles - less };

		y[t] = array_zero((size_t)(STRIP_TILE * rows.columns * c->K));
		for (int r = 0; r < STRIP_TILE; r++)
			rows.row[r] = r == missing ? NULL : y[t].p + r * rows.columns * c->K;
		table[t]->conv_relu(&rows, &s, u.p, b.p, c->K, scratch.p);
		ok(guarded(scratch) && guarded(u), "%s: conv_relu keeps to its scratch", k->isa);
		array_free(u);
		array_free(scratch);
	}
	snprintf(what, sizeof what,
	         "conv_relu %d tiles less %d columns, %d to %d channels", c->tiles, less,
	         c->C, c->K);
	same(y[0], y[1], winograd_differs, k->isa, what);
	array_free(x);
	array_free(w);
	array_free(b);
}

static void check_conv_pool(const struct kernels *k, const struct conv_case *c, int less,
                            bool dropout)
{
	const struct kernels *table[2] = { k, &kernels_ref };
	int columns = 2 * c->tiles - less;
	size_t row = (size_t)(columns * c->K), differ = 0;
	struct array x = array_new(STRIP_REACH * columns_in(c) * (size_t)c->stride);
	struct array w = array_new((size_t)(9 * c->C * c->K)), b = array_new((size_t)c->K), y[2];
	struct strip s = strip_of(c, x);
	uint8_t *at[2], *keep = xmalloc(2 * row, 1);
	char what[100];

	for (size_t i = 0; i < 2 * row; i++)
		keep[i] = rng_below(&numbers, 4) > 0;
	for (int t = 0; t < 2; t++) {
		struct array u = prepared(table[t], w.p, c->C, c->K);
		struct array scratch = array_zero(kernels_scratch(c->tiles, c->C, c->K));
		struct pooled_rows rows = { .columns = columns, .scale = dropout ? 1.25f : 1 };

		y[t] = array_zero(2 * row);
		at[t] = xmalloc(2 * row + 1, 1);
		at[t][2 * row] = 77;
		for (int r = 0; r < 2; r++) {
			rows.row[r] = y[t].p + (size_t)r * row;
			rows.at[r] = at[t] + (size_t)r * row;
			rows.keep[r] = dropout ? keep + (size_t)r * row : NULL;
		}
		table[t]->conv_pool(&rows, &s, u.p, b.p, c->K, scratch.p);
		ok(guarded(scratch) && at[t][2 * row] == 77,
		   "%s: conv_pool keeps to its memory", k->isa);
		array_free(u);
		array_free(scratch);
	}
	for (size_t i = 0; i < 2 * row; i++)
		differ += at[0][i] != at[1][i];
	/* two of a block, or one and 0, that are equal to 6 digits may fall the other way */
	ok(differ <= 1 + row / 5000, "%s: conv_pool: %zu of %zu maxima elsewhere", k->isa,
	   differ, 2 * row);
	snprintf(what, sizeof what,
	         "conv_pool %d tiles less %d columns, %d to %d channels, dropout %d",
	         c->tiles, less, c->C, c->K, dropout);
	same(y[0], y[1], winograd_differs, k->isa, what);
	array_free(x);
	array_free(w);
	array_free(b);
	free(at[0]);
	free(at[1]);
	free(keep);
}

/* Where the gradient of a strip comes from. */
struct gradient_case {
	struct array y;
	uint8_t *at;
	struct strip_gradient g;
};

static struct gradient_case gradient_new(const struct conv_case *c, bool pool, int less,
                                         int missing)
{
	struct gradient_case g = { .g.scale = 1.25f };
	int rows = pool ? 2 : STRIP_TILE, columns = (pool ? 2 : STRIP_TILE) * c->tiles - less;
	size_t row = (size_t)(columns * c->K);

	g.y = array_new((size_t)rows * row);
	g.at = xmalloc(g.y.n, 1);
	g.g.columns = columns;
	for (size_t i = 0; i < g.y.n; i++)
		g.at[i] = (uint8_t)rng_below(&numbers, STRIP_DEAD + 1);
	for (int r = 0; r < rows; r++) {
		if (r == missing)
			continue;
		if (pool) {
			g.g.pooled[r] = g.y.p + (size_t)r * row;
			g.g.at[r] = g.at + (size_t)r * row;
		} else {
			g.g.row[r] = g.y.p + (size_t)r * row;
		}
	}
	return g;
}

struct back_result {
	struct array dw, db, out, carry;
};

/* Two strips, one below the other as far as sums and carry go, then what lies below. */
static struct back_result run_back(const struct kernels *k, const struct conv_case *c,
                                   const struct strip *s, const struct strip_gradient *g,
                                   const float *w, const float *mask)
{
	size_t columns = columns_in(c), plane = (size_t)(PANEL_WIDTH * c->K),
	       row = columns * (size_t)c->stride;
	struct array ut = prepared(k, w, c->K, PANEL_WIDTH), du = array_zero(STRIP_POINTS * plane);
	struct array scratch = array_zero(kernels_scratch(c->tiles, PANEL_WIDTH, c->K));
	struct back_result b = { array_zero(9 * plane), array_zero((size_t)c->K),
		                 array_zero(10 * row), array_zero(2 * columns * PANEL_WIDTH) };
	struct input_gradient to = { .stride = c->stride, .first = 1, .columns = (int)columns - 2 };

	for (int strip = 0; strip < 2; strip++) {
		for (int r = 0; r < STRIP_TILE; r++) {
			to.row[r] = b.out.p + (size_t)(STRIP_TILE * strip + r) * row;
			to.relu[r] = r == 1 ? NULL : mask + (size_t)r * row;
		}
		k->conv_back(&to, b.carry.p, du.p, b.db.p, s, g, ut.p, c->K, scratch.p);
	}
	to.row[0] = b.out.p + 8 * row;
	to.row[1] = b.out.p + 9 * row;
	to.row[2] = to.row[3] = NULL;
	k->conv_back_end(&to, b.carry.p, c->tiles);
	for (int p = 0; p < c->K / PANEL_WIDTH; p++)
		k->gradient(b.dw.p + p * PANEL_WIDTH, plane, (size_t)c->K,
		            du.p + p * PANEL_WIDTH * PANEL_WIDTH, plane, PANEL_WIDTH);
	ok(guarded(ut) && guarded(du) && guarded(scratch),
	   "%s: conv_back keeps to its memory", k->isa);
	array_free(ut);
	array_free(du);
	array_free(scratch);
	return b;
}

static void check_conv_back(const struct kernels *k, const struct conv_case *c, bool pool,
                            int less, int missing)
{
	struct array x = array_new(STRIP_REACH * columns_in(c) * (size_t)c->stride),
		     w = array_new((size_t)(9 * PANEL_WIDTH * c->K));
	struct array mask = array_new(x.n);
	struct strip s = strip_of(c, x);
	struct gradient_case g = gradient_new(c, pool, less, missing);
	struct back_result got, want;
	char what[100];

	s.C = PANEL_WIDTH;
	got = run_back(k, c, &s, &g.g, w.p, mask.p);
	want = run_back(&kernels_ref, c, &s, &g.g, w.p, mask.p);
	snprintf(what, sizeof what, "conv_back %d tiles, K %d, pool %d: dw", c->tiles, c->K, pool);
	same(got.dw, want.dw, winograd_differs, k->isa, what);
	same(got.db, want.db, winograd_differs, k->isa, "conv_back db");
	same(got.out, want.out, winograd_differs, k->isa, "conv_back dx");
	same(got.carry, want.carry, winograd_differs, k->isa, "conv_back_end carry");
	array_free(x);
	array_free(w);
	array_free(mask);
	array_free(g.y);
	free(g.at);
}

/* ---- dense ---- */

static void check_dense(const struct kernels *k, int n, int width)
{
	int padded = (n + PANEL_WIDTH - 1) / PANEL_WIDTH * PANEL_WIDTH;
	struct array x = array_new((size_t)(n * PANEL_ROWS)),
		     w = array_new((size_t)(PANEL_ROWS * width));
	struct array y = array_new((size_t)(n * width)), y_ref = array_copy(y),
		     block = array_new(PANEL_ROWS * PANEL_WIDTH);
	struct array dyt = array_new((size_t)(PANEL_WIDTH * padded)),
		     dxt = array_new((size_t)(PANEL_ROWS * padded));
	struct array dxt_ref = array_copy(dxt), dw = array_new(block.n),
		     dw_ref = array_new(block.n);
	char what[100];

	k->dense(y.p, (size_t)width, x.p, n, w.p, (size_t)width);
	kernels_ref.dense(y_ref.p, (size_t)width, x.p, n, w.p, (size_t)width);
	k->dense_dx(dxt.p, block.p, dyt.p, padded);
	kernels_ref.dense_dx(dxt_ref.p, block.p, dyt.p, padded);
	k->dense_dw(dw.p, x.p, y_ref.p, (size_t)width, n);
	kernels_ref.dense_dw(dw_ref.p, x.p, y_ref.p, (size_t)width, n);
	snprintf(what, sizeof what, "dense of %d images, %d columns", n, width);
	same(y, y_ref, sums_differ, k->isa, what);
	same(dxt, dxt_ref, sums_differ, k->isa, "dense_dx");
	same(dw, dw_ref, sums_differ, k->isa, "dense_dw");
	array_free(x);
	array_free(w);
	array_free(block);
	array_free(dyt);
}

static void check_dense_few(const struct kernels *k, int rows, int out, int n)
{
	size_t x_row = (size_t)rows + 3;
	struct array x = array_new((size_t)n * x_row), w = array_new((size_t)(rows * out));
	struct array y = array_new((size_t)(n * out)), y_ref = array_copy(y);
	char what[100];

	for (size_t i = 0; i < x.n; i++)
		if (i % x_row % 3 == 0)
			x.p[i] = 0;
	k->dense_few(y.p, x.p, x_row, n, w.p, rows, out);
	kernels_ref.dense_few(y_ref.p, x.p, x_row, n, w.p, rows, out);
	snprintf(what, sizeof what, "dense_few %d to %d, %d images", rows, out, n);
	same(y, y_ref, sums_differ, k->isa, what);
	array_free(x);
	array_free(w);
}

/* ---- Adam and dropout ---- */

/*
 * Second moments: not so near 0 that w moves by many times its own size, and its rounding
 * errors with it.
 */
static struct array array_squares(size_t n)
{
	struct array a = array_new(n);

	for (size_t i = 0; i < n; i++)
		a.p[i] = a.p[i] * a.p[i] + .1f;
	return a;
}

static const struct adam_step step = { 3e-4f, .1f, .001f, 1e-7f, .5f };

static void check_adam(const struct kernels *k, int count, bool pull)
{
	struct array g = array_new((size_t)count), w = array_new(g.n), m = array_new(g.n),
		     v = array_squares(g.n);
	struct array w_ref = array_copy(w), m_ref = array_copy(m), v_ref = array_copy(v),
		     anchor = array_new(g.n);
	char what[100];

	k->adam(w.p, m.p, v.p, pull ? anchor.p : NULL, g.p, g.n, &step);
	kernels_ref.adam(w_ref.p, m_ref.p, v_ref.p, pull ? anchor.p : NULL, g.p, g.n, &step);
	snprintf(what, sizeof what, "adam of %d, pull %d", count, pull);
	same(w, w_ref, sums_differ, k->isa, what);
	same(m, m_ref, sums_differ, k->isa, "adam m");
	same(v, v_ref, sums_differ, k->isa, "adam v");
	array_free(g);
	array_free(anchor);
}

static void check_dense_adam(const struct kernels *k, int n, bool pull)
{
	struct array x = array_new((size_t)(n * PANEL_ROWS)),
		     dy = array_new((size_t)(n * PANEL_WIDTH));
	struct array w = array_new(PANEL_ROWS * PANEL_WIDTH), m = array_new(w.n),
		     v = array_squares(w.n);
	struct array w_ref = array_copy(w), m_ref = array_copy(m), v_ref = array_copy(v),
		     anchor = array_new(w.n);
	const float *to = pull ? anchor.p : NULL;

	k->dense_adam(w.p, m.p, v.p, to, x.p, dy.p, PANEL_WIDTH, n, &step);
	kernels_ref.dense_adam(w_ref.p, m_ref.p, v_ref.p, to, x.p, dy.p, PANEL_WIDTH, n, &step);
	same(w, w_ref, sums_differ, k->isa, "dense_adam w");
	same(m, m_ref, sums_differ, k->isa, "dense_adam m");
	same(v, v_ref, sums_differ, k->isa, "dense_adam v");
	array_free(x);
	array_free(dy);
	array_free(anchor);
}

/* Byte for byte what dropout.h says. */
static void check_keep(const struct kernels *k, int blocks)
{
	uint32_t counter[4] = { 40, 7, 123, RNG_DROPOUT };
	size_t bytes = (size_t)blocks * 16;
	uint8_t *got = xmalloc(bytes + 1, 1), *want = xmalloc(bytes, 1);

	got[bytes] = 77;
	k->keep(got, 0x123456789abcdef0u, counter, blocks, 64);
	dropout_mask(want, 0, 0x123456789abcdef0u, 123, 7, 40 * 16, (uint32_t)bytes);
	ok(!memcmp(got, want, bytes) && got[bytes] == 77, "%s: keep of %d blocks", k->isa, blocks);
	free(got);
	free(want);
}

static void check_convs(const struct kernels *k)
{
	static const struct conv_case cases[] = {
		{ 1, 32, 32, 32 },  { 2, 32, 64, 32 },  { 5, 64, 32, 64 },
		{ 6, 32, 32, 32 },  { 7, 64, 96, 96 },  { 12, 64, 64, 64 },
		{ 13, 32, 64, 64 }, { 14, 32, 32, 32 }, { 25, 32, 32, 32 },
		{ 27, 32, 32, 32 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct conv_case *c = &cases[i];

		check_conv_relu(k, c, (int)i % 4, (int)i % 5);
		check_conv_pool(k, c, (int)i % 2, i % 3 != 0);
		check_conv_back(k, c, true, (int)i % 2, (int)i % 3);
		check_conv_back(k, c, false, (int)i % 4, (int)i % 5);
	}
}

static void check_table(const struct kernels *k)
{
	static const int counts[] = { 1,  3,  4,  5,  7,  8,  9,  13, 14,
		                      15, 16, 17, 31, 32, 33, 64, 100 };

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		check_conv1(k, counts[i], 1 + (int)i % 5, i % 3 ? 32 : 64);
		check_dense(k, counts[i], i % 2 ? 32 : 96);
		check_dense_few(k, counts[i], i % 2 ? 32 : 96, 1 + (int)i % 3);
		check_dense_adam(k, counts[i], i % 2);
		check_adam(k, counts[i], i % 2);
		check_keep(k, counts[i]);
	}
	check_conv1(k, 100, 4, 32);
	check_convs(k);
}

int main(void)
{
	struct err e;
	const struct kernels *k;

	rng_init(&numbers, 1, RNG_SPLIT, 0);
	for (int i = 0; (k = kernels_at(i)); i++) {
		ok(kernels_pick(k->isa, &e) == k, "kernels_pick finds %s", k->isa);
		if (k == &kernels_ref)
			check_keep(k, 3);
		else
			check_table(k);
	}
	ok(kernels_pick(NULL, &e) == kernels_at(0), "kernels_pick takes the fastest");
	ok(!kernels_pick("abacus", &e), "kernels_pick refuses an unknown name");
	is_text(e.text, "AML_ISA=abacus: no kernels of that name here", "and says so");
	return tap_end();
}
