/* A scorecard as JSON, as tab-separated text and for the eye. */
#include "base/json.h"
#include "base/mem.h"
#include "tap.h"

#include "score/scorecard_show.h"

/* A class that occurs, with few images, one that does not, and a group. */
static void fill(struct scorecard *s, struct scorecard_row *rows)
{
	static char a[] = "A", b[] = "B", group[] = "the \"group\"";

	*s = (struct scorecard){ .images = 20, .rows = rows, .classes = 2, .groups = 1,
		                 .occurring = 1 };
	rows[0] = (struct scorecard_row){ .name = a, .n = 9, .patients = 4, .occurs = true };
	rows[1] = (struct scorecard_row){ .name = b };
	rows[2] = (struct scorecard_row){ .name = group, .n = 11, .patients = 5, .occurs = true };
	for (int k = 0; k < SCORECARD_OVERALL; k++)
		s->overall[k] = (struct interval){ .5 + k / 100., .25 + k / 100., .75 + k / 100. };
	s->overall[SCORECARD_KAPPA] = interval_none();
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < SCORECARD_EACH; k++)
			rows[i].figure[k] = (struct interval){ .125 * k, .1 * k, .125 };
	rows[0].figure[SCORECARD_AUC] = interval_none();
}

static char *shown(void (*show)(const struct scorecard_view *v, FILE *f),
                   const struct scorecard_view *v)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	show(v, f);
	xmemclose(f);
	return text;
}

/* What is at the end of the keys of PATH, "overall.kappa". */
static const struct json *at(const struct json *j, const char *path)
{
	char *copy = xstrdup(path), *rest = copy;

	for (char *key; (key = strsep(&rest, "."));)
		j = json_get(j, key);
	free(copy);
	return j;
}

static void has_number(const struct json *j, const char *path, double want)
{
	const struct json *value = at(j, path);

	ok(value && value->type == JSON_NUMBER && value->number == want, "JSON: %s is %g", path,
	   want);
}

static bool is_null(const struct json *j, const char *path)
{
	const struct json *value = at(j, path);

	return value && value->type == JSON_NULL;
}

static const struct abstention_point point = { .5, 5, { .25, .2, .3 }, { .2, .1, .4 } };

static void test_json(const struct scorecard_view *v)
{
	char *text = shown(scorecard_json, v);
	struct err e = {0};
	struct json *j = json_parse(text, strlen(text), &e);

	if (!ok(j != NULL, "JSON %s", e.text))
		return;
	has_number(j, "images", 20);
	is_int((long long)at(j, "classes")->count, 1, "JSON: the classes that occur");
	is_text(at(j, "classes")->items[0].text, "A", "JSON: by their codes");
	has_number(j, "overall.accuracy.value", .5);
	has_number(j, "overall.ece.low", .25 + SCORECARD_ECE / 100.);
	ok(is_null(j, "overall.kappa"), "JSON: null where there is none");
	is_int((long long)at(j, "overall")->count, SCORECARD_OVERALL, "JSON: figures overall");
	has_number(j, "by_class.A.n", 9);
	has_number(j, "by_class.A.average_precision.value", .75);
	ok(is_null(j, "by_class.A.auc"), "JSON: null of a class");
	is_int((long long)at(j, "by_class.A")->count, SCORECARD_EACH + 1,
	       "JSON: figures of a class");
	ok(!at(j, "by_class.B"), "JSON: not the class that does not occur");
	has_number(j, "by_group.the \"group\".sensitivity.high", .125);
	if (v->tolerant) {
		has_number(j, "tolerant.accuracy.value", .875);
		has_number(j, "tolerant.by_class.A.precision.low", .5);
		has_number(j, "abstention.min_prob", .5);
		has_number(j, "abstention.images", 5);
		has_number(j, "abstention.error.high", .4);
		is_int((long long)at(j, "risk_coverage")->count, 2, "JSON: risk and coverage");
		has_number(&at(j, "risk_coverage")->items[1], "answered.value", .25);
		has_number(j, "patients", 6);
	}
	json_free(j);
	free(text);
}

static void has_line(const char *text, const char *line)
{
	char *within = xasprintf("\n%s", text), *want = xasprintf("\n%s\n", line);

	ok(strstr(within, want) != NULL, "line '%s'", line);
	free(within);
	free(want);
}

static void test_tsv(const struct scorecard_view *v)
{
	char *text = shown(scorecard_tsv, v);

	ok(!strncmp(text, "# id: 'aml_score'\n", 18), "what MultiQC looks for");
	has_line(text, "figure\tvalue\tlow\thigh");
	has_line(text, "images\t20\t-\t-");
	has_line(text, "overall.accuracy\t0.5\t0.25\t0.75");
	has_line(text, "overall.kappa\t-\t-\t-");
	has_line(text, "class.A.n\t9\t-\t-");
	has_line(text, "class.A.npv\t0.375\t0.3\t0.125");
	has_line(text, "group.the \"group\".n\t11\t-\t-");
	ok(!strstr(text, "class.B"), "not the class that does not occur");
	if (v->tolerant) {
		has_line(text, "patients\t6\t-\t-");
		has_line(text, "tolerant.A.precision\t0.625\t0.5\t0.75");
		has_line(text, "abstention.0.5.error\t0.2\t0.1\t0.4");
		has_line(text, "risk_coverage.0.5.answered\t0.25\t0.2\t0.3");
	}
	free(text);
}

static void test_print(const struct scorecard_view *v)
{
	char *text = shown(scorecard_print, v);

	ok(strstr(text, "20 images, 1 of 2 classes occur; 95 % intervals in brackets") == text,
	   "the first line");
	ok(strstr(text, "\nCohen's kappa                           -\n") != NULL,
	   "a dash where there is none");
	ok(strstr(text, "\naccuracy              0.500 (0.250-0.750)\n") != NULL, "a figure");
	ok(strstr(text, "\n* fewer than 10 images") != NULL, "what a star says");
	ok(!strstr(text, " \n"), "no blank at the end of a line");
	if (v->tolerant) {
		ok(strstr(text, ", over 6 patients\n") != NULL, "over patients");
		ok(strstr(text, "\nA      9*+  ") != NULL, "a star and a plus");
		ok(strstr(text, "\nB        0  ") != NULL, "none where nothing is shown");
		ok(strstr(text, "\nthe \"group\"  11  ") != NULL, "none at 11 images, 5 patients");
		ok(strstr(text, "\n+ fewer than 5 patients") != NULL, "what a plus says");
		ok(strstr(text, "0.500       5  0.250 (0.200-0.300)  0.200 (0.100-0.400)\n"),
		   "answers");
	}
	free(text);
}

int main(void)
{
	struct scorecard_row rows[3];
	struct scorecard s;
	struct tolerant_row near[2] = { { { 1, .9, 1 }, { .625, .5, .75 } } };
	struct tolerant tolerant = { { .875, .8, .9 }, near };
	struct abstention_point table[2] = { point, point };
	struct abstention abstention = { point, table, 2 };
	struct scorecard_view all = { &s, &tolerant, &abstention }, plain = { .card = &s };

	fill(&s, rows);
	test_json(&plain);
	test_tsv(&plain);
	test_print(&plain);
	s.patients = 6;
	test_json(&all);
	test_tsv(&all);
	test_print(&all);
	return tap_end();
}
