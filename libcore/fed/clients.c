/* The clients' models and their checks; see clients.h. */
#include "fed/clients.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "model/facts.h"
#include "fed/fedavg.h"

static const char *shown(const char *path)
{
	return infile_name(path);
}

/* ---- opening ---- */

/* The class list that the FACTS of a model with NET tell. */
static bool classes_told(const struct json *facts, const struct net *net, struct classes *c)
{
	if (facts_class_list(facts, net->classes, c))
		return true;
	classes_release(c);
	return false;
}

/* The first list that is told, by the previous model if it can, is that of all others. */
static int check_classes(struct clients *c, const struct model_stream *s, struct err *e)
{
	struct classes own;
	char *got, *want;
	int result = 0;

	if (!classes_told(s->file.facts, &s->file.net, &own))
		return 0;
	if (!c->classes.count) {
		c->classes = own;
		return 0;
	}
	if (!classes_equal(&own, &c->classes)) {
		got = classes_codes(&own);
		want = classes_codes(&c->classes);
		result = err_set(e, "its classes are %.200s, those of the others %.200s", got,
		                 want);
		free(got);
		free(want);
	}
	classes_release(&own);
	return result;
}

static int check_previous(const struct model_stream *s, const char *digest, struct err *e)
{
	const struct json *parents = json_get(s->file.facts, "parents");

	if (!digest || !parents || parents->type != JSON_ARRAY)
		return 0;
	for (size_t i = 0; i < parents->count; i++) {
		const struct json *item = &parents->items[i];

		if (item->type == JSON_TEXT && !strcmp(item->text, digest))
			return 0;
	}
	return err_set(e, "was not trained from the previous model, %s", digest);
}

/*
 * The previous model, or the first one, tells the network; its size the first of all that knows it.
 * Each that follows must agree.
 */
static int open_client(struct clients *c, struct client *one, const struct model *previous,
                       const char *digest, struct err *e)
{
	const struct net *net = c->count ? &c->net : previous ? &previous->net : NULL;
	struct model_stream *s = &one->stream;

	if (model_stream_open(s, one->path, net, previous, digest, e) < 0)
		return -1;
	c->net = s->file.net;
	if (check_classes(c, s, e) < 0 || check_previous(s, digest, e) < 0)
		return err_in(e, shown(one->path));
	return 0;
}

/* By the checksums of the members, one of which differs as soon as a number does. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct clients *c = arg;
	int i = *(const int *)a, j = *(const int *)b;
	const uint32_t *p = c->client[i].stream.file.crc, *q = c->client[j].stream.file.crc;
	int crc = memcmp(p, q, sizeof c->client[i].stream.file.crc);

	return crc ? crc : (i > j) - (i < j);
}

static void sort(struct clients *c)
{
	c->order = xmalloc((size_t)c->count, sizeof *c->order);
	for (int i = 0; i < c->count; i++)
		c->order[i] = i;
	qsort_r(c->order, (size_t)c->count, sizeof *c->order, compare, c);
}

static int open_all(struct clients *c, char *const *paths, int count, const struct model *previous,
                    const char *digest, struct err *e)
{
	if (count > FEDAVG_MODELS_MAX)
		return err_set(e, "%d models, expected at most %d", count, FEDAVG_MODELS_MAX);
	if (infile_distinct(paths, count, e) < 0)
		return -1;
	if (previous)
		classes_told(previous->facts, &previous->net, &c->classes);
	c->client = xcalloc((size_t)count, sizeof *c->client);
	for (; c->count < count; c->count++) {
		struct client *one = &c->client[c->count];

		*one = (struct client){ .path = paths[c->count], .examples = -1, .weight = 1 };
		if (open_client(c, one, previous, digest, e) < 0) {
			model_stream_close(&one->stream);
			return -1;
		}
	}
	sort(c);
	return 0;
}

int clients_open(struct clients *c, char *const *paths, int count, const struct model *previous,
                 const char *previous_digest, struct err *e)
{
	*c = (struct clients){0};
	if (open_all(c, paths, count, previous, previous_digest, e) == 0)
		return 0;
	clients_release(c);
	return -1;
}

void clients_release(struct clients *c)
{
	for (int i = 0; i < c->count; i++)
		model_stream_close(&c->client[i].stream);
	free(c->client);
	free(c->order);
	classes_release(&c->classes);
	*c = (struct clients){0};
}

/* ---- weights ---- */

static int find_examples(struct client *one, struct err *e)
{
	return facts_num_examples(one->stream.file.facts, one->path, &one->examples, e);
}

int clients_weigh(struct clients *c, struct err *e)
{
	for (int i = 0; i < c->count; i++) {
		struct client *one = &c->client[i];

		if (find_examples(one, e) < 0)
			return -1;
		if (one->examples < 1 || (double)one->examples > fedavg_most_weight)
			return err_set(e, "%s: num_examples is %lld, expected 1 to %.0f",
			               shown(one->path), (long long)one->examples,
			               fedavg_most_weight);
		one->weight = (double)one->examples;
	}
	return 0;
}

int64_t clients_examples(struct clients *c)
{
	int64_t sum = 0;
	struct err e;

	for (int i = 0; i < c->count; i++) {
		struct client *one = &c->client[i];

		if (one->examples < 0 && find_examples(one, &e) < 0)
			one->examples = -1;
		if (one->examples < 0 || (double)one->examples > fedavg_most_weight)
			return -1;
		sum += one->examples;
	}
	return sum;
}

/* ---- after reading ---- */

int clients_check_distinct(const struct clients *c, struct err *e)
{
	for (int i = 0; i < c->count; i++)
		for (int j = 0; j < i; j++) {
			const struct client *one = &c->client[i], *other = &c->client[j];

			if (!strcmp(one->stream.mark, other->stream.mark))
				return err_set(e, "%s: the same numbers as %s", shown(one->path),
				               shown(other->path));
		}
	return 0;
}
