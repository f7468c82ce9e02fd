/* Reading training logs; see learning.h. */
#include "train/learning.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/tsv.h"
#include "data/hint.h"

enum { EPOCH_COLUMN = LEARNING_MEASURES, COLUMNS };
enum { FIRST_ROOM = 64, EPOCH_MAX = 1000000000 };

/* Larger numbers are as good as infinite, and could not be drawn. */
#define VALUE_MAX 1e30

static const char *const column_name[COLUMNS] = {
	[LEARNING_LOSS] = "loss",
	[LEARNING_ACCURACY] = "accuracy",
	[LEARNING_VALID_LOSS] = "valid_loss",
	[LEARNING_VALID_ACCURACY] = "valid_accuracy",
	[EPOCH_COLUMN] = "epoch",
};

struct reader {
	struct tsv *t;
	int count;                      /* columns of the header */
	int at[COLUMNS];                /* where each of ours is */
	struct learning got;
	size_t room;
	long last_epoch;                /* as written */
	long base;                      /* epochs of the trainings before */
};

static int find_column(const struct tsv *t, const char *name, struct err *e)
{
	int at = -1;

	for (int i = 0; i < t->count; i++)
		if (!strcmp(t->field[i], name)) {
			if (at >= 0)
				return err_set(e, "two columns '%s'", name);
			at = i;
		}
	return at >= 0 ? at : err_set(e, "no column '%s'", name);
}

static int read_header(struct reader *r, struct err *e)
{
	r->count = r->t->count;
	for (int k = 0; k < COLUMNS; k++) {
		r->at[k] = find_column(r->t, column_name[k], e);
		if (r->at[k] < 0)
			return -1;
	}
	return 0;
}

static int read_value(const char *text, double *value, struct err *e)
{
	char *end;

	*value = NAN;
	if (!*text || !strcmp(text, "-"))
		return 0;
	*value = strtod(text, &end);
	if (*end || end == text || isspace((unsigned char)*text))
		return err_set(e, "'%s' is not a number", text);
	if (!(fabs(*value) <= VALUE_MAX))
		*value = NAN;
	return 0;
}

static int read_epoch(const char *text, long *epoch, struct err *e)
{
	int64_t n;

	if (tsv_count(text, EPOCH_MAX, &n, e) < 0)
		return err_set(e, "'%s' is not an epoch", text);
	*epoch = (long)n;
	return 0;
}

static struct learning_row *add_row(struct reader *r)
{
	if (r->got.count == r->room) {
		r->room = r->room ? 2 * r->room : FIRST_ROOM;
		r->got.rows = xrealloc(r->got.rows, r->room, sizeof *r->got.rows);
	}
	return &r->got.rows[r->got.count++];
}

static int read_row(struct reader *r, struct err *e)
{
	struct learning_row row;
	long epoch = 0;

	if (tsv_check_whole(r->t, e) < 0)
		return -1;
	if (r->t->count != r->count)
		return err_set(e, "%d columns, expected %d", r->t->count, r->count);
	if (read_epoch(r->t->field[r->at[EPOCH_COLUMN]], &epoch, e) < 0)
		return -1;
	for (int k = 0; k < LEARNING_MEASURES; k++)
		if (read_value(r->t->field[r->at[k]], &row.value[k], e) < 0)
			return -1;
	if (r->got.count && epoch <= r->last_epoch)
		r->base = r->got.rows[r->got.count - 1].epoch;
	r->last_epoch = epoch;
	row.epoch = r->base + epoch;
	*add_row(r) = row;
	return 0;
}

static int read_rows(struct reader *r, struct err *e)
{
	int got = tsv_next(r->t, e);

	if (got > 0 && read_header(r, e) < 0)
		return tsv_in(r->t, e);
	while (got > 0 && (got = tsv_next(r->t, e)) > 0)
		if (read_row(r, e) < 0)
			return tsv_in(r->t, e);
	if (got == 0 && !r->got.count) {
		err_set(e, "no epochs");
		return err_in(e, r->t->name);
	}
	return got;
}

static int read_from(struct learning *l, struct tsv *t, struct err *e)
{
	struct reader r = { .t = t };

	if (read_rows(&r, e) < 0) {
		learning_release(&r.got);
		return -1;
	}
	*l = r.got;
	return 0;
}

int learning_load(struct learning *l, const char *path, struct err *e)
{
	struct tsv *t = tsv_open(path, e);
	int result = t ? read_from(l, t, e) : -1;

	tsv_close(t);
	return result < 0 ? hint_add(e, path, HINT_LOG) : 0;
}

void learning_release(struct learning *l)
{
	free(l->rows);
	*l = (struct learning){0};
}

static bool is_better(double a, double b, enum learning_measure m)
{
	return m == LEARNING_ACCURACY || m == LEARNING_VALID_ACCURACY ? a > b : a < b;
}

const struct learning_row *learning_best(const struct learning *l,
                                         enum learning_measure m)
{
	const struct learning_row *best = NULL;

	for (size_t i = 0; i < l->count; i++) {
		const struct learning_row *row = &l->rows[i];

		if (isnan(row->value[m]))
			continue;
		if (!best || is_better(row->value[m], best->value[m], m))
			best = row;
	}
	return best;
}
