/* Ranges and ticks; see axis.h. */
#include "figure/axis.h"

#include <math.h>
#include <stdio.h>

/* In steps: what rounding may add to a number that should lie on a tick. */
#define SLACK 1e-6
/* Room around a single value, relative to it. */
#define ROOM 0.1
/* Anything closer together, relative to the larger if above 1, counts as one value. */
#define LEAST_RANGE 1e-9

enum { DECIMALS_MOST = 6, DIGITS_MOST = 6 };

/* The least of 1, 2, 5 and 10 times a power of ten that is at least LEAST. */
static double round_step(double least)
{
	static const double factor[] = { 1, 2, 5 };
	double power = pow(10, floor(log10(least)));

	for (int i = 0; i < 3; i++)
		if (factor[i] * power >= least * (1 - SLACK))
			return factor[i] * power;
	return 10 * power;
}

void axis_init(struct axis *a, double low, double high, int wanted, bool whole)
{
	if (!(high - low > LEAST_RANGE * fmax(1, fabs(high)))) {
		double room = low != 0 ? fmax(fabs(low) * ROOM, LEAST_RANGE) : ROOM;

		if (whole)
			room = 1;
		low -= room;
		high += room;
	}
	*a = (struct axis){ low, high, round_step((high - low) / wanted) };
	if (whole && a->step < 1)
		a->step = 1;
}

void axis_extend(struct axis *a)
{
	a->low = floor(a->low / a->step + SLACK) * a->step;
	a->high = ceil(a->high / a->step - SLACK) * a->step;
}

long axis_first(const struct axis *a)
{
	return (long)ceil(a->low / a->step - SLACK);
}

long axis_last(const struct axis *a)
{
	return (long)floor(a->high / a->step + SLACK);
}

double axis_place(const struct axis *a, double value)
{
	return (value - a->low) / (a->high - a->low);
}

void axis_label(const struct axis *a, long k, char text[AXIS_LABEL_BYTES])
{
	int decimals = (int)fmax(0, -floor(log10(a->step) + SLACK));
	bool plain = decimals <= DECIMALS_MOST
	             && fmax(fabs(a->low), fabs(a->high)) < pow(10, DIGITS_MOST);

	snprintf(text, AXIS_LABEL_BYTES, plain ? "%.*f" : "%.*g",
	         plain ? decimals : DIGITS_MOST, (double)k * a->step);
}
