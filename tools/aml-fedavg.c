/* aml-fedavg: one model from the models of many clients. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/progress.h"
#include "base/threads.h"
#include "base/tool.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/model_writer.h"
#include "fed/aggregate.h"
#include "fed/clients.h"
#include "fed/fedavg.h"
#include "fed/robust.h"
#include "fed/server_state.h"

enum bn { BN_AVERAGE, BN_POOL };

struct args {
	const char *weights_text, *method;
	bool equal, quiet;
	int bn, rule, threads;
	struct serveropt opt;
	const char *previous, *state, *out;
	char **models;
	int count;
	/* what the texts say: */
	double *weights;                /* [count], or NULL */
	bool mean;
	int drop;                       /* of the method, if it is no mean */
};

static const char *kernels(struct err *e)
{
	(void)e;
	return fedavg_kernels();
}

/* "120,80.5,100" */
static void parse_weights(struct args *a)
{
	const char *p = a->weights_text;
	int n = 0;

	a->weights = xcalloc((size_t)a->count, sizeof *a->weights);
	while (*p) {
		char *end = NULL;
		double w = strtod(p, &end);

		if (end == p || isspace((unsigned char)*p) || (*end && *end != ','))
			opt_wrong("--weights takes W1,W2,..., not '%s'", a->weights_text);
		if (n < a->count)
			a->weights[n] = w;
		n++;
		p = *end ? end + 1 : end;
	}
	if (n != a->count)
		opt_wrong("--weights gives %d weights for %d models", n, a->count);
	for (int i = 0; i < n; i++) {
		double w = a->weights[i];

		if (!(w >= fedavg_least_weight && w <= fedavg_most_weight))
			opt_wrong("--weights takes numbers from %g to %g, not %g",
			          fedavg_least_weight, fedavg_most_weight, w);
	}
}

static void parse_method(struct args *a)
{
	static const char trimmed[] = "trimmed:";
	const char *number = a->method + sizeof trimmed - 1;
	char *end = NULL;

	if (!strcmp(a->method, "mean")) {
		a->mean = true;
	} else if (!strcmp(a->method, "median")) {
		a->drop = robust_median_drop(a->count);
	} else {
		bool known = !strncmp(a->method, trimmed, strlen(trimmed));
		long drop = -1;

		if (known && isdigit((unsigned char)*number))
			drop = strtol(number, &end, 10);
		if (drop < 0 || *end)
			opt_wrong("--method takes mean, median or trimmed:K, not '%s'", a->method);
		if (drop > (a->count - 1) / 2)
			opt_wrong("--method %s leaves nothing of %d models", a->method, a->count);
		a->drop = (int)drop;
	}
}

static void check_options(const struct args *a)
{
	bool optimise = a->rule != SERVEROPT_NONE;

	if (a->weights && a->equal)
		opt_wrong("--weights and --equal exclude each other");
	if (!a->mean && (a->weights || a->equal))
		opt_wrong("--method %s takes no weights", a->method);
	if (!a->mean && a->bn == BN_POOL)
		opt_wrong("--bn pool goes with --method mean only");
	if (optimise && (!a->previous || !a->state))
		opt_wrong("--server-opt needs --previous and --state");
	if (!optimise && a->state)
		opt_wrong("--state goes with --server-opt only");
}

static struct args parse(int argc, char **argv)
{
	struct args a = { .method = "mean", .opt = serveropt_defaults, .out = "-" };
	const struct opt opts[] = {
		OPT_TEXT  ('w', "weights", &a.weights_text, "W1,W2,...", "what each model counts"),
		OPT_FLAG  ( 0,  "equal", &a.equal, "all models count the same"),
		OPT_TEXT  ('m', "method", &a.method, "METHOD", "mean, median or trimmed:K"),
		OPT_CHOICE( 0,  "bn", &a.bn, "average|pool", "how batch norms are joined"),
		OPT_TEXT  ( 0,  "previous", &a.previous, "MODEL", "what all were trained from"),
		OPT_CHOICE( 0,  "server-opt", &a.rule, SERVEROPT_RULES, "optimiser of the server"),
		OPT_TEXT  ( 0,  "state", &a.state, "FILE", "the optimiser's memory, updated"),
		OPT_FLOAT ( 0,  "server-rate", &a.opt.rate, 0, 1e6, "RATE", "its step size"),
		OPT_FLOAT ( 0,  "beta1", &a.opt.beta1, 0, 1, "B", "its memory of steps"),
		OPT_FLOAT ( 0,  "beta2", &a.opt.beta2, 0, 1, "B", "its memory of their squares"),
		OPT_FLOAT ( 0,  "tau", &a.opt.tau, 1e-18, 1e6, "TAU", "what is added to the root"),
		OPT_INT   ('j', "jobs", &a.threads, 0, 4096, "N", "threads; 0: all processors"),
		OPT_FLAG  ('q', "quiet", &a.quiet, "show no progress and no table"),
		OPT_TEXT  ('o', "output", &a.out, "FILE", "write the model to FILE"),
		OPT_END
	};
	const struct opt_tool tool = {
		.synopsis = "[OPTION]... MODEL...", .min = 1, .max = -1,
		.summary = "Makes one model from those of many clients.", .kernels = kernels,
	};

