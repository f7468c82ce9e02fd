/* Differentials by patient: shares counted by hand, and Bland and Altman's figures from them. */
#include "cases_text.h"
#include "must.h"
#include "tap.h"

#include "page/differential.h"

/* Three patients. Counted A: 1/2, 0/2, 3/4; predicted A: 2/2, 0/2, 2/4. Class C does not occur. */
static const char table[] = "id\ttrue\tpredicted\tA\tB\tC\n"
                            "a1\tA\tA\t1\t0\t0\n"
                            "a2\tB\tA\t1\t0\t0\n"
                            "b1\tB\tB\t0\t1\t0\n"
                            "b2\tB\tB\t0\t1\t0\n"
                            "c1\tA\tA\t1\t0\t0\n"
                            "c2\tA\tB\t0\t1\t0\n"
                            "c3\tA\tA\t1\t0\t0\n"
                            "c4\tB\tB\t0\t1\t0\n";

static uint32_t of[] = { 0, 0, 1, 1, 2, 2, 2, 2 };
static const struct id_groups patients = { .of = of, .count = 3 };

static void near_interval(const struct interval *i, double value, double off, const char *what)
{
	is_near(i->value, value, 1e-12, what);
	is_near(i->low, value - off, 1e-9, "  its lower end");
	is_near(i->high, value + off, 1e-9, "  its upper end");
}

/* Differences .5, 0, -.25: mean 1/12, standard deviation sqrt(7/48); t of 2 degrees 4.302653. */
static void test_classes(const struct cases *c)
{
	static const struct class_groups none = {0};
	const double s = sqrt(7 / 48.0), t = 4.302652729911275, z = INTERVAL_Z;
	struct differential d;

	differential_init(&d, c, &none, &patients);
	is_int((long long)d.columns, 2, "the classes that occur");
	ok(d.column[0] == 0 && d.column[1] == 1, "in their order");
	is_int(d.cells[2], 4, "cells of a patient");
	is_near(d.counted[0], .5, 0, "counted share");
	is_near(d.predicted[0], 1, 0, "predicted share");
	is_near(d.counted[2 * 2 + 1], .25, 0, "of another patient and class");
	near_interval(&d.agreement[0].bias, 1 / 12.0, t * s / sqrt(3), "bias");
	near_interval(&d.agreement[0].lower, 1 / 12.0 - z * s, t * s * sqrt(1 / 3.0 + z * z / 4),
	              "lower limit of agreement");
	near_interval(&d.agreement[0].upper, 1 / 12.0 + z * s, t * s * sqrt(1 / 3.0 + z * z / 4),
	              "upper limit of agreement");
	is_near(d.agreement[1].bias.value, -1 / 12.0, 1e-12,
	        "the other class loses what one gains");
	differential_release(&d);
	differential_release(&d);
	ok(!d.counted, "released");
}

static void test_groups(const struct cases *c)
{
	struct class_groups groups = {0};
	struct differential d;
	struct err e = {0};

	must(class_groups_add(&groups, "b or c=C,B", &c->classes, &e), &e);
	differential_init(&d, c, &groups, &patients);
	is_int((long long)d.columns, 1, "groups take the place of classes");
	is_int((long long)d.column[0], 3, "counted behind them");
	is_near(d.counted[2], .25, 0, "share of a group");
	is_near(d.predicted[2], .5, 0, "and as predicted");
	differential_release(&d);
	class_groups_release(&groups);
}

int main(void)
{
	struct cases c = {0};
	struct err e = {0};

	scratch_begin();
	must(read_text(&c, table, &e), &e);
	test_classes(&c);
	test_groups(&c);
	cases_release(&c);
	return tap_end();
}
