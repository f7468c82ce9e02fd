/* Counting predictions against truth; see confusion.h. */
#include "score/confusion.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/tsv.h"
#include "data/hint.h"
#include "score/ids.h"
#include "score/predictions.h"

static const char counts_header[] = "true\\predicted";

void confusion_init(struct confusion *c, const struct classes *classes)
{
	size_t n = (size_t)classes->count;

	classes_copy(&c->classes, classes);
	c->counts = xcalloc(n * n, sizeof *c->counts);
}

void confusion_release(struct confusion *c)
{
	classes_release(&c->classes);
	free(c->counts);
	*c = (struct confusion){0};
}

int64_t *confusion_at(const struct confusion *c, int actual, int predicted)
{
	return &c->counts[actual * c->classes.count + predicted];
}

int confusion_add(struct confusion *c, const struct confusion *other, struct err *e)
{
	size_t cells = (size_t)c->classes.count * (size_t)c->classes.count;

	if (classes_expect(&c->classes, &other->classes, e) < 0)
		return -1;
	for (size_t i = 0; i < cells; i++)
		if (c->counts[i] > CONFUSION_CELL_MAX - other->counts[i])
			return err_set(e, "counts add up to more than %" PRId64,
			               CONFUSION_CELL_MAX);
	for (size_t i = 0; i < cells; i++)
		c->counts[i] += other->counts[i];
	return 0;
}

void confusion_occurring(struct confusion *to, const struct confusion *c)
{
	struct classes classes = { .entry = xmalloc((size_t)c->classes.count,
		                                    sizeof *classes.entry) };
	int at[CLASSES_MAX];

	for (int i = 0; i < c->classes.count; i++) {
		if (confusion_row_sum(c, i) + confusion_column_sum(c, i) == 0)
			continue;
		at[classes.count] = i;
		classes.entry[classes.count++] = c->classes.entry[i];
	}
	confusion_init(to, &classes);
	for (int i = 0; i < classes.count; i++)
		for (int j = 0; j < classes.count; j++)
			*confusion_at(to, i, j) = *confusion_at(c, at[i], at[j]);
	classes_release(&classes);
}

int64_t confusion_row_sum(const struct confusion *c, int actual)
{
	int64_t sum = 0;

	for (int j = 0; j < c->classes.count; j++)
		sum += *confusion_at(c, actual, j);
	return sum;
}

int64_t confusion_column_sum(const struct confusion *c, int predicted)
{
	int64_t sum = 0;

	for (int i = 0; i < c->classes.count; i++)
		sum += *confusion_at(c, i, predicted);
	return sum;
}

int64_t confusion_total(const struct confusion *c)
{
	int64_t sum = 0;

	for (int i = 0; i < c->classes.count; i++)
		sum += confusion_row_sum(c, i);
	return sum;
}

int64_t confusion_correct(const struct confusion *c)
{
	int64_t sum = 0;

	for (int i = 0; i < c->classes.count; i++)
		sum += *confusion_at(c, i, i);
	return sum;
}

/* C: zeros, for the classes of the header. */
static int count_predictions(struct confusion *c, struct tsv *t, struct err *e)
{
	struct ids ids = {0};
	struct prediction row;
	int got;

	while ((got = predictions_next(t, &c->classes, &row, e)) > 0) {
		if (row.actual == PREDICTIONS_UNKNOWN) {
			err_set(e, "the true class is unknown ('-')");
			got = tsv_in(t, e);
			break;
		}
		++*confusion_at(c, row.actual, row.predicted);
		ids_add(&ids, row.id);
	}
	if (got == 0)
		got = ids_check_twice(&ids, 0, t->name, e);
	ids_release(&ids);
	return got;
}

static int read_count_row(struct confusion *c, const struct tsv *t, int actual,
                          struct err *e)
{
	const char *code = c->classes.entry[actual].code;

	if (tsv_check_whole(t, e) < 0)
		return -1;
	if (t->count != c->classes.count + 1)
		return err_set(e, "%d columns, expected %d", t->count,
		               c->classes.count + 1);
	if (strcmp(t->field[0], code))
		return err_set(e, "row of class '%s', expected '%s'", t->field[0], code);
	for (int j = 0; j < c->classes.count; j++)
		if (tsv_count(t->field[j + 1], CONFUSION_CELL_MAX, confusion_at(c, actual, j),
		              e) < 0)
			return -1;
	return 0;
}

static int read_counts(struct confusion *c, struct tsv *t, struct err *e)
{
	int rows = 0, got;

	while ((got = tsv_next(t, e)) > 0) {
		if (rows == c->classes.count) {
			err_set(e, "more rows than classes");
			return tsv_in(t, e);
		}
		if (read_count_row(c, t, rows++, e) < 0)
			return tsv_in(t, e);
	}
	if (got == 0 && rows < c->classes.count) {
		err_set(e, "ends after %d rows, expected %d", rows, c->classes.count);
		return err_in(e, t->name);
	}
	return got;
}

static int read_table(struct confusion *c, struct tsv *t, struct err *e)
{
	struct confusion got = {0};
	struct classes classes = {0};
	bool counts;

	if (tsv_first(t, e) < 0)
		return -1;
	counts = !strcmp(t->field[0], counts_header);
	if (counts && classes_from_row(&classes, t, 1, e) < 0)
		return tsv_in(t, e);
	if (!counts && predictions_begin(t, &classes, e) < 0)
		return -1;
	confusion_init(&got, &classes);
	classes_release(&classes);
	if ((counts ? read_counts : count_predictions)(&got, t, e) < 0) {
		confusion_release(&got);
		return -1;
	}
	*c = got;
	return 0;
}

int confusion_load(struct confusion *c, const char *path, struct err *e)
{
	struct tsv *t = tsv_open(path, e);
	int result = t ? read_table(c, t, e) : -1;

	tsv_close(t);
	return result < 0 ? hint_add(e, path, HINT_PREDICTIONS) : 0;
}

void confusion_write(const struct confusion *c, FILE *f)
{
	fputs(counts_header, f);
	for (int j = 0; j < c->classes.count; j++)
		fprintf(f, "\t%s", c->classes.entry[j].code);
	putc('\n', f);
	for (int i = 0; i < c->classes.count; i++) {
		fputs(c->classes.entry[i].code, f);
		for (int j = 0; j < c->classes.count; j++)
			fprintf(f, "\t%" PRId64, *confusion_at(c, i, j));
		putc('\n', f);
	}
}
