/* Intervals of macro averages; see macro.h. */
#include "stats/macro.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

enum { EXACT_MOST = 40, HALVINGS = 45 };

/* Lambda is sinh(u) for u within this: far beyond where shares are 0 or 1. */
static const double u_most = 18;

struct macro {
	int count;                      /* classes that count */
	enum macro_figure figure;
	double *share, *n;              /* drawn towards their mean; cases */
	double *weight;                 /* slope of the figure at SHARE, over COUNT */
	double value, spread;
};

static double figure_of(enum macro_figure figure, double q)
{
	return figure == MACRO_F1 ? 2 * q / (1 + q) : q;
}

static double slope_of(enum macro_figure figure, double q)
{
	return figure == MACRO_F1 ? 2 / ((1 + q) * (1 + q)) : 1;
}

/*
 * The likeliest share where the multiplier pulls by A = lambda weight / n:
 * (p - q) / (q (1 - q)) = A, which is A q^2 - (1 + A) q + p = 0.
 */
static double tilted(double p, double a)
{
	double q = p, root;

	if (fabs(a) >= 1e-6) {
		root = sqrt(fmax(0, (1 + a) * (1 + a) - 4 * a * p));
		q = (1 + a - root) / (2 * a);
	}
	return fmin(1, fmax(0, q));
}

/*
 * Mean and variance of 2 X / (N + X), X binomial of N and Q. Summed from the likelier end, whose
 * chance is no power of almost nothing, and as what is lacking to 1.
 */
static void exact_f1(double n, double q, double *mean, double *variance)
{
	bool up = q <= .5;
	double odds = up ? q / (1 - q) : (1 - q) / q, chance = pow(up ? 1 - q : q, n);
	double lack = 0, squares = 0;

	for (int i = 0; i <= (int)n; i++) {
		double k = up ? i : n - i, less = 1 - 2 * k / (n + k);

		lack += chance * less;
		squares += chance * less * less;
		chance *= (n - i) / (i + 1) * odds;
	}
	*mean = 1 - lack;
	*variance = fmax(0, squares - lack * lack);
}

static void expect(enum macro_figure figure, double n, double q, double *mean, double *variance)
{
	double v = q * (1 - q) / n;

	if (figure == MACRO_F1 && n <= EXACT_MOST) {
		exact_f1(n, q, mean, variance);
	} else if (figure == MACRO_F1) {
		*mean = 2 * q / (1 + q) - 2 * v / pow(1 + q, 3);
		*variance = 4 * v / pow(1 + q, 4);
	} else {
		*mean = q;
		*variance = v;
	}
}

/*
 * At the multiplier sinh(U): how far the observed mean lies above what is expected, less SIDE
 * times 1.96 errors. THETA: the mean there.
 */
static double excess(const struct macro *m, double u, double side, double *theta)
{
	double expected = 0, variance = 0;

	*theta = 0;
	for (int k = 0; k < m->count; k++) {
		double q = tilted(m->share[k], sinh(u) * m->weight[k] / m->n[k]), mean, own;

		expect(m->figure, m->n[k], q, &mean, &own);
		expected += mean;
		variance += own;
		*theta += figure_of(m->figure, q);
	}
	*theta /= m->count;
	return m->value - expected / m->count
	       - side * INTERVAL_Z * sqrt(m->spread * variance) / m->count;
}

/* All right, or all wrong, and expected so, is an excess of 0: not the end that is sought. */
static double end_point(const struct macro *m, double side)
{
	double low = -u_most, high = u_most, theta = m->value;

	for (int i = 0; i < HALVINGS; i++) {
		double u = (low + high) / 2, more = excess(m, u, side, &theta);

		if (more > 0 || (more == 0 && side < 0))
			high = u;
		else
			low = u;
	}
	return theta;
}

static void gather(struct macro *m, const double *hits, const double *n, int classes, double prior)
{
	double mean = 0;

	for (int k = 0; k < classes; k++) {
		if (!(n[k] > 0))
			continue;
		m->n[m->count] = n[k];
		m->share[m->count++] = hits[k] / n[k];
		mean += hits[k] / n[k];
		m->value += figure_of(m->figure, hits[k] / n[k]);
	}
	m->value /= m->count;
	mean /= m->count;
	for (int k = 0; k < m->count; k++) {
		m->share[k] = (m->share[k] * m->n[k] + prior * mean) / (m->n[k] + prior);
		m->weight[k] = slope_of(m->figure, m->share[k]) / m->count;
	}
}

struct interval macro_interval(const double *hits, const double *n, int classes,
                               enum macro_figure figure, double prior, double spread)
{
	size_t room = (size_t)classes;
	struct macro m = {
		.figure = figure, .spread = spread,
		.share = xmalloc(room, sizeof *m.share), .n = xmalloc(room, sizeof *m.n),
		.weight = xmalloc(room, sizeof *m.weight),
	};
	struct interval i = interval_none();

	gather(&m, hits, n, classes, prior);
	if (m.count) {
		i.value = m.value;
		i.low = fmin(m.value, end_point(&m, 1));
		i.high = fmax(m.value, end_point(&m, -1));
	}
	free(m.share);
	free(m.n);
	free(m.weight);
	return i;
}
