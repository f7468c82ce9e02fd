/* Files of groups; see id_groups.h. */
#include "data/id_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/tsv.h"

struct reading {
	char *const *ids;
	size_t count;
	char **name;                    /* group of each id; NULL: none yet */
};

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int take_row(struct reading *r, const struct tsv *t, struct err *e)
{
	char **found = NULL;

	if (t->count < 2 || !*t->field[1])
		return err_set(e, "expected an id and its group, a tab between");
	if (r->count)
		found = bsearch(&t->field[0], r->ids, r->count, sizeof *r->ids, compare_text);
	if (!found)
		return 0;
	if (r->name[found - r->ids])
		return err_set(e, "'%s' occurs twice", t->field[0]);
	r->name[found - r->ids] = xstrdup(t->field[1]);
	return 0;
}

static int read_rows(struct reading *r, struct tsv *t, struct err *e)
{
	int left;

	while ((left = tsv_next(t, e)) > 0)
		if (!tsv_is_blank(t) && take_row(r, t, e) < 0)
			return tsv_in(t, e);
	if (left < 0)
		return -1;
	for (size_t i = 0; i < r->count; i++)
		if (!r->name[i])
			return err_set(e, "%s: no group for '%s'", t->name, r->ids[i]);
	return 0;
}

/* Takes the names over from R: each once into G, in order. */
static void number_names(struct id_groups *g, struct reading *r)
{
	char **sorted = xmalloc(r->count, sizeof *sorted);

	if (r->count)
		memcpy(sorted, r->name, r->count * sizeof *sorted);
	qsort(sorted, r->count, sizeof *sorted, compare_text);
	g->of = xmalloc(r->count, sizeof *g->of);
	g->name = xmalloc(r->count, sizeof *g->name);
	for (size_t i = 0; i < r->count; i++)
		if (g->count == 0 || strcmp(g->name[g->count - 1], sorted[i]))
			g->name[g->count++] = xstrdup(sorted[i]);
	for (size_t i = 0; i < r->count; i++) {
		char **found = bsearch(&r->name[i], g->name, g->count, sizeof *g->name,
		                       compare_text);

		g->of[i] = (uint32_t)(found - g->name);
	}
	free(sorted);
}

static int read_groups(struct id_groups *g, char *const *ids, size_t n, struct tsv *t,
                       struct err *e)
{
	struct reading r = { ids, n, xcalloc(n, sizeof *r.name) };
	int result = read_rows(&r, t, e);

	*g = (struct id_groups){0};
	if (result == 0)
		number_names(g, &r);
	for (size_t i = 0; i < n; i++)
		free(r.name[i]);
	free(r.name);
	return result;
}

int id_groups_load(struct id_groups *g, char *const *ids, size_t n, const char *tsv_path,
                   struct err *e)
{
	struct tsv *t = tsv_open(tsv_path, e);
	int result = t ? read_groups(g, ids, n, t, e) : -1;

	tsv_close(t);
	return result;
}

void id_groups_release(struct id_groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->name[i]);
	free(g->name);
	free(g->of);
	*g = (struct id_groups){0};
}
