/* The difference of two figures by their intervals. */
#include "tap.h"

#include "stats/paired.h"

int main(void)
{
	const struct interval a = { .5, .4, .55 }, b = { .7, .58, .8 };
	struct interval d = paired_difference(&a, &b, 0);

	is_near(d.value, .2, 1e-15, "B less A");
	is_near(d.low, .2 - .13, 1e-15, "12 down and 5 up are 13");
	is_near(d.high, .2 + sqrt(.02), 1e-15, "10 up and 10 down");
	d = paired_difference(&a, &b, 1);
	is_near(d.low, .2 - .07, 1e-15, "together: what is left of 12 after 5");
	is_near(d.high, .2, 1e-15, "or of 10 after 10");
	d = paired_difference(&a, &b, -1);
	is_near(d.low, .2 - .17, 1e-15, "against each other: both");
	d = paired_difference(&a, &a, .5);
	is_near(d.high + d.low, 0, 1e-15, "a figure with itself");
	return tap_end();
}
