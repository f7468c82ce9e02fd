/* Showing a comparison; see compare_show.h. */
#include "score/compare_show.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/table.h"

/* ---- numbers ---- */

enum { P_BYTES = 24 };

/* "p = 0.012", after BEFORE in place of "p = ". */
static void write_p(char text[P_BYTES], double p, const char *equal, const char *below)
{
	if (isnan(p))
		snprintf(text, P_BYTES, "-");
	else if (p < .0005)
		snprintf(text, P_BYTES, "%s0.001", below);
	else
		snprintf(text, P_BYTES, "%s%.3f", equal, p);
}

/* ---- the result ---- */

static const char *verdict(const struct compare *c)
{
	const struct interval *i = &c->accuracy;

	if (!(c->p < COMPARE_LEVEL) || (i->low <= 0 && 0 <= i->high))
		return "no difference can be shown";
	return i->value > 0 ? "B is better" : "A is better";
}

char *compare_show_result(const struct compare *c)
{
	int64_t more = c->answers.only_b - c->answers.only_a;
	char p[P_BYTES], *who, *result;

	write_p(p, c->p, "p = ", "p < ");
	if (more)
		who = xasprintf("%s is right on %" PRId64 " more of %" PRId64
		                " images than %s", more > 0 ? "B" : "A",
		                more > 0 ? more : -more, c->images,
		                more > 0 ? "A" : "B");
	else
		who = xasprintf("A and B are right on equally many of %" PRId64 " images",
		                c->images);
	result = xasprintf("%s (difference %.3f, 95 %% %.3f to %.3f; %s): %s.", who,
	                   c->accuracy.value, c->accuracy.low, c->accuracy.high, p,
	                   verdict(c));
	free(who);
	return result;
}

/* ---- JSON ---- */

static void json_answers(struct json_writer *j, const struct mcnemar *m)
{
	json_int(j, "both_right", m->both);
	json_int(j, "only_a_right", m->only_a);
	json_int(j, "only_b_right", m->only_b);
	json_int(j, "neither_right", m->neither);
}

static void json_row(struct json_writer *j, const struct compare_row *row)
{
	json_object(j, row->name);
	json_int(j, "n", row->n);
	json_number(j, "auc_a", row->auc_a);
	json_number(j, "auc_b", row->auc_b);
	interval_json(j, "difference", &row->auc);
	json_number(j, "p", row->auc_p);
	json_number(j, "p_holm", row->auc_holm);
	json_number(j, "sensitivity_a", interval_share(compare_right_a(&row->answers), row->n));
	json_number(j, "sensitivity_b", interval_share(compare_right_b(&row->answers), row->n));
	json_number(j, "mcnemar_p", row->answers_p);
	json_number(j, "mcnemar_p_holm", row->answers_holm);
	json_answers(j, &row->answers);
	json_close_object(j);
}

static void json_rows(struct json_writer *j, const char *key,
                      const struct compare_row *rows, size_t n)
{
	json_object(j, key);
	for (size_t i = 0; i < n; i++)
		json_row(j, &rows[i]);
	json_close_object(j);
}

void compare_show_json(const struct compare *c, FILE *f)
{
	char *result = compare_show_result(c);
	struct json_writer j;

	json_start(&j, f, true);
	json_object(&j, NULL);
	json_text(&j, "result", result);
	json_int(&j, "images", c->images);
	if (c->patients)
		json_int(&j, "patients", (int64_t)c->patients);
	json_number(&j, "accuracy_a", interval_share(compare_right_a(&c->answers), c->images));
	json_number(&j, "accuracy_b", interval_share(compare_right_b(&c->answers), c->images));
	interval_json(&j, "difference", &c->accuracy);
	json_number(&j, "mcnemar_p", c->p);
	json_text(&j, "test", c->patients ? "signs of patients" : "McNemar");
	json_answers(&j, &c->answers);
	json_number(&j, "macro_f1_a", c->macro_f1_a);
	json_number(&j, "macro_f1_b", c->macro_f1_b);
	interval_json(&j, "macro_f1_difference", &c->macro_f1);
	json_rows(&j, "by_class", c->rows, c->classes);
	json_rows(&j, "by_group", c->rows + c->classes, c->groups);
	json_close_object(&j);
	free(result);
}

