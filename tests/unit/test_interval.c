/* Intervals against statsmodels and scipy. */
#include "tap.h"

#include "stats/interval.h"

/* The quantile .9875. */
#define OTHER_Z 2.241402727604947
/* Relative, but for the square root of what is left of a difference. */
#define ROUNDING 1e-13

/* proportion_confint(hits, n, method="wilson"), but for the ends that are 0 and 1. */
static void test_wilson(void)
{
	static const struct {
		int64_t hits, n;
		double low, high;
	} want[] = {
		{ 0, 1, 0.0, 0.7934506856227627 },
		{ 1, 1, 0.2065493143772374, 1.0 },
		{ 0, 7, 0.0, 0.3543304350666875 },
		{ 1, 3, 0.06149194472039626, 0.7923403991979523 },
		{ 5, 10, 0.23659309051256394, 0.7634069094874361 },
		{ 9, 10, 0.5958499732047614, 0.982123786904927 },
		{ 129, 155, 0.7655643476717899, 0.8828809685870469 },
		{ 999, 1000, 0.9943574414020421, 0.9998234536293739 },
		{ 123456, 1000000000, 0.00012276930114666216, 0.0001241465393636415 },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		struct interval got = interval_wilson(want[i].hits, want[i].n);

		ok(fabs(got.low - want[i].low) < 1e-13 && fabs(got.high - want[i].high) < 1e-13 &&
		           got.value == (double)want[i].hits / (double)want[i].n,
		   "%lld of %lld", (long long)want[i].hits, (long long)want[i].n);
	}
	ok(interval_wilson(0, 7).low == 0 && interval_wilson(7, 7).high == 1,
	   "none and all end at 0 and 1");
}

static void test_none(void)
{
	struct interval none = interval_none(), nothing = interval_wilson(0, 0),
	                some = interval_wilson(1, 2);

	ok(interval_is_none(&none) && isnan(none.low) && isnan(none.high), "none");
	ok(interval_is_none(&nothing), "a share of nothing is none");
	ok(!interval_is_none(&some), "one that is");
}

/* At its ends a share is 1.96 standard errors of theirs from VALUE. */
static void test_effective(void)
{
	static const double value[] = { .01, .3, .5, .97 }, n[] = { .7, 5.5, 1234.25 };

	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 3; k++) {
			struct interval a = interval_effective(value[i], n[k]);
			double low = sqrt(a.low * (1 - a.low) / n[k]);
			double high = sqrt(a.high * (1 - a.high) / n[k]);

			ok(fabs((value[i] - a.low) / low - INTERVAL_Z) < 1e-9 &&
			           fabs((a.high - value[i]) / high - INTERVAL_Z) < 1e-9,
			   "%g of %g cases", value[i], n[k]);
		}
}

/* scipy.stats.t.ppf(.975, freedom) */
static void test_t(void)
{
	static const struct {
		double freedom, t;
	} want[] = {
		{ 1, 12.706204736175 },
		{ 1.25, 8.027951377252 },
		{ 1.9, 4.527118077100 },
		{ 2, 4.302652729749 },
		{ 3.5, 2.940088637983 },
		{ 5, 2.570581835636 },
		{ 9, 2.262157162798 },
		{ 12, 2.178812829667 },
		{ 29.75, 2.042992361888 },
		{ 100, 1.983971518524 },
		{ 1000, 1.962339080826 },
		{ 1e+06, 1.959966356814 },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		double got = interval_t(want[i].freedom);

		if (!ok(fabs(got - want[i].t) < 1e-8, "t of %g", want[i].freedom))
			printf("#   got %.12g, expected %.12g\n", got, want[i].t);
	}
}

static struct interval mean_of(const double *x, int n, double most)
{
	double sum = 0, squares = 0;

	for (int i = 0; i < n; i++) {
		sum += x[i];
		squares += x[i] * x[i];
	}
	return interval_mean(sum, squares, n, most);
}

static void test_mean(void)
{
	static const double x[] = { .25, .5, 1, .125, 2, .75, .5 }, one[] = { 9, 0, 0, 0, 0, 0 };
	static const double zeros[20] = { 0 }, alike[] = { 3, 3, 3 };
	struct interval i = mean_of(x, 7, 100);

	is_near(i.value, 0.7321428571428571, 1e-15, "the mean");
	is_near(i.low, 0.2724129503125199, 1e-9, "its lower end");
	is_near(i.high, 1.9677227629976972, 1e-9, "its upper end");
	i = mean_of(x, 7, 1.5);
	ok(i.high == 1.5, "which is at most the largest value");
	i = mean_of(one, 6, 1e9);
	is_near(i.high, 494681.71972183185, 1e-4, "one large value tells what one case does");
	i = mean_of(alike, 3, 9);
	is_near(i.low, 3 * (1 - interval_wilson(0, 3).high), 1e-15, "values alike, and zeros");
	is_near(i.high, 3 + 6 * interval_wilson(0, 3).high, 1e-15, "and the largest");
	i = mean_of(x, 1, 5);
	ok(i.value == .25 && i.low == 0 && i.high == 5, "one value");
	i = mean_of(zeros, 20, 2);
	ok(i.value == 0 && i.low == 0, "zeros");
	is_near(i.high, 2 * interval_wilson(0, 20).high, 1e-15, "which others may not be");
	i = mean_of(zeros, 0, 2);
	ok(interval_is_none(&i), "no values");
}

static bool near(double got, double want)
{
	return fabs(got - want) <= ROUNDING * fmax(want, 1e-3);
}

static void is_golden(const struct interval *got, const double want[2], const char *what)
{
	ok(near(got->low, want[0]) && near(got->high, want[1]), "%s", what);
	printf("#   %.17g %.17g, statsmodels %.17g %.17g\n", got->low, got->high, want[0], want[1]);
}

static void test_golden(void)
{
	FILE *f = fopen("tests/data/rank/wilson.tsv", "r");
	long long hits, n;
	double want[4];
	int count = 0;

	for (; fscanf(f, "%lld %lld %lf %lf %lf %lf", &hits, &n, &want[0], &want[1], &want[2],
	              &want[3]) == 6; count++) {
		struct interval i = interval_wilson(hits, n), other;
		char what[64];

		snprintf(what, sizeof what, "%lld of %lld", hits, n);
		is_golden(&i, want, what);
		ok(i.value == (double)hits / (double)n, "its share");
		other = interval_wilson_at(hits, n, OTHER_Z);
		is_golden(&other, want + 2, "at 97.5 %");
	}
	fclose(f);
	is_int(count, 9, "all lines");
}

static void test_ends(void)
{
	struct interval none = interval_wilson(0, 17), all = interval_wilson(17, 17);

	ok(none.low == 0 && none.high > 0 && none.high < 1, "no hits: from 0 itself");
	ok(all.high == 1 && near(all.low, 1 - none.high), "all: to 1 itself, the mirror image");
}

static void test_text(void)
{
	static const struct interval whole = { .5333, .4444, .62 }, alone = { 1, NAN, NAN };
	struct interval none = interval_none();
	char text[INTERVAL_TEXT_BYTES];

	interval_text(&whole, text);
	is_text(text, "0.533 (0.444-0.620)", "an interval as text");
	interval_text(&alone, text);
	is_text(text, "1.000", "without ends");
	interval_text(&none, text);
	is_text(text, "-", "none");
}

int main(void)
{
	test_wilson();
	test_none();
	test_effective();
	test_t();
	test_mean();
	test_golden();
	test_ends();
	test_text();
	return tap_end();
}
