/* Which model came from which; see trail.h. trail_load.c reads files, trail_show.c prints. */
#include "info/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/crc32.h"
#include "model/delta.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"

/* ---- adding ---- */

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void add_parents(struct trail_model *m, const struct json *list)
{
	if (!list || list->type != JSON_ARRAY)
		return;
	m->parent = xcalloc(list->count, sizeof *m->parent);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].type == JSON_TEXT)
			m->parent[m->parents++].digest = xstrdup(list->items[i].text);
}

struct trail_model *trail_add(struct trail *t, const char *name, const char *digest,
                              const struct json *facts)
{
	struct trail_model *m;

	t->model = xrealloc(t->model, t->count + 1, sizeof *t->model);
	m = &t->model[t->count++];
	*m = (struct trail_model){
		.name = xstrdup(name),
		.told = copy_text(facts_text(facts, "weights")),
		.tool = copy_text(facts_text(facts, "tool")),
		.dataset = copy_text(facts_text(facts, "dataset")),
		.split = copy_text(facts_text(facts, "split")),
		.num_examples = facts_int(facts, "num_examples"),
		.checked = true, .same_as = -1,
	};
	snprintf(m->digest, sizeof m->digest, "%s", digest);
	facts_seed(facts, "split_seed", &m->split_seed);
	add_parents(m, json_get(facts, "parents"));
	return m;
}

/* Both names that a child may have for these numbers. */
static void identify(struct trail_model *m, const struct model *numbers)
{
	uint32_t crc[NET_ARRAYS];

	for (int k = 0; k < NET_ARRAYS; k++)
		crc[k] = crc32_add(0, numbers->w[k],
		                   net_count(&numbers->net, (enum net_array)k) * sizeof(float));
	digest_numbers(&numbers->net, numbers->w, m->digest);
	digest_mark(&numbers->net, crc, m->mark);
}

void trail_add_model(struct trail *t, const char *name, const struct model *m)
{
	identify(trail_add(t, name, "", m->facts), m);
}

/* ---- finding parents ---- */

/* NAME: a digest or a mark */
static bool is_named(const struct trail_model *m, const char *name)
{
	return *name && (!strcmp(m->digest, name) || !strcmp(m->mark, name));
}

/* Made in a step that changed nothing. */
static bool is_its_own_parent(const struct trail_model *m)
{
	for (size_t i = 0; i < m->parents; i++)
		if (is_named(m, m->parent[i].digest))
			return true;
	return false;
}

/*
 * The file with the numbers DIGEST that model K came from. A file that was not changed in
 * a step (no epochs, the mean of one) has its parent's digest: among files of the same
 * numbers the one that does not come from them goes first. An altered file is known by
 * what its facts say.
 */
static int find_parent(const struct trail *t, size_t k, const char *digest)
{
	int copy = TRAIL_MISSING;

	for (size_t i = 0; i < t->count; i++) {
		if (i == k || !is_named(&t->model[i], digest))
			continue;
		if (!is_its_own_parent(&t->model[i]))
			return (int)i;
		copy = (int)i;
	}
	if (is_named(&t->model[k], digest))
		return TRAIL_ITSELF;
	for (size_t i = 0; copy < 0 && i < t->count; i++)
		if (i != k && t->model[i].told && !strcmp(t->model[i].told, digest))
			copy = (int)i;
	return copy;
}

static void find_same(struct trail *t)
{
	for (size_t k = 0; k < t->count; k++)
		for (size_t i = 0; i < k && t->model[k].same_as < 0; i++)
			if (*t->model[k].digest &&
			    !strcmp(t->model[i].digest, t->model[k].digest))
				t->model[k].same_as = (int)i;
}

static void find_data(struct trail *t)
{
	for (size_t k = 0; k < t->count; k++)
		for (size_t i = 0; i < t->datas; i++)
			if (t->model[k].dataset &&
			    !strcmp(t->model[k].dataset, t->data[i].digest))
				t->model[k].data_name = t->data[i].name;
}

/* One more than the highest generation among the parents; -1: one of them has none
 * yet. */
static int next_generation(const struct trail *t, const struct trail_model *m)
{
	int highest = -1;

	for (size_t i = 0; i < m->parents; i++) {
		int p = m->parent[i].model,
		    generation = p < 0 ? 0 : t->model[p].generation;

		if (generation < 0)
			return -1;
		if (generation > highest)
			highest = generation;
	}
	return highest + 1;
}

/* Facts are not part of the digest, so forged ones can make a circle: what stays
 * without a generation. */
static void find_generations(struct trail *t)
{
	bool changed = true;

	for (size_t k = 0; k < t->count; k++)
		t->model[k].generation = -1;
	while (changed) {
		changed = false;
		for (size_t k = 0; k < t->count; k++) {
			struct trail_model *m = &t->model[k];

			if (m->generation >= 0)
				continue;
			m->generation = next_generation(t, m);
			changed |= m->generation >= 0;
		}
	}
}

/* ---- order ---- */

struct place {
	int generation;
	int before;                     /* index before the sorting */
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->generation != y->generation ? x->generation - y->generation
	                                      : x->before - y->before;
}

