/* The trail of models as a table and as JSON; see trail.h. */
#include "info/trail.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/printable.h"
#include "base/table.h"
#include "info/info.h"

/* Of a digest: enough to tell thousands of files apart. */
enum { SHORT_DIGITS = 12 };

static bool is_altered(const struct trail_model *m)
{
	return m->told && strcmp(m->told, m->digest);
}

static const char *state(const struct trail_model *m)
{
	if (m->trouble)
		return "damaged";
	if (is_altered(m))
		return "altered";
	if (m->generation < 0)
		return "in a circle";
	if (!m->checked)
		return "not checked";
	return "";
}

static void add_printable(struct table *table, const char *text, int most)
{
	char *copy = printable(text ? text : "");

	table_add(table, "%.*s", most, copy);
	free(copy);
}

/* Names of the parents; digits of those that are missing. */
static void add_parents(const struct trail *t, const struct trail_model *m,
                        struct table *table)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	for (size_t i = 0; i < m->parents; i++) {
		const struct trail_parent *p = &m->parent[i];

		fputs(i ? " " : "", f);
		if (p->model >= 0)
			fputs(t->model[p->model].name, f);
		else if (p->model == TRAIL_ITSELF)
			fputs("unchanged", f);
		else
			fprintf(f, "%.*s(missing)", SHORT_DIGITS, p->digest);
	}
	xmemclose(f);
	add_printable(table, text, INT_MAX);
	free(text);
}

static void add_row(const struct trail *t, const struct trail_model *m,
                    struct table *table)
{
	table_add(table, "%d", m->generation);
	add_printable(table, m->name, INT_MAX);
	add_printable(table, m->digest, SHORT_DIGITS);
	add_printable(table, m->tool, INT_MAX);
	if (m->num_examples >= 0)
		table_add(table, "%lld", (long long)m->num_examples);
	else
		table_add(table, "%s", "");
	if (m->data_name)
		add_printable(table, m->data_name, INT_MAX);
	else
		add_printable(table, m->dataset, SHORT_DIGITS);
	table_add(table, "%s", *state(m) ? state(m) : m->same_as >= 0 ? "copy" : "");
	add_parents(t, m, table);
}

void trail_print(const struct trail *t, FILE *f)
{
	static const char *const headings[] = {
		"step", "file", "digest", "tool", "images", "data", "state", "parents",
	};
	struct table table;

	table_init(&table, "rlllrlll");
	for (size_t k = 0; k < sizeof headings / sizeof *headings; k++)
		table_add(&table, "%s", headings[k]);
	for (size_t k = 0; k < t->count; k++)
		add_row(t, &t->model[k], &table);
	table_write(&table, f);
	table_release(&table);
}

static void json_text_or_null(struct json_writer *j, const char *key, const char *value)
{
	if (value)
		json_text(j, key, value);
	else
		json_null(j, key);
}

static const char *parent_name(const struct trail *t, const struct trail_model *m,
                               const struct trail_parent *p)
{
	if (p->model >= 0)
		return t->model[p->model].name;
	return p->model == TRAIL_ITSELF ? m->name : NULL;
}

static void json_parents(const struct trail *t, const struct trail_model *m,
                         struct json_writer *j)
{
	json_array(j, "parents");
	for (size_t i = 0; i < m->parents; i++) {
		const struct trail_parent *p = &m->parent[i];

		json_object(j, NULL);
		json_text(j, "digest", p->digest);
		json_text_or_null(j, "file", parent_name(t, m, p));
		json_close_object(j);
	}
	json_close_array(j);
}

void trail_json(const struct trail *t, FILE *f)
{
	struct json_writer j;

	json_start(&j, f, true);
	json_array(&j, NULL);
	for (size_t k = 0; k < t->count; k++) {
		const struct trail_model *m = &t->model[k];

		json_object(&j, NULL);
		json_text(&j, "file", m->name);
		json_int(&j, "step", m->generation);
		json_text(&j, "digest", m->digest);
		json_bool(&j, "checked", m->checked);
		json_bool(&j, "altered", is_altered(m));
		json_text_or_null(&j, "trouble", m->trouble);
		json_text_or_null(&j, "same_as",
		                  m->same_as >= 0 ? t->model[m->same_as].name : NULL);
		json_text_or_null(&j, "tool", m->tool);
		if (m->num_examples >= 0)
			json_int(&j, "num_examples", m->num_examples);
		json_text_or_null(&j, "dataset", m->dataset);
		json_text_or_null(&j, "dataset_file", m->data_name);
		json_parents(t, m, &j);
		json_close_object(&j);
	}
	json_close_array(&j);
}
