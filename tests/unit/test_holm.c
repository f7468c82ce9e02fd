/* Holm's correction, by hand. */
#include "tap.h"

#include "stats/holm.h"

int main(void)
{
	const double p[] = { .04, .01, NAN, .03, .005, .9 };
	const double want[] = { .09, .04, NAN, .09, .025, .9 };
	double got[6], one = .2, equal[] = { .3, .3, .3, .3 };

	holm_adjust(got, p, 6);
	for (int i = 0; i < 6; i++)
		ok(isnan(want[i]) ? isnan(got[i]) : fabs(got[i] - want[i]) < 1e-15,
		   "p = %g becomes %g", p[i], got[i]);
	holm_adjust(&one, &one, 1);
	is_near(one, .2, 0, "one test stays as it is");
	holm_adjust(equal, equal, 4);
	ok(equal[0] == 1 && equal[3] == 1, "never above 1");
	holm_adjust(NULL, NULL, 0);
	return tap_end();
}
