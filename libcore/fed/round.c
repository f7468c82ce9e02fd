/* A round of a federation; see round.h. */
#include "fed/round.h"

#include <stdlib.h>
#include <string.h>

#include "base/lock.h"
#include "base/mem.h"
#include "model/digest.h"
#include "model/facts.h"

static int weigh(const struct round_options *o, struct clients *c, struct err *e)
{
	if (o->method == AGGREGATE_MEAN && !o->weights && !o->equal)
		return clients_weigh(c, e);
	clients_examples(c);                    /* for who shows the clients */
	for (int i = 0; o->weights && i < c->count; i++)
		c->client[i].weight = o->weights[i];
	return 0;
}

int round_load(struct round *r, const struct round_options *o, struct err *e)
{
	const struct model *previous = NULL;
	const char *digest = NULL;

	r->o = o;
	if (o->previous) {
		if (model_load(&r->previous, o->previous, MODEL_LOW, e) < 0)
			return -1;
		digest_numbers(&r->previous.net, r->previous.w, r->previous_digest);
		previous = &r->previous;
		digest = r->previous_digest;
	}
	if (clients_open(&r->clients, o->models, o->count, previous, digest, e) < 0 ||
	    weigh(o, &r->clients, e) < 0)
		return -1;
	if (!o->state)
		return 0;
	if (lock_take(&r->lock, o->state, e) < 0)
		return -1;
	return server_state_load(&r->state, o->state, &r->clients.net, &o->opt, digest, e);
}

int round_average(struct round *r, struct threads *pool, bool quiet, struct err *e)
{
	const struct round_options *o = r->o;

	r->out = model_writer_open(o->out, &r->clients.net, e);
	if (!r->out)
		return -1;
	r->g = (struct aggregate){
		.clients = &r->clients,
		.method = o->method,
		.drop = o->drop,
		.pool = o->pool,
		.previous = o->previous ? &r->previous : NULL,
		.opt = o->opt, .m = &r->state.m, .v = &r->state.v, .out = r->out,
	};
	if (aggregate_run(&r->g, pool, quiet, e) < 0)
		return -1;
	return clients_check_distinct(&r->clients, e);
}

/* ---- the facts ---- */

static int compare_digests(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The clients in the order of their digests; PREVIOUS last, if the result depends on it. */
static void write_parents(struct facts *f, const struct clients *c, const char *previous)
{
	const char **parents = xmalloc((size_t)c->count + 1, sizeof *parents);
	int count = c->count;

	for (int i = 0; i < count; i++)
		parents[i] = c->client[i].stream.digest;
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

static const char *weighing(const struct round_options *o)
{
	if (o->method != AGGREGATE_MEAN || o->equal)
		return "equal";
	return o->weights ? "given" : "num_examples";
}

static char *write_facts(struct round *r)
{
	const struct round_options *o = r->o;
	bool optimised = o->opt.rule != SERVEROPT_NONE;
	int64_t examples = clients_examples(&r->clients);
	struct facts f;

	facts_start(&f, "aml-fedavg");
	json_text(&f.j, "method", o->method_name);
	json_text(&f.j, "weighing", weighing(o));
	json_text(&f.j, "bn", o->pool ? "pool" : "average");
	if (optimised)
		write_optimiser(&f.j, &o->opt);
	if (examples > 0)
		json_int(&f.j, "num_examples", examples);
	if (!r->clients.net.size_guessed)
		json_int(&f.j, "size", r->clients.net.size);
	if (r->clients.classes.count)
		facts_classes(&f, &r->clients.classes);
	json_text(&f.j, "weights", r->g.digest);
	write_parents(&f, &r->clients, optimised ? r->previous_digest : NULL);
	return facts_end(&f);
}

/* ---- */

int round_save(struct round *r, struct err *e)
{
	const struct round_options *o = r->o;
	char *facts = write_facts(r);
	int result = model_writer_end(r->out, weights_const(&r->g.w), facts, e);

	r->out = NULL;
	free(facts);
	if (result < 0 || !o->state)
		return result;
	return server_state_save(&r->state, o->state, &r->clients.net, &o->opt, r->g.digest, e);
}

void round_release(struct round *r)
{
	model_writer_abandon(r->out);
	clients_release(&r->clients);
	server_state_release(&r->state);
	weights_release(&r->g.w);
	model_release(&r->previous);
	lock_release(&r->lock);
	*r = (struct round){0};
}
