/* Showing a scorecard; see scorecard_show.h. */
#include "score/scorecard_show.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/json.h"
#include "base/table.h"

/* ---- JSON ---- */

/* Those of FIRST to LAST - 1 that occur. */
static void json_rows(struct json_writer *j, const char *key, const struct scorecard *s,
                      size_t first, size_t last)
{
	json_object(j, key);
	for (size_t i = first; i < last; i++) {
		const struct scorecard_row *row = &s->rows[i];

		if (!row->occurs && i < s->classes)
			continue;
		json_object(j, row->name);
		json_int(j, "n", row->n);
		for (int k = 0; k < SCORECARD_EACH; k++)
			interval_json(j, scorecard_each_key((enum scorecard_each)k),
			              &row->figure[k]);
		json_close_object(j);
	}
	json_close_object(j);
}

static void json_tolerant(struct json_writer *j, const struct scorecard *s,
                          const struct tolerant *t)
{
	json_object(j, "tolerant");
	interval_json(j, "accuracy", &t->accuracy);
	json_object(j, "by_class");
	for (size_t i = 0; i < s->classes; i++) {
		if (!s->rows[i].occurs)
			continue;
		json_object(j, s->rows[i].name);
		interval_json(j, "sensitivity", &t->rows[i].sensitivity);
		interval_json(j, "precision", &t->rows[i].precision);
		json_close_object(j);
	}
	json_close_object(j);
	json_close_object(j);
}

static void json_point(struct json_writer *j, const char *key, const struct abstention_point *p)
{
	json_object(j, key);
	json_number(j, "min_prob", p->min_prob);
	json_int(j, "images", p->count);
	interval_json(j, "answered", &p->answered);
	interval_json(j, "error", &p->error);
	json_close_object(j);
}

static void json_abstention(struct json_writer *j, const struct abstention *a)
{
	json_point(j, "abstention", &a->chosen);
	json_array(j, "risk_coverage");
	for (size_t i = 0; i < a->count; i++)
		json_point(j, NULL, &a->table[i]);
	json_close_array(j);
}

/* The classes that occur. */
static void json_codes(struct json_writer *j, const struct scorecard *s)
{
	json_array(j, "classes");
	for (size_t i = 0; i < s->classes; i++)
		if (s->rows[i].occurs)
			json_text(j, NULL, s->rows[i].name);
	json_close_array(j);
}

void scorecard_json(const struct scorecard_view *v, FILE *f)
{
	const struct scorecard *s = v->card;
	struct json_writer j;

	json_start(&j, f, true);
	json_object(&j, NULL);
	json_int(&j, "images", s->images);
	json_codes(&j, s);
	if (s->patients)
		json_int(&j, "patients", (int64_t)s->patients);
	json_object(&j, "overall");
	for (int k = 0; k < SCORECARD_OVERALL; k++)
		interval_json(&j, scorecard_overall_key((enum scorecard_overall)k), &s->overall[k]);
	json_close_object(&j);
	json_rows(&j, "by_class", s, 0, s->classes);
	json_rows(&j, "by_group", s, s->classes, s->classes + s->groups);
	if (v->tolerant)
		json_tolerant(&j, s, v->tolerant);
	if (v->abstention)
		json_abstention(&j, v->abstention);
	json_close_object(&j);
}

/* ---- tab-separated ---- */

static void tsv_numbers(const struct interval *i, FILE *f)
{
	if (interval_is_none(i))
		fputs("\t-\t-\t-\n", f);
	else
		fprintf(f, "\t%.9g\t%.9g\t%.9g\n", i->value, i->low, i->high);
}

static void tsv_rows(const char *of, const struct scorecard *s, size_t first, size_t last, FILE *f)
{
	for (size_t i = first; i < last; i++) {
		const struct scorecard_row *row = &s->rows[i];

		if (!row->occurs && i < s->classes)
			continue;
		fprintf(f, "%s.%s.n\t%" PRId64 "\t-\t-\n", of, row->name, row->n);
		for (int k = 0; k < SCORECARD_EACH; k++) {
			fprintf(f, "%s.%s.%s", of, row->name,
			        scorecard_each_key((enum scorecard_each)k));
			tsv_numbers(&row->figure[k], f);
		}
	}
}

