/* aml-fedavg: one model from the models of many clients. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/confine_outputs.h"
#include "base/mem.h"
#include "base/operand.h"
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
	const char *weights_text, *clip_text;
	double *weights;                /* [count], or NULL */
	char **paths, **sites;          /* [count] */
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

/* "auto" or a length, which strtod alone would take from " 0x1p3" and "inf", too. */
static void parse_clip(struct args *a)
{
	struct clip *c = &a->round.clip;
	const char *text = a->clip_text;
	char *end = NULL;

	c->rule = CLIP_AUTO;
	if (!strcmp(text, "auto"))
		return;
	c->rule = CLIP_NORM;
	c->norm = strtod(text, &end);
	if (strspn(text, "0123456789.eE+-") != strlen(text) || end == text || *end ||
	    !(c->norm > 0 && isfinite(c->norm)))
		opt_wrong("--clip takes auto or a number above 0, not '%s'", text);
}

/* Is each a whole number? */
static bool weights_are_whole(const struct round_options *r)
{
	for (int i = 0; r->weights && i < r->count; i++)
		if (r->weights[i] != floor(r->weights[i]))
			return false;
	return true;
}

/* [SITE=]MODEL */
static void parse_operands(struct args *a, char *const *operands)
{
	struct round_options *r = &a->round;

	while (operands[r->count])
		r->count++;
	a->paths = xcalloc((size_t)r->count, sizeof *a->paths);
	a->sites = xcalloc((size_t)r->count, sizeof *a->sites);
	for (int i = 0; i < r->count; i++) {
		const char *path;

		a->sites[i] = operand_stem(operands[i], &path);
		a->paths[i] = xstrdup(path);
	}
	r->models = a->paths;
	r->sites = a->sites;
}

static void release_operands(struct args *a)
{
	for (int i = 0; i < a->round.count; i++) {
		free(a->paths[i]);
		free(a->sites[i]);
	}
	free(a->paths);
	free(a->sites);
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
	if (r->clip.rule && (!mean || !r->previous))
		opt_wrong("--clip needs --previous, and goes with --method mean only");
	if ((r->clip.rule || r->partial) && !weights_are_whole(r))
		opt_wrong("%s takes whole numbers for --weights",
		          r->clip.rule ? "--clip" : "--partial");
	if (r->partial && (!mean || optimise))
		opt_wrong("--partial goes with --method mean only, without --server-opt");
	if (r->partial && r->ledger)
		opt_wrong("--partial writes no model that --ledger could record");
	if (r->partial && r->clip.rule == CLIP_AUTO)
		opt_wrong("--partial needs the bound of --clip: auto is the median of all clients");
	if (optimise && (!r->previous || !r->state))
		opt_wrong("--server-opt needs --previous and --state");
	if (r->roster && !r->previous)
		opt_wrong("--roster needs --previous");
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
		OPT_TEXT  ( 0,  "clip", &a.clip_text, "auto|NORM", "clip longer updates"),
		OPT_TEXT  ( 0,  "roster", &r->roster, "FILE", "sites that take part"),
		OPT_WITH  ("roster", FLAG, 0, "allow-missing", &r->allow_missing,
		           "go on without some"),
		OPT_TEXT  ( 0,  "ledger", &r->ledger, "FILE", "append a line on this round"),
		OPT_FLAG  ( 0,  "partial", &r->partial, "write the sums, for another aml-fedavg"),
		OPT_CHOICE( 0,  "server-opt", &a.rule, SERVEROPT_RULES, "server optimiser"),
		OPT_WITH  ("server-opt", TEXT, 0, "state", &r->state, "FILE",
		           "its moments, updated in place"),
		OPT_WITH  ("server-opt", FLOAT, 0, "server-rate", &r->opt.rate, 0, 1e6, "RATE",
		           "its learning rate"),
		OPT_WITH  ("server-opt", FLOAT, 0, "beta1", &r->opt.beta1, 0, 1, "B",
		           "decay of the first moment"),
		OPT_WITH  ("server-opt", FLOAT, 0, "beta2", &r->opt.beta2, 0, 1, "B",
		           "decay of the second moment"),
		OPT_WITH  ("server-opt", FLOAT, 0, "tau", &r->opt.tau, 1e-18, 1e6, "TAU",
		           "added to the root"),
		OPT_INT   ('j', "jobs", &a.threads, 0, 4096, "N", "threads; 0: all processors"),
		OPT_FLAG  ('q', "quiet", &a.quiet, "show no progress and no table"),
		OPT_TEXT  ('o', "output", &r->out, "FILE", "write the model to FILE"),
		OPT_END
	};
	const struct opt_tool tool = {
		.operands = "[SITE=]MODEL...", .min = 1, .max = -1,
		.summary = "average the models of several clients", .kernels = kernels,
		.example = "aml-fedavg -o global.npz clinic0.npz clinic1.npz",
	};

	parse_operands(&a, opt_parse(opts, &tool, argc, argv));
	r->threads = a.threads;
	r->opt.rule = (enum serveropt_rule)a.rule;
	r->pool = a.bn == BN_POOL;
	if (a.weights_text)
		parse_weights(&a);
	r->weights = a.weights;
	if (a.clip_text)
		parse_clip(&a);
	parse_method(r);
	check_options(r);
	return a;
}

