/*
 * The exact weighted mean; see fedavg.h. Nearly every number takes the fast way: a sum in
 * double beside a bound of its error, which together prove how the exact mean rounds.
 */
#include "fed/fedavg.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "fed/exact.h"
#include "fed/pooled.h"

const double fedavg_least_weight = 1e-6, fedavg_most_weight = 1e9;

enum {
	TILE = 512,                     /* numbers at a time, 10 KB in L1; 1024 took 1.3 times */
	LINE = 16,                      /* floats of a cache line */
};
static const double WHOLE_TOTAL = 0x1p27;
static const double ROUNDING = 0x1p-53; /* relative error of one operation in double */

/* ---- weights ---- */

/* The power of two that makes every N whole and as small as possible. */
static int whole_scale(const double *n, int count)
{
	int scale = -1000;

	for (int k = 0; k < count; k++) {
		int exponent;
		double x = frexp(n[k], &exponent);

		while (x != floor(x)) {         /* at most 53 times */
			x *= 2;
			exponent--;
		}
		if (-exponent > scale)
			scale = -exponent;
	}
	return scale;
}

/* Whole numbers where they stay small; otherwise at least 1, so that no product underflows. */
static void scale_weights(struct fedavg_weights *w)
{
	int scale = whole_scale(w->n, w->count);
	double total = 0;

	for (int k = 0; k < w->count; k++)
		total += w->n[k];
	w->whole = ldexp(total, scale) < WHOLE_TOTAL;
	if (!w->whole)
		scale = 1 - ilogb(fedavg_least_weight);
	w->total = ldexp(total, scale);
	for (int k = 0; k < w->count; k++)
		w->n[k] = ldexp(w->n[k], scale);
}

int fedavg_weights_init_parts(struct fedavg_weights *w, const double *n, int count, struct err *e)
{
	if (count < 1 || count > FEDAVG_MODELS_MAX)
		return err_set(e, "%d models, expected 1 to %d", count, FEDAVG_MODELS_MAX);
	*w = (struct fedavg_weights){ .count = count, .n = xmalloc((size_t)count, sizeof *n) };
	memcpy(w->n, n, (size_t)count * sizeof *n);
	scale_weights(w);
	return 0;
}

int fedavg_weights_init(struct fedavg_weights *w, const double *n, int count, struct err *e)
{
	for (int k = 0; k < count; k++)
		if (!(n[k] >= fedavg_least_weight && n[k] <= fedavg_most_weight))
			return err_set(e, "a weight of %g, expected %g to %g", n[k],
			               fedavg_least_weight, fedavg_most_weight);
	return fedavg_weights_init_parts(w, n, count, e);
}

void fedavg_weights_release(struct fedavg_weights *w)
{
	free(w->n);
	*w = (struct fedavg_weights){0};
}

/* ---- the slow way, for one number ---- */

/* sum n (x - c): its sign says on which side of C the mean lies. */
static struct exact sum_beside(const struct fedavg_weights *w, const float_any *const *x, size_t i,
                               double c)
{
	struct exact s = {0};

	for (int k = 0; k < w->count; k++) {
		exact_add_product(&s, w->n[k], x[k][i]);
		exact_add_product(&s, w->n[k], -c);
	}
	return s;
}

/* The mean is 0: -0 only if every x that counts is, as in IEEE sums. */
static float zero_mean(const struct fedavg_weights *w, const float_any *const *x, size_t i)
{
	for (int k = 0; k < w->count; k++)
		if (w->n[k] != 0 && (x[k][i] != 0 || !signbit(x[k][i])))
			return 0;
	return -0.0f;
}

/*
 * Brackets the mean between two neighbouring floats and asks the exact sum on which side of their
 * middle, a double, it lies. All x are finite.
 */
static float exact_mean(const struct fedavg_weights *w, const float_any *const *x, size_t i)
{
	struct exact sum = sum_beside(w, x, i, 0);
	double q = exact_value(&sum) / w->total;
	double error = fabs(q) * ROUNDING * (w->count + 8);     /* of the total and a few more */
	float low = (float)(q - error), high = (float)(q + error);
	double middle = ((double)low + high) / 2;
	struct exact side;

	if (exact_sign(&sum) == 0)
		return zero_mean(w, x, i);
	if (low == high)
		return low;
	side = sum_beside(w, x, i, middle);
	if (exact_sign(&side) == 0)
		return (float)middle;           /* a tie: to even */
	return exact_sign(&side) < 0 ? low : high;
}

/* ---- the fast way ---- */

struct tile {
	double sum[TILE];               /* sum n x */
	float size[TILE];               /* sum n |x|; then what the error is measured by */
	float least[TILE];              /* least |x| */
	float high[TILE];               /* the upper end of where y may lie */
	bool open;                      /* some y is not proven */
};

static inline __attribute__((always_inline))
void tile_start(struct tile *t, int count)
{
	for (int i = 0; i < count; i++) {
		t->sum[i] = -0.0;               /* so that the mean of -0 is -0 */
		t->size[i] = 0;
		t->least[i] = INFINITY;
	}
}

static inline __attribute__((always_inline))
void tile_add(struct tile *t, const float_any *restrict x, double n, int count)
{
	float n4 = (float)n;

	for (int i = 0; i < count; i++) {
		float size = fabsf(x[i]);

		t->sum[i] += n * x[i];
		t->size[i] += n4 * size;
		t->least[i] = size < t->least[i] ? size : t->least[i];
	}
}

/* Of a model that counts 0: only what is NaN or infinite changes the sum. */
static void tile_look(struct tile *t, const float_any *x, int count)
{
	for (int i = 0; i < count; i++)
		t->sum[i] += -0.0 * (double)fabsf(x[i]);
}

