/* A confusion matrix as a table; see confusion_table.h. */
#include "score/confusion_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "score/metrics.h"

static void add_count(struct table *t, int64_t count)
{
	table_add(t, count ? "%" PRId64 : ".", count);
}

static void add_metric(struct table *t, double value, int64_t cases)
{
	table_add(t, cases ? "%.2f" : "-", value);
}

static void add_rows(struct table *t, const struct confusion *c, const struct metrics *m)
{
	table_add(t, "true\\predicted");
	for (int j = 0; j < m->count; j++)
		table_add(t, "%s", c->classes.entry[j].code);
	table_add(t, "total");
	table_add(t, "recall");
	for (int i = 0; i < m->count; i++) {
		table_add(t, "%s", c->classes.entry[i].code);
		for (int j = 0; j < m->count; j++)
			add_count(t, *confusion_at(c, i, j));
		add_count(t, m->each[i].support);
		add_metric(t, m->each[i].recall, m->each[i].support);
	}
}

static void add_sums(struct table *t, const struct confusion *c, const struct metrics *m)
{
	table_add(t, "total");
	for (int j = 0; j < m->count; j++)
		add_count(t, confusion_column_sum(c, j));
	add_count(t, m->total);
	table_add(t, "%s", "");
	table_add(t, "precision");
	for (int j = 0; j < m->count; j++)
		add_metric(t, m->each[j].precision, confusion_column_sum(c, j));
	table_add(t, "%s", "");
	table_add(t, "%s", "");
}

static void write_table(const struct confusion *c, FILE *f)
{
	size_t columns = (size_t)c->classes.count + 3;          /* code, total, recall */
	char *align = xmalloc(columns + 1, 1);
	struct metrics m;
	struct table t;

	memset(align, 'r', columns);
	align[0] = 'l';
	align[columns] = '\0';
	table_init(&t, align);
	metrics_init(&m, c);
	add_rows(&t, c, &m);
	add_sums(&t, c, &m);
	table_write(&t, f);
	fprintf(f, "\n%" PRId64 " images, accuracy %.3f\n", m.total, m.accuracy);
	metrics_release(&m);
	table_release(&t);
	free(align);
}

static void name_left_out(const struct confusion *c, FILE *f)
{
	const char *before = "not there:";

	for (int i = 0; i < c->classes.count; i++)
		if (confusion_row_sum(c, i) + confusion_column_sum(c, i) == 0) {
			fprintf(f, "%s %s", before, c->classes.entry[i].code);
			before = "";
		}
	if (!*before)
		putc('\n', f);
}

void confusion_table_write(const struct confusion *c, bool all, FILE *f)
{
	struct confusion occurring;

	if (all || confusion_total(c) == 0) {
		write_table(c, f);
		return;
	}
	confusion_occurring(&occurring, c);
	write_table(&occurring, f);
	name_left_out(c, f);
	confusion_release(&occurring);
}
