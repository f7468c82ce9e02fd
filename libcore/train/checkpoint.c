/* Training half-way, saved and taken up again; see checkpoint.h. */
#include "train/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "format/npz.h"
#include "model/facts.h"

enum { NAME_BYTES = 16 };

/* The four sets of arrays and their names' beginnings. */
struct set {
	const char *prefix;
	const struct weights *arrays;
	bool statistics;                /* includes the moving mean and variance */
	bool found_only;                /* stands in a file only if some epoch was the best */
};

enum { SETS = 4 };

static void list_sets(const struct checkpoint *c, struct set s[SETS])
{
	s[0] = (struct set){ "", &c->w, true, false };
	s[1] = (struct set){ "m", &c->m, false, false };
	s[2] = (struct set){ "v", &c->v, false, false };
	s[3] = (struct set){ "best", &c->best, true, true };
}

/* ---- saving ---- */

static int write_set(struct npz_writer *z, const struct net *net, const struct set *s,
                     struct err *e)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4], bytes = net_count(net, (enum net_array)k) * sizeof(float);
		int dims = net_shape(net, (enum net_array)k, shape);
		char name[NAME_BYTES];

		if (net_is_statistic(k) && !s->statistics)
			continue;
		snprintf(name, sizeof name, "%s%d", s->prefix, k);
		if (npz_writer_add(z, name, "<f4", dims, shape, s->arrays->a[k], bytes, e) < 0)
			return -1;
	}
	return 0;
}

static char *describe(const struct checkpoint *c, struct err *e)
{
	const struct position *at = &c->at;
	struct json *run = json_parse(c->run, strlen(c->run), e);
	struct facts f;

	facts_start(&f, "aml-train checkpoint");
	json_text(&f.j, "kernels", c->engine);
	json_value(&f.j, "run", run);
	json_int(&f.j, "epoch", at->epoch);
	json_int(&f.j, "batch", at->batch);
	json_int(&f.j, "steps", (int64_t)at->steps);
	json_number(&f.j, "loss_sum", at->loss);
	json_int(&f.j, "correct", at->correct);
	json_int(&f.j, "seen", at->seen);
	json_number(&f.j, "best_loss", at->best_loss);
	json_int(&f.j, "log_bytes", at->log_bytes);
	json_int(&f.j, "log_epoch", at->log_epoch);
	json_number(&f.j, "loss", at->last_loss);
	json_number(&f.j, "accuracy", at->last_accuracy);
	json_number(&f.j, "valid_loss", at->last_valid_loss);
	json_number(&f.j, "valid_accuracy", at->last_valid_accuracy);
	json_free(run);
	return facts_end(&f);
}

static int write_all(const struct checkpoint *c, FILE *f, struct err *e)
{
	struct npz_writer *z = npz_writer_new(f, false);
	struct set set[SETS];
	char *comment;
	int result;

	list_sets(c, set);
	for (int i = 0; i < SETS; i++)
		if (set[i].arrays->a[0] && write_set(z, c->net, &set[i], e) < 0) {
			npz_writer_free(z);
			return -1;
		}
	comment = describe(c, e);
	result = npz_writer_end(z, comment, e);
	free(comment);
	return result;
}

int checkpoint_save(const struct checkpoint *c, const char *path, struct err *e)
{
	struct outfile *o = outfile_open(path, e);

	if (!o)
		return -1;
	if (write_all(c, outfile_stream(o), e) < 0) {
		outfile_abandon(o);
		return err_in(e, path);
	}
	return outfile_commit(o, true, e);
}

/* ---- loading ---- */

static double number(const struct json *v, const char *key, double missing)
{
	const struct json *n = json_get(v, key);

	return n && n->type == JSON_NUMBER ? n->number : missing;
}

