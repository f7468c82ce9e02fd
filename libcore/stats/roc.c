/* Thresholds of a score; see roc.h. */
#include "stats/roc.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* The normal distribution's quantile .9875: 97.5 % between it and its negative. */
#define BAND_Z 2.241402727604947

void roc_init(struct roc *c, const struct rank *r)
{
	struct roc_point *p = xmalloc(r->count + 1, sizeof *p);

	p[0] = (struct roc_point){ .threshold = INFINITY };
	for (size_t i = 0; i < r->count; i++) {
		const struct rank_step *s = &r->steps[i];

		p[i + 1] = (struct roc_point){ s->score, p[i].true_positives + s->positives,
		                               p[i].false_positives + s->negatives };
	}
	*c = (struct roc){ p, r->count + 1, r->positives, r->negatives };
}

void roc_release(struct roc *c)
{
	free(c->points);
	*c = (struct roc){0};
}

/* ---- operating points ---- */

const struct roc_point *roc_at_sensitivity(const struct roc *c, double wanted)
{
	for (size_t i = 0; i < c->count; i++)
		if (interval_share(c->points[i].true_positives, c->positives) >= wanted)
			return &c->points[i];
	return NULL;
}

const struct roc_point *roc_at_specificity(const struct roc *c, double wanted)
{
	for (size_t i = c->count; i-- > 0;) {
		const struct roc_point *p = &c->points[i];

		if (interval_share(c->negatives - p->false_positives, c->negatives) >= wanted)
			return p;
	}
	return NULL;
}

struct roc_rates roc_rates(const struct roc *c, const struct roc_point *p)
{
	int64_t called = p->true_positives + p->false_positives;
	int64_t rejected = c->negatives - p->false_positives;

	return (struct roc_rates){
		.sensitivity = interval_wilson(p->true_positives, c->positives),
		.specificity = interval_wilson(rejected, c->negatives),
		.precision = interval_wilson(p->true_positives, called),
		.npv = interval_wilson(rejected, c->positives + c->negatives - called),
	};
}

/* ---- curves ---- */

/* PART of WHOLE, along one axis. */
struct ratio {
	int64_t part, whole;
};

static struct ratio ratio_x(const struct roc *c, const struct roc_point *p, enum roc_axes axes)
{
	if (axes == ROC_AXES)
		return (struct ratio){ p->false_positives, c->negatives };
	return (struct ratio){ p->true_positives, c->positives };
}

static struct ratio ratio_y(const struct roc *c, const struct roc_point *p, enum roc_axes axes)
{
	if (axes == ROC_AXES)
		return (struct ratio){ p->true_positives, c->positives };
	return (struct ratio){ p->true_positives, p->true_positives + p->false_positives };
}

struct roc_place roc_place(const struct roc *c, const struct roc_point *p, enum roc_axes axes)
{
	struct ratio x = ratio_x(c, p, axes), y = ratio_y(c, p, axes);

	return (struct roc_place){ interval_share(x.part, x.whole),
		                   interval_share(y.part, y.whole) };
}

static void include(struct roc_band *band, size_t count, const struct interval *x,
                    const struct interval *y)
{
	double last = (double)(count - 1);

	for (size_t k = (size_t)ceil(x->low * last); k <= (size_t)floor(x->high * last); k++) {
		band[k].low = fmin(band[k].low, y->low);        /* NaN gives way */
		band[k].high = fmax(band[k].high, y->high);
	}
}

/* Straight lines between FROM and TO, which have values. */
static void bridge(struct roc_band *band, size_t from, size_t to)
{
	for (size_t k = from + 1; k < to; k++) {
		double t = (double)(k - from) / (double)(to - from);

		band[k].low = (1 - t) * band[from].low + t * band[to].low;
		band[k].high = (1 - t) * band[from].high + t * band[to].high;
	}
}

static void bridge_all(struct roc_band *band, size_t count)
{
	size_t last = count;            /* the last column with a value; COUNT: none yet */

	for (size_t k = 0; k < count; k++) {
		if (isnan(band[k].low))
			continue;
		if (last < k)
			bridge(band, last, k);
		last = k;
	}
}

void roc_band(const struct roc *c, enum roc_axes axes, struct roc_band *band, size_t count)
{
	for (size_t k = 0; k < count; k++)
		band[k] = (struct roc_band){ NAN, NAN };
	for (size_t i = 0; i < c->count; i++) {
		struct ratio rx = ratio_x(c, &c->points[i], axes);
		struct ratio ry = ratio_y(c, &c->points[i], axes);
		struct interval x = interval_wilson_at(rx.part, rx.whole, BAND_Z);
		struct interval y = interval_wilson_at(ry.part, ry.whole, BAND_Z);

		if (!interval_is_none(&x) && !interval_is_none(&y))
			include(band, count, &x, &y);
	}
	bridge_all(band, count);
}
