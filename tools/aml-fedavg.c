/* aml-fedavg: one model from the models of many clients. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/progress.h"
#include "base/threads.h"
#include "base/tool.h"
#include "fed/fedavg.h"
#include "fed/robust.h"
#include "fed/round.h"

enum bn { BN_AVERAGE, BN_POOL };

struct args {
	struct round_options round;
	const char *weights_text;
	double *weights;                /* [count], or NULL */
	int bn, rule, threads;
	bool quiet;
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
	int n = 0, count = a->round.count;

	a->weights = xcalloc((size_t)count, sizeof *a->weights);
	while (*p) {
		char *end = NULL;
		double w = strtod(p, &end);

		if (end == p || isspace((unsigned char)*p) || (*end && *end != ','))
			opt_wrong("--weights takes W1,W2,..., not '%s'", a->weights_text);
		if (n < count)
			a->weights[n] = w;
		n++;
		p = *end ? end + 1 : end;
	}
	if (n != count)
		opt_wrong("--weights gives %d weights for %d models", n, count);
	for (int i = 0; i < n; i++) {
		double w = a->weights[i];

		if (!(w >= fedavg_least_weight && w <= fedavg_most_weight))
			opt_wrong("--weights takes numbers from %g to %g, not %g",
			          fedavg_least_weight, fedavg_most_weight, w);
	}
}

static void parse_method(struct round_options *r)
{
	static const char trimmed[] = "trimmed:";
	const char *number = r->method_name + sizeof trimmed - 1;
	char *end = NULL;

	r->method = AGGREGATE_TRIMMED;
	if (!strcmp(r->method_name, "mean")) {
		r->method = AGGREGATE_MEAN;
	} else if (!strcmp(r->method_name, "median")) {
		r->drop = robust_median_drop(r->count);
	} else {
		bool known = !strncmp(r->method_name, trimmed, strlen(trimmed));
		long drop = -1;

		if (known && isdigit((unsigned char)*number))
			drop = strtol(number, &end, 10);
		if (drop < 0 || *end)
			opt_wrong("--method takes mean, median or trimmed:K, not '%s'",
			          r->method_name);
		if (drop > (r->count - 1) / 2)
			opt_wrong("--method %s drops all of %d models", r->method_name,
			          r->count);
		r->drop = (int)drop;
	}
}

static void check_options(const struct round_options *r)
{
	bool optimise = r->opt.rule != SERVEROPT_NONE, mean = r->method == AGGREGATE_MEAN;

	if (r->weights && r->equal)
		opt_wrong("--weights and --equal exclude each other");
	if (!mean && (r->weights || r->equal))
		opt_wrong("--method %s takes no weights", r->method_name);
	if (!mean && r->pool)
		opt_wrong("--bn pool goes with --method mean only");
	if (optimise && (!r->previous || !r->state))
		opt_wrong("--server-opt needs --previous and --state");
	if (!optimise && r->state)
		opt_wrong("--state goes with --server-opt only");
}

static struct args parse(int argc, char **argv)
{
	struct args a = {
		.round = { .method_name = "mean", .opt = serveropt_defaults, .out = "-" },
	};
	struct round_options *r = &a.round;
	const struct opt opts[] = {
		OPT_TEXT  ('w', "weights", &a.weights_text, "W1,W2,...", "weight of each model"),
		OPT_FLAG  ( 0,  "equal", &r->equal, "give all models the same weight"),
		OPT_TEXT  ('m', "method", &r->method_name, "METHOD", "mean, median or trimmed:K"),
		OPT_CHOICE( 0,  "bn", &a.bn, "average|pool", "how batch norm is combined"),
		OPT_TEXT  ( 0,  "previous", &r->previous, "MODEL", "model that all started from"),
		OPT_CHOICE( 0,  "server-opt", &a.rule, SERVEROPT_RULES, "server optimiser"),
		OPT_TEXT  ( 0,  "state", &r->state, "FILE", "its moments, updated in place"),
		OPT_FLOAT ( 0,  "server-rate", &r->opt.rate, 0, 1e6, "RATE", "its learning rate"),
		OPT_FLOAT ( 0,  "beta1", &r->opt.beta1, 0, 1, "B", "decay of the first moment"),
		OPT_FLOAT ( 0,  "beta2", &r->opt.beta2, 0, 1, "B", "decay of the second moment"),
		OPT_FLOAT ( 0,  "tau", &r->opt.tau, 1e-18, 1e6, "TAU", "added to the root"),
		OPT_INT   ('j', "jobs", &a.threads, 0, 4096, "N", "threads; 0: all processors"),
		OPT_FLAG  ('q', "quiet", &a.quiet, "show no progress and no table"),
		OPT_TEXT  ('o', "output", &r->out, "FILE", "write the model to FILE"),
		OPT_END
	};
	const struct opt_tool tool = {
		.synopsis = "[OPTION]... MODEL...", .min = 1, .max = -1,
		.summary = "average the models of several clients", .kernels = kernels,
	};

	r->models = opt_parse(opts, &tool, argc, argv);
	while (r->models[r->count])
		r->count++;
	r->opt.rule = (enum serveropt_rule)a.rule;
	r->pool = a.bn == BN_POOL;
	if (a.weights_text)
		parse_weights(&a);
	r->weights = a.weights;
	parse_method(r);
	check_options(r);
	return a;
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

static int run(const struct args *a, struct round *r, struct err *e)
{
	struct threads *pool;
	int result;

	if (outfile_probe_binary(a->round.out, "-o FILE", e) < 0 ||
	    outfile_probe(a->round.state, e) < 0 || round_load(r, &a->round, e) < 0)
		return -1;
	pool = threads_new(a->threads);
	result = round_average(r, pool, a->quiet, e);
	threads_free(pool);
	if (result < 0)
		return -1;
	if (a->round.previous)
		print_updates(&r->clients, a->quiet);
	return round_save(r, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct round r = {0};
	struct err e;
	int result = run(&a, &r, &e);

	round_release(&r);
	free(a.weights);
	return tool_end(result < 0 ? tool_fail(&e) : 0);
}
