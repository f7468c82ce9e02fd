/* The clients' models and their checks; see clients.h. */
#include "fed/clients.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "model/digest.h"
#include "model/facts.h"
#include "fed/fedavg.h"

/*
 * Models whose pages may lie around. Of 900 models of 1.5 MB, reading by calls took 2.0 s of a
 * processor and 67 MB, the mapped files 1.2 s and 1.3 GB.
 */
enum {
	FEW = 64,
	SPARE = 128,                    /* open files for all else */
};

/* How many models may keep their file open; those beyond stay mapped. */
static int files_to_keep(void)
{
	long most = infile_raise_limit();

	if (most > FEDAVG_MODELS_MAX + SPARE)
		return FEDAVG_MODELS_MAX;
	return most > SPARE ? (int)(most - SPARE) : 0;
}

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

/* STRICT: a model that does not tell its parent is refused, too. */
static int check_previous(const struct model_stream *s, const char *digest, bool strict,
                          struct err *e)
{
	const struct json *parents = json_get(s->file.facts, "parents");

	if (digest && strict && (!parents || parents->type != JSON_ARRAY))
		return err_set(e, "does not tell which model it was trained from");
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
	int opened = one->from ? model_stream_take(s, &one->from->bytes, one->path, net, previous,
	                                           digest, e)
	                       : model_stream_open(s, one->path, net, previous, digest, e);

	if (opened < 0)
		return -1;
	c->net = s->file.net;
	if (check_classes(c, s, e) < 0 || check_previous(s, digest, c->strict, e) < 0)
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

/* Room for COUNT clients, and what is known before the first. */
static int begin(struct clients *c, int count, const struct model *previous, struct err *e)
{
	*c = (struct clients){0};
	if (count > FEDAVG_MODELS_MAX)
		return err_set(e, "%d models, expected at most %d", count, FEDAVG_MODELS_MAX);
	c->keep = count > FEW ? files_to_keep() : 0;
	if (previous)
		classes_told(previous->facts, &previous->net, &c->classes);
	c->client = xcalloc((size_t)count, sizeof *c->client);
	return 0;
}

static int add(struct clients *c, const char *path, struct submission *from,
               const struct model *previous, const char *digest, struct err *e)
{
	struct client *one = &c->client[c->count];

	*one = (struct client){ .path = path, .from = from, .examples = -1, .weight = 1,
	                        .scale = 1 };
	if (open_client(c, one, previous, digest, e) < 0) {
		model_stream_close(&one->stream);
		return -1;
	}
	if (c->count < c->keep)
		model_stream_by_calls(&one->stream, one->path);
	c->count++;
	return 0;
}

static int open_all(struct clients *c, char *const *paths, int count, const struct model *previous,
                    const char *digest, struct err *e)
{
	if (infile_distinct(paths, count, e) < 0 || begin(c, count, previous, e) < 0)
		return -1;
	for (int i = 0; i < count; i++)
		if (add(c, paths[i], NULL, previous, digest, e) < 0)
			return -1;
	sort(c);
	return 0;
}

int clients_admit(struct clients *c, struct submissions *s, const struct model *previous,
                  const char *previous_digest, struct err *e)
{
	if (begin(c, s->count, previous, e) < 0)
		return -1;
	c->strict = s->strict;
	for (int i = 0; i < s->count; i++) {
		struct submission *one = &s->one[i];
		struct err why;

		if (!one->fault && add(c, one->path, one, previous, previous_digest, &why) < 0)
			submissions_fault(one, &why);
	}
	sort(c);
	return 0;
}

int clients_open(struct clients *c, char *const *paths, int count, const struct model *previous,
                 const char *previous_digest, struct err *e)
{
	*c = (struct clients){0};       /* if it fails before it begins */
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

/* Of a model that is signed only what is signed counts. */
static int find_examples(struct client *one, struct err *e)
{
	if (one->from && one->from->is_signed) {
		one->examples = facts_int(one->stream.file.facts, "num_examples");
		if (one->examples < 0)
			return err_set(e,
			               "%s: is signed, but does not tell its num_examples itself",
			               shown(one->path));
		return 0;
	}
	return facts_num_examples(one->stream.file.facts, one->path, &one->examples, e);
}

static int weigh(struct client *one, struct err *e)
{
	if (find_examples(one, e) < 0)
		return err_more(e, "; --equal or -w W1,W2,... goes without counts");
	if (one->examples < 1 || (double)one->examples > fedavg_most_weight)
		return err_set(e, "%s: num_examples is %lld, expected 1 to %.0f", shown(one->path),
		               (long long)one->examples, fedavg_most_weight);
	one->weight = (double)one->examples;
	return 0;
}

int clients_weigh(struct clients *c, struct err *e)
{
	for (int i = 0; i < c->count; i++) {
		struct client *one = &c->client[i];

		if (weigh(one, e) == 0)
			continue;
		if (!one->from)
			return -1;
		submissions_fault(one->from, e);
	}
	return 0;
}

static int check_least(struct client *one, int64_t least, struct err *e)
{
	if (one->examples < 0 && find_examples(one, e) < 0)
		return -1;
	if (one->examples >= least)
		return 0;
	return err_set(e, "%s: trained on %lld images, the roster expects %lld", shown(one->path),
	               (long long)one->examples, (long long)least);
}

void clients_check_least(struct clients *c)
{
	for (int i = 0; i < c->count; i++) {
		struct client *one = &c->client[i];
		const struct roster_site *listed = one->from ? one->from->listed : NULL;
		struct err e;

		if (listed && listed->least > 0 && check_least(one, listed->least, &e) < 0)
			submissions_fault(one->from, &e);
	}
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

/* ---- digests ---- */

static int digest_block(void *sha, const float_any *x, size_t at, size_t n, struct err *e)
{
	(void)at, (void)e;
	sha256_add(sha, x, n * sizeof *x);
	return 0;
}

static int digest(struct client *one, struct err *e)
{
	const struct net *net = &one->stream.file.net;
	struct sha256 sha;

	sha256_init(&sha);
	for (int k = 0; k < NET_ARRAYS; k++) {
		digest_add_shape(&sha, net, k);
		if (model_stream_each(&one->stream, k, MODEL_STREAM_BLOCK, digest_block, &sha,
		                      e) < 0)
			return -1;
	}
	sha256_hex(&sha, one->numbers);
	return 0;
}

static void digest_one(void *arg, size_t i, int worker)
{
	struct client *one = &((struct clients *)arg)->client[i];
	const char *told = facts_text(one->stream.file.facts, "weights");
	struct err e;

	(void)worker;
	if (digest(one, &e) == 0) {
		if (!told || !strcmp(told, one->numbers))
			return;
		err_set(&e, "altered: its digest is not the one in its facts");
	}
	err_in(&e, shown(one->path));
	submissions_fault(one->from, &e);
}

void clients_digest(struct clients *c, struct threads *pool)
{
	threads_run(pool, (size_t)c->count, digest_one, c);
}

/* ---- after reading ---- */

int clients_check_distinct(const struct clients *c, struct err *e)
{
	for (int i = 0; i < c->count; i++)
		for (int j = 0; j < i; j++) {
			const struct client *one = &c->client[i], *other = &c->client[j];

			if (strcmp(one->stream.mark, other->stream.mark) != 0)
				continue;
			err_set(e, "%s: the same numbers as %s", shown(one->path),
			        shown(other->path));
			return one->from ? err_in(e, one->from->site) : -1;
		}
	return 0;
}