static void tsv_tolerant(const struct scorecard *s, const struct tolerant *t, FILE *f)
{
	fputs("tolerant.accuracy", f);
	tsv_numbers(&t->accuracy, f);
	for (size_t i = 0; i < s->classes; i++) {
		if (!s->rows[i].occurs)
			continue;
		fprintf(f, "tolerant.%s.sensitivity", s->rows[i].name);
		tsv_numbers(&t->rows[i].sensitivity, f);
		fprintf(f, "tolerant.%s.precision", s->rows[i].name);
		tsv_numbers(&t->rows[i].precision, f);
	}
}

static void tsv_abstention(const struct abstention *a, FILE *f)
{
	for (size_t i = 0; i <= a->count; i++) {
		const struct abstention_point *p = i ? &a->table[i - 1] : &a->chosen;
		const char *of = i ? "risk_coverage" : "abstention";

		fprintf(f, "%s.%.9g.answered", of, p->min_prob);
		tsv_numbers(&p->answered, f);
		fprintf(f, "%s.%.9g.error", of, p->min_prob);
		tsv_numbers(&p->error, f);
	}
}

void scorecard_tsv(const struct scorecard_view *v, FILE *f)
{
	const struct scorecard *s = v->card;

	fputs("# id: 'aml_score'\n# section_name: 'Leukocyte classifier'\n"
	      "# description: 'Figures of aml-score with their 95 % intervals'\n"
	      "# plot_type: 'table'\n# file_format: 'tsv'\n", f);
	fprintf(f, "figure\tvalue\tlow\thigh\nimages\t%" PRId64 "\t-\t-\n", s->images);
	if (s->patients)
		fprintf(f, "patients\t%zu\t-\t-\n", s->patients);
	for (int k = 0; k < SCORECARD_OVERALL; k++) {
		fprintf(f, "overall.%s", scorecard_overall_key((enum scorecard_overall)k));
		tsv_numbers(&s->overall[k], f);
	}
	tsv_rows("class", s, 0, s->classes, f);
	tsv_rows("group", s, s->classes, s->classes + s->groups, f);
	if (v->tolerant)
		tsv_tolerant(s, v->tolerant, f);
	if (v->abstention)
		tsv_abstention(v->abstention, f);
}

/* ---- for the eye ---- */

static void print_overall(const struct scorecard *s, FILE *f)
{
	static const char *const name[SCORECARD_OVERALL] = {
		[SCORECARD_ACCURACY] = "accuracy",
		[SCORECARD_BALANCED_ACCURACY] = "balanced accuracy",
		[SCORECARD_MACRO_F1] = "macro F1",
		[SCORECARD_WEIGHTED_F1] = "weighted F1",
		[SCORECARD_KAPPA] = "Cohen's kappa",
		[SCORECARD_MCC] = "Matthews correlation",
		[SCORECARD_TOP2_ACCURACY] = "top-2 accuracy",
		[SCORECARD_LOG_LOSS] = "log loss",
		[SCORECARD_BRIER] = "Brier score",
		[SCORECARD_ECE] = "calibration error",
	};
	struct table t;

	table_init(&t, "lr");
	for (int k = 0; k < SCORECARD_OVERALL; k++) {
		table_add(&t, "%s", name[k]);
		interval_add(&t, &s->overall[k]);
	}
	table_write(&t, f);
	table_release(&t);
}

static bool has_few_images(const struct scorecard_row *row)
{
	return row->occurs && row->n < SCORECARD_FEW;
}

static bool has_few_patients(const struct scorecard *s, const struct scorecard_row *row)
{
	return row->occurs && s->patients && row->patients < SCORECARD_FEW_PATIENTS;
}

/* A class with few images has a star, one with few patients a plus. */
static void add_count(struct table *t, const struct scorecard *s, const struct scorecard_row *row)
{
	table_add(t, "%" PRId64 "%s%s", row->n, has_few_images(row) ? "*" : "",
	          has_few_patients(s, row) ? "+" : "");
}