/* Sorts the models, and with them the indices that point to them. */
static void sort_models(struct trail *t)
{
	struct place *place = xmalloc(t->count, sizeof *place);
	struct trail_model *sorted = xmalloc(t->count, sizeof *sorted);
	int *after = xmalloc(t->count, sizeof *after);

	for (size_t k = 0; k < t->count; k++)
		place[k] = (struct place){ t->model[k].generation, (int)k };
	qsort(place, t->count, sizeof *place, compare_places);
	for (size_t k = 0; k < t->count; k++) {
		sorted[k] = t->model[place[k].before];
		after[place[k].before] = (int)k;
	}
	for (size_t k = 0; k < t->count; k++)
		for (size_t i = 0; i < sorted[k].parents; i++)
			if (sorted[k].parent[i].model >= 0)
				sorted[k].parent[i].model =
					after[sorted[k].parent[i].model];
	free(t->model);
	free(place);
	free(after);
	t->model = sorted;
}

/* ---- differences ---- */

static const struct trail_model *find_whole(const struct trail *t, const char *digest)
{
	for (size_t i = 0; i < t->count; i++)
		if (!t->model[i].from && !strcmp(t->model[i].digest, digest))
			return &t->model[i];
	return NULL;
}

/* Computes the numbers of a difference. */
static void check_difference(struct trail_model *m, const struct trail_model *parent)
{
	struct model whole = {0}, base = {0};
	struct err e;

	if (model_load(&base, parent->name, 0, &e) == 0 &&
	    delta_load(&whole, m->name, &base, &e) == 0) {
		identify(m, &whole);
		m->checked = true;
	} else {
		m->trouble = xstrdup(e.text);
	}
	model_release(&whole);
	model_release(&base);
}

void trail_link(struct trail *t)
{
	for (size_t k = 0; k < t->count; k++) {
		const struct trail_model *parent =
			t->model[k].from ? find_whole(t, t->model[k].from) : NULL;

		if (parent)
			check_difference(&t->model[k], parent);
	}
	for (size_t k = 0; k < t->count; k++)
		for (size_t i = 0; i < t->model[k].parents; i++)
			t->model[k].parent[i].model =
				find_parent(t, k, t->model[k].parent[i].digest);
	find_generations(t);
	sort_models(t);
	find_same(t);
	find_data(t);
}

void trail_release(struct trail *t)
{
	for (size_t k = 0; k < t->count; k++) {
		struct trail_model *m = &t->model[k];

		for (size_t i = 0; i < m->parents; i++)
			free(m->parent[i].digest);
		free(m->parent);
		free(m->name);
		free(m->told);
		free(m->tool);
		free(m->dataset);
		free(m->split);
		free(m->from);
		free(m->trouble);
	}
	for (size_t i = 0; i < t->datas; i++)
		free(t->data[i].name);
	free(t->model);
	free(t->data);
	*t = (struct trail){0};
}

/* ---- ancestors ---- */

static void mark(const struct trail *t, size_t k, bool *marked, bool *whole)
{
	const struct trail_model *m = &t->model[k];

	if (marked[k])
		return;
	marked[k] = true;
	*whole &= !m->trouble && (m->parents || (m->tool && !strcmp(m->tool, "aml-init")));
	for (size_t i = 0; i < m->parents; i++) {
		*whole &= m->parent[i].model != TRAIL_MISSING;
		if (m->parent[i].model >= 0)
			mark(t, (size_t)m->parent[i].model, marked, whole);
	}
}

bool *trail_ancestors(const struct trail *t, const char *digest, bool *whole)
{
	bool *marked = xcalloc(t->count, sizeof *marked), found = false;

	*whole = true;
	for (size_t k = 0; k < t->count; k++)
		if (!strcmp(t->model[k].digest, digest)) {
			mark(t, k, marked, whole);
			found = true;
		}
	*whole &= found;
	return marked;
}

/* ---- faults ---- */

bool trail_is_altered(const struct trail_model *m)
{
	return m->told && strcmp(m->told, m->digest);
}

static size_t report_model(const struct trail_model *m,
                           void (*report)(const struct err *e))
{
	struct err e;
	size_t n = 0;

	if (m->trouble) {
		err_set(&e, "%s", m->trouble);
		report(&e);
		n++;
	}
	if (trail_is_altered(m)) {
		err_set(&e, "%s: altered: its digest is %s, its facts say %.64s", m->name,
		        m->digest, m->told);
		report(&e);
		n++;
	}
	if (m->generation < 0) {
		err_set(&e,
		        "%s: its facts make it its own ancestor, or a child of one such",
		        m->name);
		report(&e);
		n++;
	}
	for (size_t i = 0; i < m->parents; i++) {
		if (m->parent[i].model != TRAIL_MISSING)
			continue;
		err_set(&e, "%s: its parent %.64s is missing", m->name,
		        m->parent[i].digest);
		report(&e);
		n++;
	}
	return n;
}

size_t trail_faults(const struct trail *t, void (*report)(const struct err *e))
{
	size_t n = 0;

	for (size_t k = 0; k < t->count; k++)
		n += report_model(&t->model[k], report);
	return n;
}
