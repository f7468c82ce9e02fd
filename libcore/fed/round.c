/* A round of a federation; see round.h. */
#include "fed/round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "model/digest.h"
#include "model/facts.h"
#include "fed/round_line.h"

static int weigh(const struct round_options *o, struct clients *c, struct err *e)
{
	if (o->method == AGGREGATE_MEAN && !o->weights && !o->equal)
		return clients_weigh(c, e);
	clients_examples(c);                    /* for who shows the clients */
	for (int i = 0; o->weights && i < c->count; i++)
		c->client[i].weight = o->weights[i];
	return 0;
}

/* Of what the next model and the state are computed from, but for the state before. */
static void find_key(struct round *r)
{
	const struct round_options *o = r->o;
	const struct clients *c = &r->clients;
	char *clip = o->clip.rule ? xasprintf(" %d %a", (int)o->clip.rule, o->clip.norm)
	                          : xstrdup("");
	char *text = xasprintf("%s %d %a %a %a %a %d %s%s", o->method_name, o->pool, o->opt.rate,
	                       o->opt.beta1, o->opt.beta2, o->opt.tau, (int)o->opt.rule,
	                       r->previous_digest, clip);
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, text, strlen(text) + 1);
	for (int i = 0; i < c->count; i++) {
		const struct client *one = &c->client[c->order[i]];

		sha256_add(&s, one->stream.file.crc, sizeof one->stream.file.crc);
		sha256_add(&s, &one->weight, sizeof one->weight);
	}
	sha256_hex(&s, r->key);
	r->state.round = r->key;
	free(text);
	free(clip);
}

/* ---- partial sums ---- */

static const char *weighing(const struct round_options *o)
{
	if (o->method != AGGREGATE_MEAN || o->equal)
		return "equal";
	return o->weights ? "given" : "num_examples";
}

/* Sorts the paths of O: models, then partial sums. Sites hand in models alone. */
static void split(struct round *r, const struct round_options *o)
{
	int count = o->count, partials = 0;

	r->paths = xmalloc((size_t)count, sizeof *r->paths);
	for (int i = 0; i < count; i++)
		if (!o->roster && !o->ledger && partial_is(o->models[i]))
			r->paths[count - ++partials] = o->models[i];
		else
			r->paths[r->models++] = o->models[i];
	for (int i = 0; i < partials / 2; i++) {        /* back to the order of the command */
		char *swap = r->paths[r->models + i];

		r->paths[r->models + i] = r->paths[count - 1 - i];
		r->paths[count - 1 - i] = swap;
	}
	r->exact = o->partial || partials > 0;
}

static int check_partials(const struct round *r, const struct round_options *o, struct err *e)
{
	const char *first = r->models < o->count ? infile_name(r->paths[r->models]) : NULL;

	if (first && o->method != AGGREGATE_MEAN)
		return err_set(e, "%s: --method %s takes models, no partial sums", first,
		               o->method_name);
	if (first && o->weights)
		return err_set(e, "%s: partial sums have their weights, --weights gives none",
		               first);
	if (first && o->opt.rule != SERVEROPT_NONE)
		return err_set(e, "%s: --server-opt takes models, no partial sums", first);
	if (first && o->clip.rule == CLIP_AUTO)
		return err_set(e, "%s: --clip auto takes models, no partial sums", first);
	return 0;
}

/* Equal weights or --clip say how; otherwise partial sums alone do. */
static int load_partials(struct round *r, const struct round_options *o, const char *previous,
                         struct err *e)
{
	struct partial_sums *all = &r->all;

	all->pool = o->pool;
	all->clip_norm = o->clip.rule == CLIP_NORM ? o->clip.norm : 0;
	if (previous)
		memcpy(all->previous, previous, SHA256_HEX);
	if (!r->models && previous)
		r->clients.net = r->previous.net;
	if (r->models || o->equal)
		snprintf(all->weighing, sizeof all->weighing, "%s", weighing(o));
	return partials_open(&r->partials, r->paths + r->models, o->count - r->models, &r->clients,
	                     all, previous, e);
}

/* Is the file that is to be written there, with the numbers of DIGEST? */
static bool out_holds(const struct round *r, const char *digest)
{
	struct model m = {0};
	char got[SHA256_HEX] = "";
	struct err why;

	if (outfile_is_stdout(r->o->out) || model_load(&m, r->o->out, MODEL_LOW, &why) < 0)
		return false;
	digest_numbers(&m.net, m.w, got);
	model_release(&m);
	return !strcmp(got, digest);
}

int round_gather(struct round *r, const struct round_options *o, struct err *e)
{
	struct threads *pool;
	int result;

	r->o = o;
	if (!o->roster && !o->ledger)
		return 0;
	if (o->roster && roster_load(&r->roster, o->roster, e) < 0)
		return -1;
	pool = threads_new(o->threads);
	result = submissions_open(&r->submissions, o->models, o->sites, o->count,
	                          o->roster ? &r->roster : NULL, o->allow_missing, pool, e);
	threads_free(pool);
	return result;
}

