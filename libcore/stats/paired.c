/* Differences of paired figures; see paired.h. */
#include "stats/paired.h"

#include <math.h>

/* Of two distances that go together by R. */
static double joined(double x, double y, double r)
{
	return sqrt(fmax(0, x * x - 2 * r * x * y + y * y));
}

struct interval paired_difference(const struct interval *a, const struct interval *b,
                                  double r)
{
	double value = b->value - a->value;

	return (struct interval){
		value,
		value - joined(b->value - b->low, a->high - a->value, r),
		value + joined(b->high - b->value, a->value - a->low, r),
	};
}
