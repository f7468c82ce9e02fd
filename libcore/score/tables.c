/* Tables of predictions and shared tables together; see tables.h. */
#include "score/tables.h"

#include <stdlib.h>

#include "base/infile.h"
#include "format/tsv.h"
#include "data/hint.h"
#include "score/shared.h"

/* T's tally is that of the shared tables so far. */
static int read_shared(struct tables *t, struct tsv *tsv, struct err *e)
{
	struct tally more;
	int result;

	if (!t->shared) {
		t->shared = shared_read(&t->tally, tsv, e) == 0;
		return t->shared ? 0 : -1;
	}
	if (shared_read(&more, tsv, e) < 0)
		return -1;
	result = tally_add(&t->tally, &more, e);
	tally_release(&more);
	return result < 0 ? err_in(e, tsv->name) : 0;
}

/* Shared tables and predictions must have the same classes. */
static int check_classes(const struct tables *t, const struct classes *want,
                         const struct classes *got, const char *name, struct err *e)
{
	if (!t->shared || !t->cases.classes.count || classes_expect(want, got, e) == 0)
		return 0;
	return err_in(e, name);
}

static int read_table(struct tables *t, struct tsv *tsv, struct err *e)
{
	const struct classes *shared = &t->tally.confusion.classes, *predicted = &t->cases.classes;

	if (shared_begins(tsv))
		return read_shared(t, tsv, e) < 0
		               ? -1
		               : check_classes(t, predicted, shared, tsv->name, e);
	return cases_read(&t->cases, tsv, e) < 0
	               ? -1
	               : check_classes(t, shared, predicted, tsv->name, e);
}

static int read_file(struct tables *t, const char *path, struct err *e)
{
	struct tsv *tsv = tsv_open(path, e);
	int result = tsv ? tsv_first(tsv, e) : -1;

	if (result == 0)
		result = read_table(t, tsv, e);
	tsv_close(tsv);
	return result < 0 ? hint_add(e, path, HINT_PREDICTIONS) : 0;
}

/* Counts the cases, by the groups asked for, on top of the shared tables. */
static int count_cases(struct tables *t, const struct class_groups *groups, struct err *e)
{
	if (t->shared && class_groups_include(&t->tally.groups, groups, e) < 0)
		return err_in(e, "the shared table, which keeps the groups it was written with");
	if (!t->shared)
		tally_init(&t->tally, &t->cases.classes, groups);
	if (t->cases.count)
		tally_count(&t->tally, &t->cases);
	return 0;
}

static int read_all(struct tables *t, char *const *paths, const struct tables_groups *asked,
                    struct err *e)
{
	struct class_groups groups = {0};
	const struct classes *classes;
	int count = 0, result;

	while (paths[count])
		count++;
	if (infile_distinct(paths, count, e) < 0)
		return -1;
	for (int i = 0; i < count; i++)
		if (read_file(t, paths[i], e) < 0)
			return -1;
	classes = t->shared ? &t->tally.confusion.classes : &t->cases.classes;
	result = class_groups_gather(&groups, asked->text, asked->count, asked->file, classes, e);
	if (result == 0)
		result = count_cases(t, &groups, e);
	class_groups_release(&groups);
	if (result == 0 && t->tally.images == 0)
		return err_set(e, "%s: no images", infile_name(paths[0]));
	return result;
}

int tables_load(struct tables *t, char *const *paths, const struct tables_groups *groups,
                struct err *e)
{
	int result;

	*t = (struct tables){0};
	result = read_all(t, paths, groups, e);
	if (result < 0)
		tables_release(t);
	return result;
}

void tables_release(struct tables *t)
{
	tally_release(&t->tally);
	cases_release(&t->cases);
	*t = (struct tables){0};
}

const struct cases *tables_cases(const struct tables *t)
{
	return t->shared ? NULL : &t->cases;
}

int tables_patients(const struct tables *t, struct id_groups *g, const char *path, struct err *e)
{
	if (t->shared)
		return err_set(e, "--patients needs predictions: a shared table has no ids");
	return cases_patients(&t->cases, g, path, e);
}

void tables_rank(const struct tables *t, size_t i, struct rank *r)
{
	if (t->shared)
		tally_rank(&t->tally.scores[i], r);
	else
		cases_rank(&t->cases, &t->tally.groups, i, r);
}

void tables_confidence(const struct tables *t, struct rank *r)
{
	if (t->shared)
		tally_rank(&t->tally.confidence, r);
	else
		cases_rank_confidence(&t->cases, r);
}
