/* Metrics and the report's text against scikit-learn's. */
#include "tap.h"

#include "base/infile.h"
#include "score/metrics.h"

enum { LIMIT = 1 << 20 };

static char *read_text(const char *path)
{
	struct infile f;
	struct err e;
	char *text;

	if (infile_open(&f, path, LIMIT, &e) < 0)
		return NULL;
	text = strndup((const char *)f.data, f.size);
	infile_release(&f);
	return text;
}

/* To the last bit: the sums run in the same order. */
static bool reads(const char **text, double got)
{
	char *end;
	double want = strtod(*text, &end);

	*text = end;
	if (got != want)
		printf("#   got %.17g, expected %.17g\n", got, want);
	return got == want;
}

/* Each call moves TEXT on, so none may be left out. */
static bool reads_three(const char **text, double precision, double recall, double f1)
{
	bool pass = reads(text, precision);

	pass &= reads(text, recall);
	pass &= reads(text, f1);
	return pass;
}

static bool reads_average(const char **text, struct metrics_average a)
{
	return reads_three(text, a.precision, a.recall, a.f1);
}

static void check_metrics(const char *name, const char *text, const struct metrics *m)
{
	bool pass = true;

	for (int i = 0; i < m->count; i++) {
		const struct metrics_class *k = &m->each[i];

		pass &= reads_three(&text, k->precision, k->recall, k->f1);
	}
	ok(pass, "%s: precision, recall and F1 of %d classes", name, m->count);
	ok(reads_average(&text, m->macro), "%s: macro average", name);
	ok(reads_average(&text, m->weighted), "%s: weighted average", name);
	ok(reads(&text, m->accuracy), "%s: accuracy", name);
}

static void test_golden(const char *name)
{
	struct confusion c = {0};
	struct metrics m = {0};
	struct err e;
	char path[128], *want, *got;

	snprintf(path, sizeof path, "tests/data/report/%s.tsv", name);
	if (!ok(confusion_load(&c, path, &e) == 0, "%s is read", path))
		return;
	metrics_init(&m, &c);
	snprintf(path, sizeof path, "tests/data/report/%s.metrics", name);
	want = read_text(path);
	check_metrics(name, want, &m);
	free(want);
	snprintf(path, sizeof path, "tests/data/report/%s.report", name);
	want = read_text(path);
	got = metrics_report(&m, &c.classes);
	is_text(got, want, path);
	free(want);
	free(got);
	metrics_release(&m);
	confusion_release(&c);
}

/* Of 10 images of A 8 are found; of 90 others 9 are taken for A. */
static void test_specificity(void)
{
	struct classes two = {0};
	struct confusion c;
	struct metrics m;
	struct err e;

	classes_parse(&two, "A,B", &e);
	confusion_init(&c, &two);
	*confusion_at(&c, 0, 0) = 8;
	*confusion_at(&c, 0, 1) = 2;
	*confusion_at(&c, 1, 0) = 9;
	*confusion_at(&c, 1, 1) = 81;
	metrics_init(&m, &c);
	is_near(m.each[0].recall, 0.8, 0, "sensitivity of A");
	is_near(m.each[0].specificity, 0.9, 0, "specificity of A");
	is_near(m.each[1].specificity, 0.8, 0, "of two classes, one's is the other's sensitivity");
	is_int(m.each[1].support, 90, "support of B");
	is_int(m.total, 100, "images");
	metrics_release(&m);
	confusion_release(&c);
	classes_release(&two);
}

/* scikit-learn's balanced_accuracy_score, cohen_kappa_score and matthews_corrcoef. */
static void test_agreement(const char *name, double balanced, double kappa, double mcc)
{
	struct confusion c = {0};
	struct metrics m;
	struct err e;
	char path[128];

	snprintf(path, sizeof path, "tests/data/report/%s.tsv", name);
	if (!ok(confusion_load(&c, path, &e) == 0, "%s is read", path))
		return;
	metrics_init(&m, &c);
	is_near(m.balanced_accuracy, balanced, 1e-12, "balanced accuracy");
	if (isnan(kappa))
		ok(isnan(m.kappa), "no kappa");
	else
		is_near(m.kappa, kappa, 1e-12, "kappa");
	is_near(m.mcc, mcc, 1e-12, "mcc");
	metrics_release(&m);
	confusion_release(&c);
}

static void test_nothing(void)
{
	struct classes one = {0};
	struct confusion c;
	struct metrics m;
	struct err e;
	char *text;

	classes_parse(&one, "A", &e);
	confusion_init(&c, &one);
	metrics_init(&m, &c);
	is_near(m.accuracy, 0, 0, "accuracy without images");
	is_near(m.macro.f1, 0, 0, "macro average without images");
	is_near(m.weighted.recall, 0, 0, "weighted average without images");
	is_near(m.each[0].specificity, 0, 0, "specificity without images");
	is_near(m.balanced_accuracy, 0, 0, "balanced accuracy without images");
	ok(isnan(m.kappa) && m.mcc == 0, "kappa and mcc without images");
	text = metrics_report(&m, &one);
	ok(!strstr(text, "0.00") && strstr(text, "over the 0 of 1 classes"),
	   "a report without images has no figures");
	free(text);
	metrics_release(&m);
	metrics_release(&m);
	confusion_release(&c);
	classes_release(&one);
}

int main(void)
{
	test_golden("fifteen");
	test_golden("tie");
	test_golden("absent");
	test_golden("many");
	test_golden("wrong");
	test_specificity();
	test_agreement("fifteen", 0.853968253968254, 0.8814679735582402, 0.882071259672626);
	test_agreement("tie", 0.5, 0.0, 0.0);
	test_agreement("absent", 0.6221813725490196, 0.5265423242467719, 0.5470908425861031);
	test_agreement("many", 0.5434354449621626, 0.5318042090328683, 0.5321293775999625);
	test_agreement("wrong", 0.0, -1.0, -1.0);
	test_nothing();
	return tap_end();
}