/* ---- for the eye ---- */

static void add_number(struct table *t, double x)
{
	table_add(t, isnan(x) ? "-" : "%.3f", x);
}

static void add_p(struct table *t, double p)
{
	char text[P_BYTES];

	write_p(text, p, "", "<");
	table_add(t, "%s", text);
}

static void add_interval(struct table *t, const struct interval *i)
{
	if (isnan(i->low))
		add_number(t, i->value);
	else
		table_add(t, "%.3f (%.3f to %.3f)", i->value, i->low, i->high);
}

static void add_row(struct table *t, const char *what, double a, double b,
                    const struct interval *difference, double p)
{
	table_add(t, "%s", what);
	add_number(t, a);
	add_number(t, b);
	add_interval(t, difference);
	add_p(t, p);
}

static void print_overall(const struct compare *c, FILE *f)
{
	struct table t;

	table_init(&t, "lrrrr");
	table_add(&t, " ");
	table_add(&t, "A");
	table_add(&t, "B");
	table_add(&t, "B - A");
	table_add(&t, "p");
	add_row(&t, "accuracy", interval_share(compare_right_a(&c->answers), c->images),
	        interval_share(compare_right_b(&c->answers), c->images), &c->accuracy, c->p);
	add_row(&t, "macro F1", c->macro_f1_a, c->macro_f1_b, &c->macro_f1, NAN);
	table_write(&t, f);
	table_release(&t);
}

static void print_answers(const char *of, const struct compare_row *rows, size_t n,
                          FILE *f)
{
	struct table t;

	table_init(&t, "lrrrrrr");
	table_add(&t, "%s", of);
	table_add(&t, "n");
	table_add(&t, "sensitivity A");
	table_add(&t, "B");
	table_add(&t, "only A right");
	table_add(&t, "only B");
	table_add(&t, "p");
	for (size_t i = 0; i < n; i++) {
		table_add(&t, "%s", rows[i].name);
		table_add(&t, "%" PRId64, rows[i].n);
		add_number(&t, interval_share(compare_right_a(&rows[i].answers), rows[i].n));
		add_number(&t, interval_share(compare_right_b(&rows[i].answers), rows[i].n));
		table_add(&t, "%" PRId64, rows[i].answers.only_a);
		table_add(&t, "%" PRId64, rows[i].answers.only_b);
		add_p(&t, rows[i].answers_holm);
	}
	putc('\n', f);
	table_write(&t, f);
	table_release(&t);
}

static void print_areas(const char *of, const struct compare_row *rows, size_t n, FILE *f)
{
	struct table t;

	table_init(&t, "lrrrr");
	table_add(&t, "%s", of);
	table_add(&t, "ROC AUC A");
	table_add(&t, "B");
	table_add(&t, "B - A");
	table_add(&t, "p");
	for (size_t i = 0; i < n; i++)
		add_row(&t, rows[i].name, rows[i].auc_a, rows[i].auc_b, &rows[i].auc,
		        rows[i].auc_holm);
	putc('\n', f);
	table_write(&t, f);
	table_release(&t);
}

void compare_show_print(const struct compare *c, FILE *f)
{
	char *result = compare_show_result(c);

	fprintf(f, "%s\n", result);
	if (c->patients)
		fprintf(f, "Intervals and tests are over %zu patients.\n", c->patients);
	putc('\n', f);
	print_overall(c, f);
	print_answers("class", c->rows, c->classes, f);
	print_areas("class", c->rows, c->classes, f);
	if (c->groups) {
		print_answers("group", c->rows + c->classes, c->groups, f);
		print_areas("group", c->rows + c->classes, c->groups, f);
	}
	fputs("\n95 % intervals in brackets; p of classes, and of groups, by Holm's "
	      "method\n", f);
	free(result);
}
