/* Axes: steps, labels, ticks at the ends. */
#include "figure/axis.h"

#include "tap.h"

static void axis_is(double low, double high, bool whole, double step, long first, long last)
{
	struct axis a;

	axis_init(&a, low, high, 6, whole);
	is_near(a.step, step, step * 1e-9, "step");
	is_int(axis_first(&a), first, "first tick");
	is_int(axis_last(&a), last, "last tick");
}

static void label_is(double low, double high, long k, const char *want)
{
	char text[AXIS_LABEL_BYTES] = "";
	struct axis a;

	axis_init(&a, low, high, 6, false);
	axis_label(&a, k, text);
	is_text(text, want, "label");
}

static void test_axis(void)
{
	struct axis a;

	axis_is(0, 1, false, 0.2, 0, 5);
	axis_is(0.31, 0.94, false, 0.2, 2, 4);
	axis_is(1, 12, true, 2, 1, 6);
	axis_is(1, 3, true, 1, 1, 3);
	axis_is(5, 5, true, 1, 4, 6);
	axis_is(0, 0, false, 0.05, -2, 2);
	axis_is(1e30, 1.0000000000000002e30, false, 5e28, 18, 22);
	label_is(0, 1, 3, "0.6");
	label_is(0, 30, 2, "10");
	label_is(0, 3e7, 2, "1e+07");
	axis_init(&a, 0.31, 0.94, 6, false);
	axis_extend(&a);
	is_near(a.low, 0.2, 1e-12, "extended to a tick below");
	is_near(a.high, 1, 1e-12, "and to one above");
	is_near(axis_place(&a, 0.6), 0.5, 1e-12, "the middle");
}

int main(void)
{
	test_axis();
	return tap_end();
}
