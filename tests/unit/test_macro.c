/* Macro averages' intervals: one class is Wilson's, several against scipy (tests/data/score). */
#include "figures.h"

#include "stats/macro.h"

enum { CLASSES = 32 };

static void test_one_class(void)
{
	static const struct {
		double hits, n;
	} of[] = { { 0, 1 }, { 1, 1 }, { 3, 7 }, { 0, 12 }, { 40, 40 }, { 55, 79 },
		   { 9999, 10000 } };

	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct interval got = macro_interval(&of[i].hits, &of[i].n, 1, MACRO_SHARE, 1, 1);
		struct interval want = interval_wilson((int64_t)of[i].hits, (int64_t)of[i].n);

		ok(fabs(got.low - want.low) < 1e-7 && fabs(got.high - want.high) < 1e-7 &&
		           got.value == want.value,
		   "%g of %g as Wilson has them", of[i].hits, of[i].n);
	}
}

/* F1 of many cases: Wilson's of its Jaccard share but for the bias of the mean, v f''/2. */
static void test_one_f1(void)
{
	const double hits = 3000, n = 5000;
	struct interval got = macro_interval(&hits, &n, 1, MACRO_F1, 2, 1);
	struct interval share = interval_wilson(3000, 5000);
	double bias = 2 * .6 * .4 / n / (1.6 * 1.6 * 1.6);

	is_near(got.value, .75, 1e-15, "F1 of a share of .6");
	is_near(got.low, 2 * share.low / (1 + share.low), 3 * bias, "its lower end");
	is_near(got.high, 2 * share.high / (1 + share.high), 3 * bias, "its upper end");
}

/* Classes without cases count for nothing; a spread of 4 makes intervals twice as wide. */
static void test_parts(void)
{
	static const double hits[] = { 300, 0, 450, 700 }, n[] = { 400, 0, 600, 900 };
	static const double without[] = { 300, 450, 700 }, of[] = { 400, 600, 900 };
	struct interval a = macro_interval(hits, n, 4, MACRO_SHARE, 1, 1);
	struct interval b = macro_interval(without, of, 3, MACRO_SHARE, 1, 1);
	struct interval wide = macro_interval(hits, n, 4, MACRO_SHARE, 1, 4);

	ok(a.value == b.value && a.low == b.low && a.high == b.high, "a class without cases");
	is_near((wide.high - wide.low) / (a.high - a.low), 2, .01, "a spread of 4");
	a = macro_interval(hits + 1, n + 1, 1, MACRO_F1, 1, 1);
	ok(interval_is_none(&a), "none that has cases");
}

/*
 * All right, and all wrong: the more cases, the narrower, and never without width. Between 40 and
 * 41 cases, where the expansion takes over from the exact sum, an end may move by .001.
 */
static void test_extremes(enum macro_figure figure)
{
	double low = 0, high = 1;
	int wrong = 0;

	for (int n = 1; n <= 60; n++) {
		double of[] = { n, n, n }, none[] = { 0, 0, 0 };
		struct interval all = macro_interval(of, of, 3, figure, 2, 1);
		struct interval nothing = macro_interval(none, of, 3, figure, 2, 1);

		wrong += !(all.value == 1 && all.high == 1 && all.low > low && all.low < 1);
		wrong += !(nothing.value == 0 && nothing.low == 0 && nothing.high > 0 &&
		           nothing.high < high + (n == 41 ? .001 : 0));
		low = all.low;
		high = nothing.high;
	}
	is_int(wrong, 0, figure == MACRO_F1 ? "F1 at its ends" : "shares at their ends");
}

static int read_list(char *text, double *x)
{
	int n = 0;

	for (char *one; (one = strsep(&text, ",")); n++)
		x[n] = strtod(one, NULL);
	return n;
}

static void test_golden(void)
{
	static const char *const heading[] = { "figure", "prior", "spread", "hits",
	                                       "n",      "value", "low",    "high" };
	struct err e;
	struct tsv *t = tsv_open(FIGURES_FOLDER "macro.tsv", &e);

	must(t && tsv_heading(t, heading, 8, &e) == 0 ? 0 : -1, &e);
	while (tsv_next(t, &e) > 0) {
		double hits[CLASSES], n[CLASSES];
		int classes = read_list(t->field[3], hits);
		enum macro_figure figure = strcmp(t->field[0], "f1") ? MACRO_SHARE : MACRO_F1;
		struct interval i;

		read_list(t->field[4], n);
		i = macro_interval(hits, n, classes, figure, figures_number(t->field[1]),
		                   figures_number(t->field[2]));
		if (!ok(figures_agree(i.value, figures_number(t->field[5]), 1e-14) &&
		                figures_agree(i.low, figures_number(t->field[6]), 1e-7) &&
		                figures_agree(i.high, figures_number(t->field[7]), 1e-7),
		        "line %ld: %s of %d classes", t->line, t->field[0], classes))
			printf("#   got %.12g (%.12g, %.12g), expected %s (%s, %s)\n", i.value,
			       i.low, i.high, t->field[5], t->field[6], t->field[7]);
	}
	tsv_close(t);
}

int main(void)
{
	test_one_class();
	test_one_f1();
	test_parts();
	test_extremes(MACRO_SHARE);
	test_extremes(MACRO_F1);
	test_golden();
	return tap_end();
}