static void find_digests(struct round *r)
{
	struct threads *pool = threads_new(r->o->threads);

	clients_digest(&r->clients, pool);
	threads_free(pool);
}

static int check_faults(const struct round *r, struct err *e)
{
	int faults = round_faults(r, NULL);

	return faults ? err_set(e, "%d faults in what was handed in", faults) : 0;
}

static int open_clients(struct round *r, const struct model *previous, const char *digest,
                        struct err *e)
{
	const struct round_options *o = r->o;

	if (!o->roster && !o->ledger)
		return clients_open(&r->clients, r->paths, r->models, previous, digest, e) < 0
		               ? -1
		               : weigh(o, &r->clients, e);
	if (clients_admit(&r->clients, &r->submissions, previous, digest, e) < 0 ||
	    weigh(o, &r->clients, e) < 0)
		return -1;
	if (o->ledger)
		find_digests(r);
	clients_check_least(&r->clients);
	return check_faults(r, e);
}

static int load_ledger(struct round *r, const char *previous, struct err *e)
{
	const char *path = r->o->ledger;

	if (!path)
		return 0;
	if (lock_take(&r->ledger_lock, path, e) < 0 || ledger_load(&r->ledger, path, e) < 0)
		return -1;
	return round_line_check(&r->ledger, path, previous, e);
}

/* The state says that model and state were written already; what about the line? */
static int check_recorded(const struct round *r, struct err *e)
{
	const struct ledger *l = &r->ledger;

	if (!r->o->ledger || (l->count && !strcmp(l->line[l->count - 1].result, r->state.made)))
		return 1;
	return err_set(e, "%s: has no line of the round that %s and %s are of", r->o->ledger,
	               r->o->out, r->o->state);
}

int round_load(struct round *r, const struct round_options *o, struct err *e)
{
	const struct model *previous = NULL;
	const char *digest = NULL;
	int result;

	r->o = o;
	if (o->previous) {
		if (model_load(&r->previous, o->previous, MODEL_LOW, e) < 0)
			return -1;
		digest_numbers(&r->previous.net, r->previous.w, r->previous_digest);
		previous = &r->previous;
		digest = r->previous_digest;
	}
	split(r, o);
	if (check_partials(r, o, e) < 0 || load_ledger(r, digest, e) < 0 ||
	    open_clients(r, previous, digest, e) < 0)
		return -1;
	if (r->exact && load_partials(r, o, digest, e) < 0)
		return -1;
	if (!o->state)
		return 0;
	if (lock_take(&r->lock, o->state, e) < 0)
		return -1;
	find_key(r);
	result = server_state_load(&r->state, o->state, &r->clients.net, &o->opt, digest, e);
	if (result > 0)
		return out_holds(r, r->state.made) ? check_recorded(r, e) : -1;
	return result;
}

/* No client counts twice; then all of them are known. */
static int check_twice(struct round *r, struct err *e)
{
	if (!r->exact)
		return clients_check_distinct(&r->clients, e);
	if (partials_check_distinct(&r->partials, &r->clients, e) < 0)
		return -1;
	partials_collect(&r->all, &r->partials, &r->clients);
	return 0;
}

int round_average(struct round *r, struct threads *pool, bool quiet, struct err *e)
{
	const struct round_options *o = r->o;

	r->clip = o->clip;
	if (r->clip.rule && clip_clients(&r->clip, &r->clients, &r->previous, pool, e) < 0)
		return -1;
	if (o->partial)
		r->sums = partial_writer_open(o->out, &r->clients.net, e);
	else
		r->out = model_writer_open(o->out, &r->clients.net, e);
	if (!r->out && !r->sums)
		return -1;
	r->g = (struct aggregate){
		.clients = &r->clients,
		.method = o->method,
		.drop = o->drop,
		.pool = o->pool,
		.clip = r->clip.rule != CLIP_NONE,
		.previous = o->previous ? &r->previous : NULL,
		.opt = o->opt, .m = &r->state.m, .v = &r->state.v, .out = r->out,
		.partials = r->exact ? &r->partials : NULL, .way = &r->all, .sums = r->sums,
	};
	if (aggregate_run(&r->g, pool, quiet, e) < 0)
		return -1;
	if (r->clip.rule && clip_check(&r->clients, e) < 0)
		return -1;
	if (check_twice(r, e) < 0)
		return -1;
	return submissions_check_unchanged(&r->submissions) ? check_faults(r, e) : 0;
}

int round_faults(const struct round *r, void (*report)(const struct err *e))
{
	return submissions_faults(&r->submissions, report);
}

/* ---- the facts ---- */

