/* Choosing cells; see gallery.h. */
#include "page/gallery.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The lowest probability first; equal ones in the order of ids, from the first. */
static int by_confidence(const void *a, const void *b, void *arg)
{
	const struct cases *c = arg;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	double p = cases_confidence(c, i), q = cases_confidence(c, j);

	return p < q ? -1 : p > q ? 1 : strcmp(cases_id(c, i), cases_id(c, j));
}

static int by_doubt(const void *a, const void *b, void *arg)
{
	const struct cases *c = arg;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	double p = cases_confidence(c, i), q = cases_confidence(c, j);

	return p > q ? -1 : p < q ? 1 : strcmp(cases_id(c, i), cases_id(c, j));
}

typedef int comparison(const void *, const void *, void *);

/* The cases of class LABEL (-1: any) that are right, or wrong, in new memory and in order. */
static size_t *select_cases(const struct cases *c, int label, bool right, comparison *order,
                            size_t *count)
{
	size_t *list = xmalloc(c->count, sizeof *list), n = 0;

	for (size_t i = 0; i < c->count; i++)
		if ((c->actual[i] == c->predicted[i]) == right &&
		    (label < 0 || c->actual[i] == label))
			list[n++] = i;
	qsort_r(list, n, sizeof *list, order, (void *)c);
	*count = n;
	return list;
}

static size_t middle_hit(const struct cases *c, int label)
{
	size_t n, *hits = select_cases(c, label, true, by_confidence, &n);
	size_t middle = n ? hits[(n - 1) / 2] : GALLERY_NONE;

	free(hits);
	return middle;
}

void gallery_init(struct gallery *g, const struct cases *c, size_t most)
{
	g->errors = select_cases(c, -1, false, by_doubt, &g->errors_count);
	g->hits = select_cases(c, -1, true, by_confidence, &g->hits_count);
	g->errors_count = g->errors_count < most ? g->errors_count : most;
	g->hits_count = g->hits_count < most ? g->hits_count : most;
	g->typical = xmalloc((size_t)c->classes.count, sizeof *g->typical);
	for (int k = 0; k < c->classes.count; k++)
		g->typical[k] = middle_hit(c, k);
}

void gallery_release(struct gallery *g)
{
	free(g->errors);
	free(g->hits);
	free(g->typical);
	*g = (struct gallery){0};
}
