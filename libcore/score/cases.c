/* Predictions in memory; see cases.h. */
#include "score/cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "format/tsv.h"
#include "data/hint.h"
#include "score/predictions.h"

static void make_room(struct cases *c)
{
	size_t classes = (size_t)c->classes.count;

	if (c->count < c->room)
		return;
	c->room = c->room ? 2 * c->room : 1024;
	c->actual = xrealloc(c->actual, c->room, sizeof *c->actual);
	c->predicted = xrealloc(c->predicted, c->room, sizeof *c->predicted);
	c->p = xrealloc(c->p, c->room, classes * sizeof *c->p);
}

static void add(struct cases *c, const struct prediction *row)
{
	size_t n = (size_t)c->classes.count;

	make_room(c);
	c->actual[c->count] = (uint16_t)row->actual;
	c->predicted[c->count] = (uint16_t)row->predicted;
	memcpy(c->p + c->count * n, row->p, n * sizeof *c->p);
	ids_add(&c->ids, row->id);
	c->count++;
}

static int check_row(const struct prediction *row, int classes, struct err *e)
{
	double sum = 0;

	if (row->actual == PREDICTIONS_UNKNOWN)
		return err_set(e, "the true class is unknown ('-')");
	for (int i = 0; i < classes; i++)
		sum += row->p[i];
	if (fabs(sum - 1) > CASES_SUM_OFF)
		return err_set(e, "the probabilities add up to %.6g, not to 1", sum);
	return 0;
}

static int read_rows(struct cases *c, struct tsv *t, struct err *e)
{
	struct prediction row;
	int got;

	while ((got = predictions_next(t, &c->classes, &row, e)) > 0) {
		if (check_row(&row, c->classes.count, e) < 0)
			return tsv_in(t, e);
		add(c, &row);
	}
	return got;
}

/* The first file says what the classes are. */
static int settle_classes(struct cases *c, struct classes *classes, const char *name, struct err *e)
{
	if (!c->classes.count) {
		classes_copy(&c->classes, classes);
		return 0;
	}
	return classes_expect(&c->classes, classes, e) < 0 ? err_in(e, name) : 0;
}

int cases_read(struct cases *c, struct tsv *t, struct err *e)
{
	struct classes classes = {0};
	size_t first = c->count;
	int result;

	if (predictions_begin(t, &classes, e) < 0)
		return -1;
	result = settle_classes(c, &classes, t->name, e);
	classes_release(&classes);
	if (result < 0 || read_rows(c, t, e) < 0)
		return -1;
	return ids_check_twice(&c->ids, first, t->name, e);
}

int cases_load(struct cases *c, const char *path, struct err *e)
{
	struct tsv *t = tsv_open(path, e);
	int result = t ? tsv_first(t, e) : -1;

	if (result == 0)
		result = cases_read(c, t, e);
	tsv_close(t);
	return result < 0 ? hint_add(e, path, HINT_PREDICTIONS) : 0;
}

void cases_release(struct cases *c)
{
	classes_release(&c->classes);
	free(c->actual);
	free(c->predicted);
	free(c->p);
	ids_release(&c->ids);
	*c = (struct cases){0};
}

const char *cases_id(const struct cases *c, size_t i)
{
	return ids_get(&c->ids, i);
}

const double *cases_row(const struct cases *c, size_t i)
{
	return c->p + i * (size_t)c->classes.count;
}

size_t *cases_by_id(const struct cases *c)
{
	return ids_order(&c->ids, 0);
}

double cases_confidence(const struct cases *c, size_t i)
{
	const double *p = cases_row(c, i);
	double most = p[0];

	for (int k = 1; k < c->classes.count; k++)
		if (p[k] > most)
			most = p[k];
	return most;
}

bool cases_is_among(const struct cases *c, size_t i, int first)
{
	const double *p = cases_row(c, i);
	int actual = c->actual[i], before = 0;

	for (int k = 0; k < c->classes.count; k++)
		before += p[k] > p[actual] || (k < actual && p[k] == p[actual]);
	return before < first;
}

void cases_scores(const struct cases *c, const struct class_groups *g, size_t i, double *score,
                  uint8_t *positive)
{
	size_t classes = (size_t)c->classes.count;

	for (size_t k = 0; k < c->count; k++) {
		const double *p = cases_row(c, k);

		score[k] = i < classes ? p[i] : class_groups_sum(&g->each[i - classes],
		                                                 &c->classes, p);
		positive[k] = i < classes ? c->actual[k] == i
		                          : g->each[i - classes].member[c->actual[k]];
	}
}

static void rank_and_free(struct rank *r, double *score, uint8_t *positive, size_t n)
{
	rank_init(r, score, positive, n);
	free(score);
	free(positive);
}

void cases_rank(const struct cases *c, const struct class_groups *g, size_t i, struct rank *r)
{
	double *score = xmalloc(c->count, sizeof *score);
	uint8_t *positive = xmalloc(c->count, sizeof *positive);

	cases_scores(c, g, i, score, positive);
	rank_and_free(r, score, positive, c->count);
}

void cases_rank_confidence(const struct cases *c, struct rank *r)
{
	double *score = xmalloc(c->count, sizeof *score);
	uint8_t *positive = xmalloc(c->count, sizeof *positive);

	for (size_t k = 0; k < c->count; k++) {
		score[k] = cases_confidence(c, k);
		positive[k] = c->actual[k] == c->predicted[k];
	}
	rank_and_free(r, score, positive, c->count);
}

/* The ids of the cases ORDER, each once, in new memory. AT: which of them is that of each case. */
static char **distinct_ids(const struct cases *c, const size_t *order, uint32_t *at, size_t *count)
{
	char **ids = xmalloc(c->count, sizeof *ids);
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++) {
		char *id = ids_get(&c->ids, order[i]);

		if (n == 0 || strcmp(ids[n - 1], id))
			ids[n++] = id;
		at[order[i]] = (uint32_t)(n - 1);
	}
	*count = n;
	return ids;
}

int cases_patients(const struct cases *c, struct id_groups *g, const char *path, struct err *e)
{
	size_t *order = cases_by_id(c), distinct;
	uint32_t *at = xmalloc(c->count, sizeof *at);
	char **ids = distinct_ids(c, order, at, &distinct);
	int result = id_groups_load(g, ids, distinct, path, e);

	if (result == 0 && g->count < 2) {
		result = err_set(e, "%s: a single patient: nothing can be said of others",
		                 infile_name(path));
		id_groups_release(g);
	}
	if (result == 0) {
		for (size_t i = 0; i < c->count; i++)
			at[i] = g->of[at[i]];
		free(g->of);
		g->of = at;
	} else {
		free(at);
	}
	free(ids);
	free(order);
	return result;
}
