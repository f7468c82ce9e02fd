/* Neighbouring stages that count as right; see tolerant.h. */
#include "score/tolerant.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/tsv.h"

static bool *near_at(const struct tolerant_pairs *p, int a, int b)
{
	return &p->near[a * p->classes + b];
}

static int find(const struct classes *c, const char *code, struct err *e)
{
	int i = classes_find(c, code);

	return i < 0 ? err_set(e, "no class '%s'", code) : i;
}

static int read_pair(struct tolerant_pairs *p, const struct tsv *t, const struct classes *c,
                     struct err *e)
{
	int a, b;

	if (t->count != 2)
		return err_set(e, "%d columns, expected 2", t->count);
	a = find(c, t->field[0], e);
	b = a < 0 ? -1 : find(c, t->field[1], e);
	if (b < 0)
		return -1;
	if (*near_at(p, a, b))
		return err_set(e, "%s and %s are neighbours already", t->field[0], t->field[1]);
	*near_at(p, a, b) = *near_at(p, b, a) = true;
	return 0;
}

static int read_pairs(struct tolerant_pairs *p, struct tsv *t, const struct classes *c,
                      struct err *e)
{
	static const char *const heading[] = { "class", "neighbour" };
	int got;

	if (tsv_heading(t, heading, 2, e) < 0)
		return -1;
	while ((got = tsv_next(t, e)) > 0)
		if (!tsv_is_blank(t) && read_pair(p, t, c, e) < 0)
			return tsv_in(t, e);
	return got;
}

static int read_table(struct tolerant_pairs *p, struct tsv *t, const struct classes *c,
                      struct err *e)
{
	size_t n = (size_t)c->count;
	int result;

	*p = (struct tolerant_pairs){ c->count, xcalloc(n * n, sizeof *p->near) };
	for (int i = 0; i < c->count; i++)
		*near_at(p, i, i) = true;
	result = read_pairs(p, t, c, e);
	if (result < 0)
		tolerant_pairs_release(p);
	return result;
}

int tolerant_load(struct tolerant_pairs *p, const char *tsv_path, const struct classes *c,
                  struct err *e)
{
	struct tsv *t = tsv_open(tsv_path, e);
	int result = t ? read_table(p, t, c, e) : -1;

	tsv_close(t);
	return result;
}

void tolerant_pairs_release(struct tolerant_pairs *p)
{
	free(p->near);
	*p = (struct tolerant_pairs){0};
}

static struct tolerant_row row_of(const struct confusion *c, const struct tolerant_pairs *p, int i)
{
	int64_t found = 0, right = 0;   /* of the images of class I; of those called so */

	for (int j = 0; j < p->classes; j++) {
		if (!*near_at(p, i, j))
			continue;
		found += *confusion_at(c, i, j);
		right += *confusion_at(c, j, i);
	}
	return (struct tolerant_row){ interval_wilson(found, confusion_row_sum(c, i)),
		                      interval_wilson(right, confusion_column_sum(c, i)) };
}

void tolerant_init(struct tolerant *t, const struct confusion *c, const struct tolerant_pairs *p)
{
	int64_t right = 0;

	t->rows = xmalloc((size_t)p->classes, sizeof *t->rows);
	for (int i = 0; i < p->classes; i++) {
		t->rows[i] = row_of(c, p, i);
		for (int j = 0; j < p->classes; j++)
			right += *near_at(p, i, j) ? *confusion_at(c, i, j) : 0;
	}
	t->accuracy = interval_wilson(right, confusion_total(c));
}

void tolerant_release(struct tolerant *t)
{
	free(t->rows);
	*t = (struct tolerant){0};
}
