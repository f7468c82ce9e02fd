/* Exact sums of models; see sums.h. */
#include "fed/sums.h"

#include <float.h>
#include <math.h>

enum { TILE = 256, HELD = 3 };          /* numbers at a time: 6 KB; doubles of a sum */

struct tile {
	double a[TILE], b[TILE], c[TILE];       /* a sum is a + b + c */
	double lost[TILE];              /* not 0: it is not */
};

bool sums_holds(double x)
{
	return x == 0 || (fabs(x) >= 0x1p-330 && fabs(x) < 0x1p330);
}

/* ---- one number, by exact.h ---- */

void sums_add(const struct sums *s, size_t i, struct exact *to)
{
	for (int k = 0; k < s->models; k++)
		exact_add_product(to, s->n[k], (double)s->x[k][i]);
	for (int k = 0; k < s->terms; k++)
		exact_add(to, s->term[k][i]);
}

static bool is_minus_zero(double x)
{
	return x == 0 && signbit(x);
}

/* What a sum of 0 is: as in IEEE sums. */
static double zero_of(const struct sums *s, size_t i)
{
	for (int k = 0; k < s->models; k++)
		if (s->n[k] != 0 && !is_minus_zero((double)s->x[k][i]))
			return 0;
	for (int k = 0; k < s->terms; k++)
		if (!is_minus_zero(s->term[k][i]))
			return 0;
	return -0.0;
}

static bool is_finite(const struct sums *s, size_t i)
{
	for (int k = 0; k < s->models; k++)
		if (!isfinite(s->x[k][i]))
			return false;
	for (int k = 0; k < s->terms; k++)
		if (!isfinite(s->term[k][i]))
			return false;
	return true;
}

/* ---- three doubles ---- */

/* X + Y is the result and *REST, exactly (D. Knuth, The Art of Computer Programming 2, 4.2.2). */
static inline __attribute__((always_inline))
double two_sum(double x, double y, double *rest)
{
	double sum = x + y, part = sum - x;

	*rest = (x - (sum - part)) + (y - part);
	return sum;
}

static inline __attribute__((always_inline))
void add(struct tile *t, int i, double x)
{
	double rest;

	t->a[i] = two_sum(t->a[i], x, &rest);
	t->b[i] = two_sum(t->b[i], rest, &rest);
	t->c[i] = two_sum(t->c[i], rest, &rest);
	t->lost[i] += fabs(rest);
}

/* N in two parts, so that both products are exact: of 24 and at most 29 bits. */
static void add_model(struct tile *t, const float_any *restrict x, double n, int count)
{
	double high = (double)(float)n, low = n - high;

	for (int i = 0; i < count; i++)
		add(t, i, high * (double)x[i]);
	for (int i = 0; low != 0 && i < count; i++)
		add(t, i, low * (double)x[i]);
}

/* Of a model that counts 0: only what is NaN or infinite matters. */
static void look(struct tile *t, const float_any *restrict x, int count)
{
	for (int i = 0; i < count; i++)
		t->a[i] += 0 * (double)x[i];
}

static void add_term(struct tile *t, const double_any *restrict x, int count)
{
	for (int i = 0; i < count; i++)
		add(t, i, x[i]);
}

/*
 * Makes a the double nearest to the sum, b that nearest to what is left: c is the rest. Where the
 * sum of b and c lies so that a could be another one, a tie or next to it, it counts as lost.
 */
static void settle(struct tile *t, int count)
{
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < count; i++) {
			double b = two_sum(t->b[i], t->c[i], &t->c[i]);

			t->a[i] = two_sum(t->a[i], b, &t->b[i]);
		}
	for (int i = 0; i < count; i++) {
		t->b[i] = two_sum(t->b[i], t->c[i], &t->c[i]);
		t->lost[i] += fabs(t->a[i] + t->b[i] * (1 + 4 * DBL_EPSILON) - t->a[i]);
	}
}

static void sum_tile(struct tile *t, const struct sums *s, size_t at, int count)
{
	*t = (struct tile){0};
	for (int k = 0; k < s->models; k++)
		if (s->n[k] != 0)
			add_model(t, s->x[k] + at, s->n[k], count);
		else
			look(t, s->x[k] + at, count);
	for (int k = 0; k < s->terms; k++)
		add_term(t, s->term[k] + at, count);
	settle(t, count);
}

