/* The interval of the average precision; see precision.h. */
#include "stats/precision.h"

#include <math.h>

/* With as many positives the jackknife counts for a half; by simulation. */
static const double distrust = 4;

/* Steps from the last to the first; AP is that of the steps. */
static double variance(const struct rank *r)
{
	double m = (double)r->positives, ap = rank_average_precision(r), sum = 0;
	double of_positive = 0, of_negative = 0;        /* sums over the steps so far */
	int64_t positives = r->positives, all = r->positives + r->negatives;

	for (size_t i = r->count; i-- > 0;) {
		const struct rank_step *s = &r->steps[i];
		double p = (double)positives / (double)all;
		double gain = (double)s->positives / (double)all, own;

		of_positive += gain * (1 - p);
		of_negative -= gain * p;
		own = p - ap + of_positive;
		sum += (double)s->positives * own * own
		       + (double)s->negatives * of_negative * of_negative;
		positives -= s->positives;
		all -= s->positives + s->negatives;
	}
	return sum / (m * m);
}

struct interval precision_interval(const struct rank *r, double value)
{
	double m = (double)r->positives, n, trust = m / (m + distrust);

	if (r->positives == 0)
		return interval_none();
	n = value * (1 - value) / variance(r);
	if (!(n > 0) || !isfinite(n))
		n = m;
	return interval_effective(value, 1 / (trust / n + (1 - trust) / fmin(n, m)));
}