static void print_update(int64_t examples, double norm, const char *cosine, const char *scale,
                         const char *name, bool quiet)
{
	char images[24] = "-", update[24] = "-";

	if (examples >= 0)
		snprintf(images, sizeof images, "%lld", (long long)examples);
	if (norm >= 0)
		snprintf(update, sizeof update, "%.6g", norm);
	progress_line(quiet, "%10s  %12s  %7s  %s%s", images, update, cosine, scale, name);
}

/* Those of partial sums have no cosine, and are called by their digests. */
static void print_added(const struct partials *p, bool clip, bool quiet)
{
	for (int i = 0; i < p->count; i++)
		for (int j = 0; j < p->partial[i].sums.count; j++) {
			const struct partial_client *one = &p->partial[i].sums.client[j];
			char *name = xasprintf("%s: %.12s", p->path[i], one->digest);
			char scale[24] = "";

			if (clip)
				snprintf(scale, sizeof scale, "%8.6f  ", one->scale);
			print_update(one->examples, one->update_norm, "-", scale, name, quiet);
			free(name);
		}
}

/* How far each client went, and in the common direction or not. */
static void print_updates(const struct round *r, bool quiet)
{
	const struct clients *c = &r->clients;
	bool clip = r->o->clip.rule != CLIP_NONE;

	progress_line(quiet, "%10s  %12s  %7s  %s%s", "images", "update", "cosine",
	              clip ? "   scale  " : "", "model");
	for (int i = 0; i < c->count; i++) {
		const struct client *one = &c->client[i];
		char cosine[24] = "-", scale[24] = "";

		if (!r->o->partial)
			snprintf(cosine, sizeof cosine, "%.4f", one->cosine);
		if (clip)
			snprintf(scale, sizeof scale, "%8.6f  ", one->scale);
		print_update(one->examples, one->update_norm, cosine, scale, one->path, quiet);
	}
	print_added(&r->partials, clip, quiet);
}

static void print_missing(const struct submissions *s, bool quiet)
{
	for (int i = 0; i < s->missing_count; i++)
		progress_line(quiet, "%s: missing, went on without", s->missing[i]);
}

static int check_names(const struct round_options *r, struct err *e)
{
	struct distinct d = {0};

	for (int i = 0; i < r->count; i++) {
		char *metadata = xasprintf("%s-metadata", r->models[i]);
		char *signature = r->roster ? xasprintf("%s.sig", r->models[i]) : NULL;

		distinct_add(&d, DISTINCT_INPUT, "MODEL", r->models[i]);
		distinct_add(&d, DISTINCT_INPUT, "MODEL-metadata", metadata);
		distinct_add(&d, DISTINCT_INPUT, "MODEL.sig", signature);
		free(metadata);
		free(signature);
	}
	distinct_add(&d, DISTINCT_INPUT, "--roster", r->roster);
	distinct_add(&d, DISTINCT_INPUT, "--previous", r->previous);
	distinct_add(&d, DISTINCT_UPDATED, "--ledger", r->ledger);
	distinct_add(&d, DISTINCT_UPDATED, "--state", r->state);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", r->out);
	return distinct_end(&d, e);
}

static int run(const struct args *a, struct round *r, struct err *e)
{
	struct threads *pool;
	int result;

	if (check_names(&a->round, e) < 0 || outfile_probe_binary(a->round.out, "-o FILE", e) < 0 ||
	    outfile_probe(a->round.state, e) < 0 || round_gather(r, &a->round, e) < 0)
		return -1;
	if (confine_outputs((const char *const[]){ a->round.out, a->round.state, a->round.ledger },
	                    3, e) < 0)
		return -1;
	result = round_load(r, &a->round, e);
	if (result > 0)
		progress_line(a->quiet, "%s, %s: were written already", a->round.out,
		              a->round.state);
	if (result != 0)
		return result;
	pool = threads_new(a->threads);
	result = round_average(r, pool, a->quiet, e);
	threads_free(pool);
	if (result < 0)
		return -1;
	if (a->round.previous)
		print_updates(r, a->quiet);
	print_missing(&r->submissions, a->quiet);
	return round_save(r, e);
}

/* What sites did wrong, or else E. Returns the exit status. */
static int report(const struct round *r, const struct err *e)
{
	return round_faults(r, tool_warn) ? 1 : tool_fail(e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct round r = {0};
	struct err e;
	int status = run(&a, &r, &e) < 0 ? report(&r, &e) : 0;

	round_release(&r);
	release_operands(&a);
	free(a.weights);
	return tool_end(status);
}