/* ---- the mean ---- */

/* On which side of MIDDLE TOTAL, which has at most 58 bits, the sum of number AT + I lies. */
static int side_of(const struct tile *t, const struct sums *s, size_t at, int i, double total,
                   double middle)
{
	struct tile one = {0};
	struct exact sum = {0};
	double high = (double)(float)total, low = total - high;

	if (t->lost[i] == 0) {
		one.a[0] = t->a[i];
		one.b[0] = t->b[i];
		one.c[0] = t->c[i];
		add(&one, 0, -middle * high);
		add(&one, 0, -middle * low);
		settle(&one, 1);
		if (one.lost[0] == 0)
			return (one.a[0] > 0) - (one.a[0] < 0);
	}
	sums_add(s, at + (size_t)i, &sum);
	exact_add_product(&sum, -middle, total);
	return exact_sign(&sum);
}

/* Number AT + I, from its sum A rounded to double. */
static float round_mean(const struct tile *t, const struct sums *s, size_t at, int i, double a,
                        double total)
{
	double q = a / total, error = fabs(q) * 4 * DBL_EPSILON, middle;
	float low = (float)(q - error), high = (float)(q + error);
	int side;

	if (low == high || !isfinite(low) || !isfinite(high))
		return high;
	middle = ((double)low + (double)high) / 2;
	side = side_of(t, s, at, i, total, middle);
	return side == 0 ? (float)middle : side < 0 ? low : high;
}

static bool mean_tile(const struct tile *t, const struct sums *s, size_t at, int count,
                      double total, float *y)
{
	for (int i = 0; i < count; i++) {
		double a = t->a[i];

		if (!(t->lost[i] == 0)) {
			struct exact sum = {0};

			if (!is_finite(s, at + (size_t)i))
				return false;
			sums_add(s, at + (size_t)i, &sum);
			a = exact_value(&sum);
		}
		y[i] = a == 0 ? (float)zero_of(s, at + (size_t)i)
		              : round_mean(t, s, at, i, a, total);
		if (!isfinite(y[i]))
			return false;
	}
	return true;
}

bool sums_mean(const struct sums *s, double total, size_t count, float *y)
{
	struct tile t;

	for (size_t at = 0; at < count; at += TILE) {
		int n = count - at < TILE ? (int)(count - at) : TILE;

		sum_tile(&t, s, at, n);
		if (!mean_tile(&t, s, at, n, total, y + at))
			return false;
	}
	return true;
}

/* ---- the sums ---- */

static void use(double *const *to, int *used, int terms, size_t count)
{
	for (; *used < terms; (*used)++)
		for (size_t i = 0; i < count; i++)
			to[*used][i] = -0.0;
}

/* Number I of COUNT. */
static bool put_exact(const struct sums *s, size_t i, size_t count, double *const *to, int *used)
{
	double term[EXACT_TERMS];
	struct exact sum = {0};
	int terms;

	if (!is_finite(s, i))
		return false;
	sums_add(s, i, &sum);
	terms = exact_terms(&sum, term);
	use(to, used, terms, count);
	for (int j = 0; j < terms; j++)
		to[j][i] = term[j];
	if (terms == 0)
		to[0][i] = zero_of(s, i);
	return true;
}

bool sums_terms(const struct sums *s, size_t count, double *const *to, int *used)
{
	struct tile t;

	*used = 0;
	use(to, used, 1, count);
	for (size_t at = 0; at < count; at += TILE) {
		int n = count - at < TILE ? (int)(count - at) : TILE;

		sum_tile(&t, s, at, n);
		for (int i = 0; i < n; i++) {
			const double held[HELD] = { t.a[i], t.b[i], t.c[i] };
			int terms = held[2] != 0 ? 3 : held[1] != 0 ? 2 : 1;
			size_t number = at + (size_t)i;

			if (!(t.lost[i] == 0)) {
				if (!put_exact(s, number, count, to, used))
					return false;
				continue;
			}
			use(to, used, terms, count);
			for (int j = 0; j < terms; j++)
				to[j][number] = held[j];
			if (held[0] == 0)
				to[0][number] = zero_of(s, number);
		}
	}
	return true;
}
