/* aml-score: what predictions are worth, with intervals; tables that sites may share. */
#include <stdlib.h>

#include "base/confine_outputs.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/threads.h"
#include "base/tool.h"
#include "score/abstention.h"
#include "score/by_patient.h"
#include "score/scorecard.h"
#include "score/scorecard_show.h"
#include "score/shared.h"
#include "score/tables.h"
#include "score/tolerant.h"

enum format { TABLE, JSON, TSV };

struct args {
	const char *out, *groups_file, *patients, *tolerant;
	struct opt_list groups;         /* "NAME=CODE,..." */
	char **in;                      /* ended by NULL */
	enum format format;
	bool share;
	double min_prob;                /* negative: none asked for */
	int min_cell, resamples, threads;
	uint64_t seed;
};

static void check(const struct args *a, bool json, bool tsv)
{
	if (json + tsv + a->share > 1)
		opt_wrong("only one of --json, --tsv and --share");
	if (a->share && (a->patients || a->tolerant || a->min_prob >= 0))
		opt_wrong("--share goes with none of --patients, --tolerant and --min-prob");
}

static struct args parse(int argc, char **argv)
{
	static char stdin_name[] = "-", *only_stdin[] = { stdin_name, NULL };
	struct args a = { .out = "-", .min_prob = -1, .resamples = 2000 };
	bool json = false, tsv = false;
	const struct opt opts[] = {
		OPT_FLAG(0, "json", &json, "write JSON"),
		OPT_FLAG(0, "tsv", &tsv,
		         "write tab-separated text, which MultiQC takes as *_mqc.tsv"),
		OPT_LIST('g', "group", &a.groups, "NAME=CODE,...",
		         "also score these classes together; repeatable"),
		OPT_TEXT(0, "groups", &a.groups_file, "FILE.tsv", "groups, one a line"),
		OPT_TEXT(0, "patients", &a.patients, "FILE.tsv",
		         "lines of id and patient; intervals over patients"),
		OPT_TEXT(0, "tolerant", &a.tolerant, "FILE.tsv",
		         "pairs of neighbouring classes that count as right"),
		OPT_FLOAT(0, "min-prob", &a.min_prob, 0, 1, "P",
		          "answer only images whose largest probability is at least P"),
		OPT_WITH("patients", INT, 0, "resamples", &a.resamples, 100, 100000, "N",
		         "with --patients: how often patients are drawn again"),
		OPT_SEED('s', "seed", &a.seed, "with --patients: random seed of that"),
		OPT_FLAG(0, "share", &a.share, "write counts to hand out in place of predictions"),
		OPT_WITH("share", INT, 0, "min-cell", &a.min_cell, 0, 1000000, "K",
		         "with --share: hide counts from 1 to K-1"),
		OPT_TEXT('o', "output", &a.out, "FILE", "write to FILE"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N", "threads; 0: all processors"),
		OPT_END
	};
	const struct opt_tool tool = {
		"[PREDICTIONS.tsv|SHARED.tsv]...",
		"score predictions, with 95 % intervals; tables of several sites add up", 0, -1,
		NULL, NULL, "aml-score predictions.tsv"
	};
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.in = *rest ? rest : only_stdin;
	a.format = json ? JSON : tsv ? TSV : TABLE;
	check(&a, json, tsv);
	return a;
}

static void write_view(const struct scorecard_view *v, enum format format, FILE *f)
{
	switch (format) {
	case JSON:
		scorecard_json(v, f);
		break;
	case TSV:
		scorecard_tsv(v, f);
		break;
	case TABLE:
		scorecard_print(v, f);
		break;
	}
}

static void write_scores(const struct args *a, const struct tables *t,
                         const struct tolerant_pairs *pairs, const struct id_groups *patients,
                         FILE *f)
{
	struct bootstrap b = { a->resamples, a->seed, threads_new(a->threads) };
	struct scorecard card;
	struct tolerant tolerant = {0};
	struct abstention abstention = {0};
	struct rank confidence;
	struct scorecard_view view = { .card = &card };

	scorecard_init(&card, &t->tally, tables_cases(t), b.pool);
	if (patients)
		by_patient_intervals(&card, &t->tally.groups, &t->cases, patients, &b);
	if (pairs) {
		tolerant_init(&tolerant, &t->tally.confusion, pairs);
		view.tolerant = &tolerant;
	}
	if (a->min_prob >= 0) {
		tables_confidence(t, &confidence);
		abstention_init(&abstention, &confidence, a->min_prob);
		rank_release(&confidence);
		view.abstention = &abstention;
	}
	write_view(&view, a->format, f);
	abstention_release(&abstention);
	tolerant_release(&tolerant);
	scorecard_release(&card);
	threads_free(b.pool);
}

static int write_shared(const struct args *a, struct tables *t, FILE *f, struct err *e)
{
	if (t->tally.images < a->min_cell)
		return err_set(e, "fewer than %d images: nothing of them may be told", a->min_cell);
	if (a->min_cell)
		tally_suppress(&t->tally, a->min_cell, shared_key(&t->tally));
	shared_write(&t->tally, f);
	return 0;
}

static int write_out(const struct args *a, struct tables *t, const struct tolerant_pairs *pairs,
                     const struct id_groups *patients, struct err *e)
{
	struct outfile *o = outfile_open(a->out, e);

	if (!o)
		return -1;
	if (!a->share) {
		write_scores(a, t, pairs, patients, outfile_stream(o));
	} else if (write_shared(a, t, outfile_stream(o), e) < 0) {
		outfile_abandon(o);
		return -1;
	}
	return outfile_commit(o, true, e);
}

static int run(const struct args *a, struct tables *t, struct err *e)
{
	struct tolerant_pairs pairs = {0};
	struct id_groups patients = {0};
	int result = 0;

	if (a->tolerant)
		result = tolerant_load(&pairs, a->tolerant, &t->tally.confusion.classes, e);
	if (result == 0 && a->patients)
		result = tables_patients(t, &patients, a->patients, e);
	if (result == 0)
		result = write_out(a, t, a->tolerant ? &pairs : NULL,
		                   a->patients ? &patients : NULL, e);
	tolerant_pairs_release(&pairs);
	id_groups_release(&patients);
	return result;
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add_all(&d, DISTINCT_INPUT, "an input", a->in);
	distinct_add(&d, DISTINCT_INPUT, "--groups", a->groups_file);
	distinct_add(&d, DISTINCT_INPUT, "--patients", a->patients);
	distinct_add(&d, DISTINCT_INPUT, "--tolerant", a->tolerant);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct tables_groups groups = { a.groups.item, a.groups.count, a.groups_file };
	struct tables t = {0};
	struct err e;
	int status = 0;

	if (check_names(&a, &e) < 0 || outfile_probe(a.out, &e) < 0 ||
	    tables_load(&t, a.in, &groups, &e) < 0 || run(&a, &t, &e) < 0)
		status = tool_fail(&e);
	tables_release(&t);
	return tool_end(status);
}
