/* Gathering what a report speaks of; see evidence.h. */
#include "page/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/operand.h"
#include "data/split.h"
#include "model/facts.h"
#include "score/by_patient.h"

/* ---- the dataset ---- */

static int place_case(struct evidence *v, size_t i, struct err *e)
{
	const struct cases *c = v->cases;
	const struct class_entry *entry = c->classes.entry;
	const char *id = cases_id(c, i);
	long at = dataset_find(&v->dataset, id);

	if (at < 0)
		return err_set(e, "%s has no image '%s', which the predictions have",
		               v->files->dataset, id);
	if (v->dataset.labels[at] != c->actual[i])
		return err_set(e, "%s: image '%s' is of class %s, in the predictions of %s",
		               v->files->dataset, id, entry[v->dataset.labels[at]].code,
		               entry[c->actual[i]].code);
	v->place[i] = (size_t)at;
	return 0;
}

static int gather_dataset(struct evidence *v, struct err *e)
{
	const char *path = v->files->dataset;

	if (!v->cases)
		return err_set(e, "-d needs predictions: a shared table has no ids");
	if (dataset_open(&v->dataset, path, e) < 0)
		return -1;
	if (classes_expect(&v->cases->classes, &v->dataset.classes, e) < 0)
		return err_in(e, path);
	v->place = xmalloc(v->cases->count, sizeof *v->place);
	for (size_t i = 0; i < v->cases->count; i++)
		if (place_case(v, i, e) < 0)
			return -1;
	classes_release(&v->classes);
	classes_copy(&v->classes, &v->dataset.classes);
	return 0;
}

/* ---- the model ---- */

static int check_model(struct evidence *v, struct err *e)
{
	const char *path = v->files->model, *table = infile_name(v->files->tables[0]);

	return v->place ? model_check_dataset(&v->model, path, &v->dataset, e)
	                : model_check_classes(&v->model, path, &v->classes, table, e);
}

static int gather_model(struct evidence *v, struct err *e)
{
	const struct evidence_files *f = v->files;

	if (model_load(&v->model, f->model, 0, e) < 0 || check_model(v, e) < 0)
		return -1;
	trail_add_model(&v->trail, infile_name(f->model), &v->model);
	memcpy(v->digest, v->trail.model[0].digest, sizeof v->digest);
	for (int i = 0; i < f->trail_count; i++)
		if (trail_load(&v->trail, f->trail[i], e) < 0)
			return -1;
	trail_link(&v->trail);
	v->ancestors = trail_ancestors(&v->trail, v->digest, &v->whole_trail);
	return 0;
}

/* SEEN: a mark for each image of the dataset, set for those that M was trained on by its facts. */
static void mark_training(const struct evidence *v, const struct trail_model *m, bool *seen)
{
	const struct dataset *d = &v->dataset;
	bool all = m->split && !strcmp(m->split, "all");
	uint32_t *index = xmalloc(d->count, sizeof *index);
	size_t n = split_select(d, all ? SPLIT_ALL : SPLIT_TRAIN, m->split_seed, index);

	for (size_t i = 0; i < n; i++)
		seen[index[i]] = true;
	free(index);
}

/* By the model and all that it came from: its last step may have been on other cells. */
static void find_trained(struct evidence *v)
{
	bool *seen;

	if (!v->place || !v->files->model)
		return;
	seen = xcalloc(v->dataset.count, sizeof *seen);
	for (size_t k = 0; k < v->trail.count; k++) {
		const struct trail_model *m = &v->trail.model[k];

		if (!v->ancestors[k] || !m->dataset || strcmp(m->dataset, v->dataset.digest))
			continue;
		v->own_data = true;
		mark_training(v, m, seen);
	}
	for (size_t i = 0; i < v->cases->count; i++)
		v->trained += seen[v->place[i]];
	free(seen);
}

/* ---- the rest ---- */

static int gather_curves(struct evidence *v, struct err *e)
{
	size_t n = (size_t)v->files->logs_count;

	v->curves = xcalloc(n + 1, sizeof *v->curves);
	v->labels = xcalloc(n + 1, sizeof *v->labels);
	for (; v->curves_count < n; v->curves_count++) {
		struct curve *curve = &v->curves[v->curves_count];
		const char *path;

		curve->name = v->labels[v->curves_count] =
			operand_label(v->files->logs[v->curves_count], ".tsv", &path);
		if (learning_load(&curve->log, path, e) < 0) {
			free(v->labels[v->curves_count]);
			return -1;
		}
	}
	return 0;
}

static int gather_tolerant(struct evidence *v, struct err *e)
{
	const struct confusion *c = &v->tables.tally.confusion;
	struct tolerant_pairs pairs = {0};
	int result = tolerant_load(&pairs, v->files->tolerant, &c->classes, e);

	if (result == 0)
		tolerant_init(&v->tolerant, c, &pairs);
	tolerant_pairs_release(&pairs);
	return result;
}

static void score(struct evidence *v)
{
	const struct evidence_files *f = v->files;
	struct bootstrap b = { f->resamples, f->seed, threads_new(f->threads) };
	const struct tally *t = &v->tables.tally;

	scorecard_init(&v->card, t, v->cases, b.pool);
	if (f->patients) {
		by_patient_intervals(&v->card, &t->groups, v->cases, &v->patients, &b);
		differential_init(&v->differential, v->cases, &t->groups, &v->patients);
	}
	threads_free(b.pool);
}

int evidence_gather(struct evidence *v, const struct evidence_files *files, struct err *e)
{
	*v = (struct evidence){ .files = files };
	if (tables_load(&v->tables, files->tables, &files->groups, e) < 0)
		return -1;
	v->cases = tables_cases(&v->tables);
	classes_copy(&v->classes, &v->tables.tally.confusion.classes);
	if ((files->dataset && gather_dataset(v, e) < 0) ||
	    (files->model && gather_model(v, e) < 0) ||
	    (files->patients &&
	     tables_patients(&v->tables, &v->patients, files->patients, e) < 0) ||
	    (files->tolerant && gather_tolerant(v, e) < 0) || gather_curves(v, e) < 0)
		return -1;
	find_trained(v);
	score(v);
	return 0;
}

void evidence_release(struct evidence *v)
{
	for (size_t i = 0; i < v->curves_count; i++) {
		learning_release(&v->curves[i].log);
		free(v->labels[i]);
	}
	free(v->curves);
	free(v->labels);
	free(v->place);
	differential_release(&v->differential);
	tolerant_release(&v->tolerant);
	id_groups_release(&v->patients);
	trail_release(&v->trail);
	free(v->ancestors);
	model_release(&v->model);
	dataset_release(&v->dataset);
	scorecard_release(&v->card);
	classes_release(&v->classes);
	tables_release(&v->tables);
	*v = (struct evidence){0};
}

size_t evidence_images(const struct evidence *v, int i, enum dataset_part part)
{
	const struct dataset *d = &v->dataset;
	size_t n = 0;

	for (size_t k = 0; k < d->count; k++)
		n += (i < 0 || d->labels[k] == i) &&
		     (d->has_split ? d->part[k] : DATASET_NEITHER) == part;
	return n;
}
