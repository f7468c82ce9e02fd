/* Figures and their intervals against scikit-learn, statsmodels and scipy: tests/data/score. */
#include "figures.h"

#include "base/threads.h"

static void test_golden(const char *name, const char *path, const char *const *groups)
{
	struct threads *pool = threads_new(2);
	struct tables t;
	struct scorecard s;

	figures_load(&t, path, groups, 2);
	scorecard_init(&s, &t.tally, tables_cases(&t), pool);
	figures_check(&s, name, 1e-12, 1e-8);
	scorecard_release(&s);
	scorecard_release(&s);
	ok(!s.rows && !s.classes, "released");
	tables_release(&t);
	threads_free(pool);
}

static void test_rows(void)
{
	struct threads *pool = threads_new(1);
	struct tables t;
	struct scorecard s;

	figures_load(&t, FIGURES_SKEWED, figures_skewed_groups, 2);
	scorecard_init(&s, &t.tally, tables_cases(&t), pool);
	is_int(s.images, 260, "images");
	ok(s.classes == 6 && s.groups == 2, "rows: classes, then groups");
	is_int(s.occurring, 4, "classes that occur");
	is_text(s.rows[5].name, "F", "the last class");
	is_text(s.rows[7].name, "rare", "the last group");
	ok(!s.rows[5].occurs && s.rows[7].occurs, "what occurs");
	is_int(s.rows[0].n, 155, "images of A");
	is_int(s.rows[6].n, 155 + 52, "of A and B");
	is_int((long long)s.patients, 0, "intervals over images");
	scorecard_release(&s);
	tables_release(&t);
	threads_free(pool);
}

/* One image, of which nothing but the figures themselves can be said. */
static void test_one_image(void)
{
	static const enum scorecard_overall losses[] = { SCORECARD_LOG_LOSS, SCORECARD_BRIER };
	struct threads *pool = threads_new(1);
	struct classes classes = {0};
	const struct class_groups none = {0};
	struct tally t;
	struct cases c = { .count = 1 };
	struct scorecard s;
	struct err e;
	uint16_t class[] = { 0 };
	double p[] = { .75, .25 };

	must(classes_parse(&classes, "A,B", &e), &e);
	c.classes = classes;
	c.actual = c.predicted = class;
	c.p = p;
	tally_init(&t, &classes, &none);
	tally_count(&t, &c);
	scorecard_init(&s, &t, &c, pool);
	ok(s.overall[SCORECARD_ACCURACY].value == 1 && s.overall[SCORECARD_ACCURACY].low < .21,
	   "one right answer says little");
	ok(interval_is_none(&s.overall[SCORECARD_KAPPA]), "one class has no kappa");
	is_near(s.overall[SCORECARD_BRIER].value, .125, 1e-15, "Brier score");
	for (int k = 0; k < 2; k++)
		ok(s.overall[losses[k]].low == 0 && isfinite(s.overall[losses[k]].high),
		   "a loss of one image may be any other");
	ok(interval_is_none(&s.rows[0].figure[SCORECARD_AUC]), "no AUC without negatives");
	ok(interval_is_none(&s.rows[1].figure[SCORECARD_SPECIFICITY]),
	   "nothing of a class that does not occur");
	scorecard_release(&s);
	tally_release(&t);
	classes_release(&classes);
	threads_free(pool);
}

/* Every key once. */
static void test_keys(void)
{
	const char *key[SCORECARD_OVERALL + SCORECARD_EACH];
	int n = 0, same = 0;

	for (int k = 0; k < SCORECARD_OVERALL; k++)
		key[n++] = scorecard_overall_key((enum scorecard_overall)k);
	for (int k = 0; k < SCORECARD_EACH; k++)
		key[n++] = scorecard_each_key((enum scorecard_each)k);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			same += !strcmp(key[i], key[k]);
	is_int(same, 0, "keys are told apart");
}

int main(void)
{
	test_golden("fifteen", FIGURES_FIFTEEN, figures_fifteen_groups);
	test_golden("skewed", FIGURES_SKEWED, figures_skewed_groups);
	test_rows();
	test_one_image();
	test_keys();
	return tap_end();
}
