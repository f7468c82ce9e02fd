/* Curves as text: tables for the eye, points for programs. */
#include "tap.h"

#include "base/mem.h"
#include "score/roc_series.h"

static const double score[] = { .9, .8, .7, .6, .5 };
static const uint8_t positive[] = { 1, 1, 0, 1, 0 };

static void make(struct roc_series *s, const char *name, size_t n)
{
	struct rank r;

	rank_init(&r, score, positive, n);
	roc_series_init(s, name, &r, false);
	rank_release(&r);
}

static char *text_of(void (*write)(const struct roc_series *, size_t, FILE *),
                     const struct roc_series *s, size_t count)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	write(s, count, f);
	xmemclose(f);
	return text;
}

static void test_figures(void)
{
	struct roc_series s;

	make(&s, "x", 5);
	is_near(s.auc.value, 5 / 6., 1e-15, "area under the curve");
	ok(s.auc.low > 0 && s.auc.low < s.auc.value && s.auc.high < 1, "its interval");
	is_near(s.average_precision, (1 + 1 + .75) / 3, 1e-15, "average precision");
	ok(!s.mark && roc_series_has_curve(&s), "a curve without operating point");
	roc_series_release(&s);
	make(&s, "x", 2);
	ok(!roc_series_has_curve(&s) && interval_is_none(&s.auc), "only positives");
	roc_series_release(&s);
	roc_series_release(&s);
}

static void test_print(void)
{
	struct roc_series s[2];
	char *text;

	make(&s[0], "one", 5);
	make(&s[1], "other", 2);
	text = text_of(roc_series_print, s, 2);
	is_text(text, "       n  positive              ROC AUC  average precision\n"
	              "one    5         3  0.833 (0.307-0.981)              0.917\n"
	              "other  2         2                    -              1.000\n", "areas");
	free(text);
	s[0].mark = roc_at_sensitivity(&s[0].roc, .5);
	text = text_of(roc_series_print, s, 2);
	ok(strstr(text, "\n\n     threshold          sensitivity          specificity"
	                "            precision                  NPV\n"
	                "one        0.8  0.667 (0.208-0.939)  1.000 (0.342-1.000)"
	                "  1.000 (0.342-1.000)  0.667 (0.208-0.939)\n") != NULL,
	   "an operating point, of the table that has one");
	free(text);
	roc_series_release(&s[0]);
	roc_series_release(&s[1]);
}

static void test_points(void)
{
	struct roc_series s;
	char *text;

	make(&s, "a\tb", 3);
	text = text_of(roc_series_points, &s, 1);
	is_text(text, "label\tthreshold\ttrue_positives\tfalse_positives\tsensitivity\tspecificity"
	              "\tprecision\n"
	              "a\\tb\tinf\t0\t0\t0\t1\tnan\n"
	              "a\\tb\t0.90000000000000002\t1\t0\t0.5\t1\t1\n"
	              "a\\tb\t0.80000000000000004\t2\t0\t1\t1\t1\n"
	              "a\\tb\t0.69999999999999996\t2\t1\t1\t0\t0.66666666666666663\n",
	        "points, with a label that has a tab");
	free(text);
	roc_series_release(&s);
}

int main(void)
{
	test_figures();
	test_print();
	test_points();
	return tap_end();
}