static int read_position(struct position *at, const struct json *v, struct err *e)
{
	int64_t epoch = facts_int(v, "epoch"), batch = facts_int(v, "batch"),
		steps = facts_int(v, "steps");

	*at = (struct position){
		.epoch = (uint32_t)epoch,
		.batch = (uint32_t)batch,
		.steps = (uint64_t)steps,
		.loss = number(v, "loss_sum", NAN),
		.correct = facts_int(v, "correct"),
		.seen = facts_int(v, "seen"),
		.best_loss = number(v, "best_loss", INFINITY),
		.log_bytes = facts_int(v, "log_bytes"),
		.log_epoch = facts_int(v, "log_epoch"),
		.last_loss = number(v, "loss", NAN),
		.last_accuracy = number(v, "accuracy", NAN),
		.last_valid_loss = number(v, "valid_loss", NAN),
		.last_valid_accuracy = number(v, "valid_accuracy", NAN),
	};
	if (epoch < 0 || epoch > UINT32_MAX || batch < 0 || batch > UINT32_MAX ||
	    steps < 0 || at->correct < 0 || at->seen < 0 || isnan(at->loss))
		return err_set(e, "the position is missing or damaged");
	return 0;
}

static char *as_text(const struct json *v)
{
	return v ? json_line(v) : xstrdup("absent");
}

/* -1 unless every member of NOW stands in WAS with the same value. */
static int same_run(const struct json *was, const struct json *now, struct err *e)
{
	for (size_t i = 0; i < now->count; i++) {
		const char *key = now->items[i].key;
		char *a = as_text(json_get(was, key)), *b = as_text(&now->items[i]);
		bool same = !strcmp(a, b);

		if (!same)
			err_set(e, "belongs to another run: %s was %s, is now %s", key, a, b);
		free(a);
		free(b);
		if (!same)
			return -1;
	}
	return 0;
}

/* Array NAME into TO, COUNT numbers. */
static int read_array(struct npz *z, const char *name, float *to, size_t count, struct err *e)
{
	struct npy a = {0};
	int result;

	if (npz_read(z, name, &a, npz_limit(count), 0, e) < 0)
		return -1;
	result = npy_count(&a) == count ? npy_to_f4(&a, to, e)
	                                : err_set(e, "has %zu numbers, expected %zu",
	                                          npy_count(&a), count);
	npy_release(&a);
	return result;
}

static int read_set(struct npz *z, const struct net *net, const struct set *s, struct err *e)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		char name[NAME_BYTES], place[NAME_BYTES + 8];

		if (net_is_statistic(k) && !s->statistics)
			continue;
		snprintf(name, sizeof name, "%s%d", s->prefix, k);
		snprintf(place, sizeof place, "array %s", name);
		if (read_array(z, name, s->arrays->a[k], net_count(net, (enum net_array)k), e) < 0)
			return err_in(e, place);
	}
	return 0;
}

static int read_arrays(struct checkpoint *c, struct npz *z, struct err *e)
{
	struct set set[SETS];

	list_sets(c, set);
	for (int i = 0; i < SETS; i++) {
		bool there = !set[i].found_only || isfinite(c->at.best_loss);

		if (set[i].arrays->a[0] && there && read_set(z, c->net, &set[i], e) < 0)
			return -1;
	}
	return 0;
}

static int read_all(struct checkpoint *c, struct npz *z, bool *other_engine, struct err *e)
{
	size_t size;
	const char *comment = npz_comment(z, &size), *kernels;
	struct json *v = json_parse(comment, size, e), *now = NULL;
	int result = -1;

	if (!v || !json_get(v, "run")) {
		err_set(e, "not a checkpoint of aml-train");
		goto out;
	}
	now = json_parse(c->run, strlen(c->run), e);
	if (!now || same_run(json_get(v, "run"), now, e) < 0 || read_position(&c->at, v, e) < 0 ||
	    read_arrays(c, z, e) < 0)
		goto out;
	kernels = facts_text(v, "kernels");
	*other_engine = !kernels || strcmp(kernels, c->engine);
	result = 1;
out:
	json_free(v);
	json_free(now);
	return result;
}

int checkpoint_load(struct checkpoint *c, const char *path, bool *other_engine, struct err *e)
{
	struct npz *z;
	int result = infile_exists(path, e);

	if (result <= 0)
		return result;
	z = npz_open(path, e);
	if (!z)
		return -1;
	result = read_all(c, z, other_engine, e);
	npz_close(z);
	return result < 0 ? err_in(e, path) : result;
}