static int compare_digests(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The clients in the order of their digests; PREVIOUS last, if the result depends on it. */
static void write_parents(struct facts *f, const struct round *r, const char *previous)
{
	int count = r->exact ? r->all.count : r->clients.count;
	const char **parents = xmalloc((size_t)count + 1, sizeof *parents);

	for (int i = 0; i < count; i++)
		parents[i] = r->exact ? r->all.client[i].digest
		                      : r->clients.client[i].stream.digest;
	qsort(parents, (size_t)count, sizeof *parents, compare_digests);
	if (previous)
		parents[count++] = previous;
	facts_parents(f, parents, count);
	free(parents);
}

static void write_optimiser(struct json_writer *j, const struct serveropt *o)
{
	json_text(j, "server_opt", serveropt_name[o->rule]);
	json_number(j, "server_rate", o->rate);
	json_number(j, "beta1", o->beta1);
	if (o->rule != SERVEROPT_ADAGRAD)
		json_number(j, "beta2", o->beta2);
	json_number(j, "tau", o->tau);
}

static void write_clip(struct json_writer *j, const struct clip *c)
{
	if (c->rule == CLIP_NONE)
		return;
	json_text(j, "clip", c->rule == CLIP_AUTO ? "auto" : "norm");
	json_number(j, "clip_norm", c->norm);
}

/* LINE: hash of the line in the ledger; NULL: there is none. */
static char *write_facts(struct round *r, const char *line)
{
	const struct round_options *o = r->o;
	bool optimised = o->opt.rule != SERVEROPT_NONE;
	int64_t examples = r->exact ? partials_examples(&r->all) : clients_examples(&r->clients);
	struct facts f;

	facts_start(&f, "aml-fedavg");
	json_text(&f.j, "method", o->method_name);
	json_text(&f.j, "weighing", r->exact ? r->all.weighing : weighing(o));
	json_text(&f.j, "bn", o->pool ? "pool" : "average");
	write_clip(&f.j, &r->clip);
	if (optimised)
		write_optimiser(&f.j, &o->opt);
	if (examples > 0)
		json_int(&f.j, "num_examples", examples);
	if (!r->clients.net.size_guessed)
		json_int(&f.j, "size", r->clients.net.size);
	if (r->clients.classes.count)
		facts_classes(&f, &r->clients.classes);
	json_text(&f.j, "weights", r->g.digest);
	if (r->submissions.missing_count)
		json_int(&f.j, "missing", r->submissions.missing_count);
	if (line)
		json_text(&f.j, "ledger", line);
	write_parents(&f, r, optimised || o->clip.rule ? r->previous_digest : NULL);
	return facts_end(&f);
}

/* ---- */

static void write_options(struct json_writer *j, const void *round)
{
	const struct round *r = round;
	const struct round_options *o = r->o;

	json_text(j, "rule", o->method_name);
	json_text(j, "weighing", weighing(o));
	json_text(j, "bn", o->pool ? "pool" : "average");
	write_clip(j, &r->clip);
	if (o->opt.rule != SERVEROPT_NONE)
		write_optimiser(j, &o->opt);
}

/* HASH becomes that of the round's line, which is on disk then. */
static int record(struct round *r, char hash[SHA256_HEX], struct err *e)
{
	const struct round_line made = {
		.write_options = write_options, .options = r,
		.parent = r->o->previous ? r->previous_digest : NULL, .result = r->g.digest,
		.clients = &r->clients, .submissions = &r->submissions,
	};
	bool done;
	char *text = round_line_text(&made, &r->ledger, hash, &done, e);
	int result;

	if (!text)
		return err_in(e, r->o->ledger);
	result = done ? 0 : ledger_append(&r->ledger, r->o->ledger, text, e);
	free(text);
	return result;
}

static int save_sums(struct round *r, struct err *e)
{
	struct partial_writer *sums = r->sums;

	r->sums = NULL;
	r->all.net = r->clients.net;
	r->all.classes = r->clients.classes;    /* which are R's no longer */
	r->clients.classes = (struct classes){0};
	return partial_writer_end(sums, &r->all, e);
}

int round_save(struct round *r, struct err *e)
{
	const struct round_options *o = r->o;
	char hash[SHA256_HEX], *facts;
	int result;

	if (r->sums)
		return save_sums(r, e);

	if (o->ledger && record(r, hash, e) < 0)
		return -1;
	facts = write_facts(r, o->ledger ? hash : NULL);
	result = model_writer_end(r->out, weights_const(&r->g.w), facts, e);
	r->out = NULL;
	free(facts);
	if (result < 0 || !o->state)
		return result;
	return server_state_save(&r->state, o->state, &r->clients.net, &o->opt, r->g.digest, e);
}

void round_release(struct round *r)
{
	model_writer_abandon(r->out);
	partial_writer_abandon(r->sums);
	partials_release(&r->partials);
	partial_sums_release(&r->all);
	free(r->paths);
	clients_release(&r->clients);
	submissions_release(&r->submissions);
	roster_release(&r->roster);
	server_state_release(&r->state);
	weights_release(&r->g.w);
	model_release(&r->previous);
	lock_release(&r->lock);
	ledger_release(&r->ledger);
	lock_release(&r->ledger_lock);
	*r = (struct round){0};
}