/* COUNT figures of the rows FIRST to LAST - 1, whose headings are NAMES. */
static void print_figures(const struct scorecard *s, size_t first, size_t last, const char *of,
                          const enum scorecard_each *figure, const char *const *names, int count,
                          FILE *f)
{
	struct table t;

	table_init(&t, count == 4 ? "lrrrrr" : "lrrrr");
	table_add(&t, "%s", of);
	table_add(&t, "n");
	for (int k = 0; k < count; k++)
		table_add(&t, "%s", names[k]);
	for (size_t i = first; i < last; i++) {
		table_add(&t, "%s", s->rows[i].name);
		add_count(&t, s, &s->rows[i]);
		for (int k = 0; k < count; k++)
			interval_add(&t, &s->rows[i].figure[figure[k]]);
	}
	putc('\n', f);
	table_write(&t, f);
	table_release(&t);
}

/* Two tables: one would be wider than terminals and pages are. */
static void print_rows(const char *of, const struct scorecard *s, size_t first, size_t last,
                       FILE *f)
{
	static const enum scorecard_each shares[] = {
		SCORECARD_SENSITIVITY, SCORECARD_SPECIFICITY, SCORECARD_PRECISION, SCORECARD_NPV
	}, others[] = { SCORECARD_F1, SCORECARD_AUC, SCORECARD_AVERAGE_PRECISION };
	static const char *const shares_names[] = { "sensitivity", "specificity", "precision",
		                                    "NPV" };
	static const char *const others_names[] = { "F1", "ROC AUC", "average precision" };

	print_figures(s, first, last, of, shares, shares_names, 4, f);
	print_figures(s, first, last, of, others, others_names, 3, f);
}

static void print_marks(const struct scorecard *s, FILE *f)
{
	bool images = false, patients = false;

	for (size_t i = 0; i < s->classes + s->groups; i++) {
		const struct scorecard_row *row = &s->rows[i];

		images |= has_few_images(row);
		patients |= has_few_patients(s, row);
	}
	if (images || patients)
		putc('\n', f);
	if (images)
		fprintf(f, "* fewer than %d images: the figures say little\n", SCORECARD_FEW);
	if (patients)
		fprintf(f, "+ fewer than %d patients: the intervals are too narrow\n",
		        SCORECARD_FEW_PATIENTS);
}

static void print_tolerant(const struct scorecard *s, const struct tolerant *tolerant, FILE *f)
{
	struct table t;

	table_init(&t, "lrr");
	table_add(&t, "neighbouring stages count as right");
	table_add(&t, "sensitivity");
	table_add(&t, "precision");
	for (size_t i = 0; i < s->classes; i++) {
		table_add(&t, "%s", s->rows[i].name);
		interval_add(&t, &tolerant->rows[i].sensitivity);
		interval_add(&t, &tolerant->rows[i].precision);
	}
	table_add(&t, "accuracy");
	interval_add(&t, &tolerant->accuracy);
	table_add(&t, "%s", "");
	putc('\n', f);
	table_write(&t, f);
	table_release(&t);
}

static void add_point(struct table *t, const struct abstention_point *p)
{
	table_add(t, "%.3f", p->min_prob);
	table_add(t, "%" PRId64, p->count);
	interval_add(t, &p->answered);
	interval_add(t, &p->error);
}

/* Every tenth row of the table is enough for the eye. */
static void print_abstention(const struct abstention *a, FILE *f)
{
	struct table t;

	table_init(&t, "rrrr");
	table_add(&t, "answers if at least");
	table_add(&t, "images");
	table_add(&t, "answered");
	table_add(&t, "wrong among them");
	add_point(&t, &a->chosen);
	for (size_t i = 0; i < a->count; i += 10)
		add_point(&t, &a->table[i]);
	putc('\n', f);
	table_write(&t, f);
	table_release(&t);
}

void scorecard_print(const struct scorecard_view *v, FILE *f)
{
	const struct scorecard *s = v->card;

	fprintf(f, "%" PRId64 " images, %d of %zu classes occur; 95 %% intervals in brackets",
	        s->images, s->occurring, s->classes);
	if (s->patients)
		fprintf(f, ", over %zu patients", s->patients);
	fputs("\n\n", f);
	print_overall(s, f);
	print_rows("class", s, 0, s->classes, f);
	if (s->groups)
		print_rows("group", s, s->classes, s->classes + s->groups, f);
	print_marks(s, f);
	if (v->tolerant)
		print_tolerant(s, v->tolerant, f);
	if (v->abstention)
		print_abstention(v->abstention, f);
}