/*
 * Both ends of where the mean may lie, rounded: y is proven where they are equal (NaN never is).
 * With whole weights all terms of a sum are multiples of one unit, the last place of the least
 * |x|, above least 2^-24. While the sizes add up to less than 2^53 units the sum is exact; below
 * 2^50 units, and with a total below 2^27, the quotient too is so far from any middle of two
 * floats, unless it is one, that rounding it to double first does no harm. Everywhere else the sum
 * is off by less than K roundings of the sum of sizes. A little is added to that so that a
 * mean that rounds to 0 is not proven: its sign is not.
 */
static inline __attribute__((always_inline))
void tile_end(struct tile *t, const struct fedavg_weights *w, float *restrict y, int count)
{
	const double roundings = (3.0 * w->count + 8) * ROUNDING / w->total;
	const float exact_below = w->whole ? 0x1p26f : 0;
	const float least_size = (float)(w->total * 0x1p-97);
	int open = 0;

	for (int i = 0; i < count; i++) {
		float inexact = t->size[i] <= t->least[i] * exact_below ? 0 : 1;

		t->size[i] = inexact * (t->size[i] + least_size);
	}
	for (int i = 0; i < count; i++) {
		double q = t->sum[i] / w->total, error = t->size[i] * roundings;

		y[i] = (float)(q - error);
		t->high[i] = (float)(q + error);
	}
	for (int i = 0; i < count; i++)
		open += y[i] == t->high[i] ? 0 : 1;
	t->open = open > 0;
}

/* Processors lose track of many interleaved streams: asking for the next tile halves their time. */
static inline __attribute__((always_inline))
void prefetch(const float_any *x, int count)
{
	for (int i = 0; i < count; i += LINE)
		__builtin_prefetch(x + i);
}

static inline __attribute__((always_inline))
void tile_mean(struct tile *t, const struct fedavg_weights *w, const float_any *const *x, size_t at,
               float *y, int count)
{
	tile_start(t, count);
	for (int k = 0; k < w->count; k++) {
		prefetch(x[k] + at + count, count);
		if (w->n[k] != 0)
			tile_add(t, x[k] + at, w->n[k], count);
		else
			tile_look(t, x[k] + at, count);
	}
	tile_end(t, w, y, count);
}

typedef void full_tile(struct tile *t, const struct fedavg_weights *w, const float_any *const *x,
                       size_t at, float *y);

/* A separate copy for the constant count: the compiler makes vectors of it. */
static void full_tile_mean(struct tile *t, const struct fedavg_weights *w,
                           const float_any *const *x, size_t at, float *y)
{
	tile_mean(t, w, x, at, y, TILE);
}

#if defined __x86_64__
/* The same operations in wider vectors, so the same bits, in 3/4 and 2/3 of the time. */
__attribute__((target("avx2")))
static void full_tile_mean_avx2(struct tile *t, const struct fedavg_weights *w,
                                const float_any *const *x, size_t at, float *y)
{
	tile_mean(t, w, x, at, y, TILE);
}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
static void full_tile_mean_avx512(struct tile *t, const struct fedavg_weights *w,
                                  const float_any *const *x, size_t at, float *y)
{
	tile_mean(t, w, x, at, y, TILE);
}

#else
#define full_tile_mean_avx2 full_tile_mean
#define full_tile_mean_avx512 full_tile_mean
#endif

static full_tile *pick_full_tile(void)
{
	if (cpu_has(CPU_AVX512))
		return full_tile_mean_avx512;
	return cpu_has(CPU_AVX2) ? full_tile_mean_avx2 : full_tile_mean;
}

const char *fedavg_kernels(void)
{
	if (cpu_has(CPU_AVX512))
		return "avx512";
	return cpu_has(CPU_AVX2) ? "avx2" : "ref";
}

static void any_tile_mean(struct tile *t, const struct fedavg_weights *w, const float_any *const *x,
                          size_t at, float *y, int count)
{
	if (count < TILE)
		tile_mean(t, w, x, at, y, count);
	else
		pick_full_tile()(t, w, x, at, y);
}

static bool all_finite(const struct fedavg_weights *w, const float_any *const *x, size_t i)
{
	for (int k = 0; k < w->count; k++)
		if (!isfinite(x[k][i]))
			return false;
	return true;
}

/* The numbers of a tile that the fast way left open. False if one of the x is not finite. */
static bool settle(const struct tile *t, const struct fedavg_weights *w, const float_any *const *x,
                   size_t at, float *y, int count)
{
	for (int i = 0; i < count && t->open; i++) {
		if (y[i] == t->high[i])
			continue;
		if (!all_finite(w, x, at + (size_t)i))
			return false;
		y[i] = exact_mean(w, x, at + (size_t)i);
	}
	return true;
}

bool fedavg_mean(const struct fedavg_weights *w, const float_any *const *x, size_t count, float *y,
                 double *wide)
{
	struct tile t;

	for (size_t at = 0; at < count; at += TILE) {
		int n = count - at < TILE ? (int)(count - at) : TILE;

		any_tile_mean(&t, w, x, at, y + at, n);
		if (!settle(&t, w, x, at, y + at, n))
			return false;
		for (int i = 0; wide && i < n; i++)
			wide[at + (size_t)i] = t.sum[i] / w->total;
	}
	return true;
}

void fedavg_pool_variance(const struct fedavg_weights *w, const float_any *const *mean,
                          const float_any *const *var, size_t count, float *y)
{
	for (size_t i = 0; i < count; i++) {
		struct pooled p = {0};

		for (int k = 0; k < w->count; k++)
			pooled_add(&p, w->n[k], mean[k][i], var[k][i]);
		y[i] = pooled_variance(&p);
	}
}