	a.models = opt_parse(opts, &tool, argc, argv);
	while (a.models[a.count])
		a.count++;
	a.opt.rule = (enum serveropt_rule)a.rule;
	if (a.weights_text)
		parse_weights(&a);
	parse_method(&a);
	check_options(&a);
	return a;
}

static int weigh(const struct args *a, struct clients *c, struct err *e)
{
	if (a->mean && !a->weights && !a->equal)
		return clients_weigh(c, e);
	clients_examples(c);                    /* for the table */
	for (int i = 0; a->weights && i < c->count; i++)
		c->client[i].weight = a->weights[i];
	return 0;
}

/* ---- the result ---- */

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

static const char *weighing(const struct args *a)
{
	if (!a->mean || a->equal)
		return "equal";
	return a->weights ? "given" : "num_examples";
}

static char *write_facts(const struct args *a, struct clients *c, const struct aggregate *g,
                         const char *previous)
{
	bool optimised = g->opt.rule != SERVEROPT_NONE;
	int64_t examples = clients_examples(c);
	struct facts f;

	facts_start(&f, "aml-fedavg");
	json_text(&f.j, "method", a->method);
	json_text(&f.j, "weighing", weighing(a));
	json_text(&f.j, "bn", a->bn == BN_POOL ? "pool" : "average");
	if (optimised)
		write_optimiser(&f.j, &g->opt);
	if (examples > 0)
		json_int(&f.j, "num_examples", examples);
	json_int(&f.j, "size", c->net.size);
	if (c->classes.count)
		facts_classes(&f, &c->classes);
	json_text(&f.j, "weights", g->digest);
	write_parents(&f, c, optimised ? previous : NULL);
	return facts_end(&f);
}

/* How far each client went, and in the common direction or not. */
static void print_updates(const struct clients *c, bool quiet)
{
	progress_line(quiet, "%10s  %12s  %7s  %s", "images", "update", "cosine", "model");
	for (int i = 0; i < c->count; i++) {
		const struct client *one = &c->client[i];
		char images[24] = "-";

		if (one->examples >= 0)
			snprintf(images, sizeof images, "%lld", (long long)one->examples);
		progress_line(quiet, "%10s  %12.6g  %7.4f  %s", images, one->update_norm,
		              one->cosine, one->path);
	}
}

/* ---- */

struct job {
	struct model previous;
	char previous_digest[SHA256_HEX];
	struct clients clients;
	struct server_state state;
	struct model_writer *out;
	struct aggregate g;
};

static void job_release(struct job *j)
{
	model_writer_abandon(j->out);
	clients_release(&j->clients);
	server_state_release(&j->state);
	weights_release(&j->g.w);
	model_release(&j->previous);
}

static int load(const struct args *a, struct job *j, struct err *e)
{
	const struct model *previous = NULL;
	const char *digest = NULL;

	if (a->previous) {
		if (model_load(&j->previous, a->previous, MODEL_LOW, e) < 0)
			return -1;
		digest_numbers(&j->previous.net, j->previous.w, j->previous_digest);
		previous = &j->previous;
		digest = j->previous_digest;
	}
	if (clients_open(&j->clients, a->models, a->count, previous, digest, e) < 0 ||
	    weigh(a, &j->clients, e) < 0)
		return -1;
	if (!a->state)
		return 0;
	return server_state_load(&j->state, a->state, &j->clients.net, &a->opt, digest, e);
}

static int average(const struct args *a, struct job *j, struct err *e)
{
	struct threads *pool;
	int result;

	j->out = model_writer_open(a->out, &j->clients.net, e);
	if (!j->out)
		return -1;
	pool = threads_new(a->threads);
	j->g = (struct aggregate){
		.clients = &j->clients,
		.method = a->mean ? AGGREGATE_MEAN : AGGREGATE_TRIMMED,
		.drop = a->drop,
		.pool = a->bn == BN_POOL,
		.previous = a->previous ? &j->previous : NULL,
		.opt = a->opt, .m = &j->state.m, .v = &j->state.v, .out = j->out,
	};
	result = aggregate_run(&j->g, pool, a->quiet, e);
	threads_free(pool);
	return result < 0 ? -1 : clients_check_distinct(&j->clients, e);
}

/*
 * The model first: if the state is then not written, the same command does both again, since the
 * state still belongs to the previous model.
 */
static int save(const struct args *a, struct job *j, struct err *e)
{
	char *facts = write_facts(a, &j->clients, &j->g, j->previous_digest);
	int result = model_writer_end(j->out, weights_const(&j->g.w), facts, e);

	j->out = NULL;
	free(facts);
	if (result < 0 || !a->state)
		return result;
	return server_state_save(&j->state, a->state, &j->clients.net, &a->opt, j->g.digest, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct job j = {0};
	struct err e;
	int result = load(&a, &j, &e);

	if (result == 0)
		result = average(&a, &j, &e);
	if (result == 0) {
		if (a.previous)
			print_updates(&j.clients, a.quiet);
		result = save(&a, &j, &e);
	}
	job_release(&j);
	free(a.weights);
	return tool_end(result < 0 ? tool_fail(&e) : 0);
}
