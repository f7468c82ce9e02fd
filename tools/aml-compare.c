/* aml-compare: which of two models is better on the same images, and can it be shown? */
#include <stdlib.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/threads.h"
#include "base/tool.h"
#include "score/compare.h"
#include "score/compare_show.h"

struct args {
	const char *out, *groups_file, *patients;
	struct opt_list groups;         /* "NAME=CODE,..." */
	const char *a, *b;
	bool json;
	int resamples, threads;
	uint64_t seed;
};

static struct args parse(int argc, char **argv)
{
	struct args a = { .out = "-", .resamples = 2000 };
	const struct opt opts[] = {
		OPT_FLAG(0, "json", &a.json, "write JSON"),
		OPT_LIST('g', "group", &a.groups, "NAME=CODE,...",
		         "also compare these classes together; repeatable"),
		OPT_TEXT(0, "groups", &a.groups_file, "FILE.tsv", "groups, one a line"),
		OPT_TEXT(0, "patients", &a.patients, "FILE.tsv",
		         "lines of id and patient; intervals and tests over patients"),
		OPT_INT(0, "resamples", &a.resamples, 100, 100000, "N",
		        "how often images or patients are drawn again"),
		OPT_SEED('s', "seed", &a.seed, "random seed of that"),
		OPT_TEXT('o', "output", &a.out, "FILE", "write to FILE"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N", "threads; 0: all processors"),
		OPT_END
	};
	const struct opt_tool tool = {
		"A.tsv B.tsv",
		"compare the predictions of two models for the same images", 2, 2, NULL, NULL,
		"aml-compare old.tsv new.tsv"
	};
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.a = rest[0];
	a.b = rest[1];
	return a;
}

struct inputs {
	struct cases a, b;
	size_t *in_b;
	struct class_groups groups;
	struct id_groups patients;
};

static int load_predictions(struct inputs *in, const struct args *a, struct err *e)
{
	if (cases_load(&in->a, a->a, e) < 0 || cases_load(&in->b, a->b, e) < 0)
		return -1;
	in->in_b = compare_match(&in->a, &in->b, infile_name(a->a), infile_name(a->b), e);
	if (!in->in_b)
		return -1;
	return in->a.count ? 0 : err_set(e, "%s: no images", infile_name(a->a));
}

static int load_patients(struct inputs *in, const struct args *a, struct err *e)
{
	return a->patients ? cases_patients(&in->a, &in->patients, a->patients, e) : 0;
}

static void inputs_release(struct inputs *in)
{
	cases_release(&in->a);
	cases_release(&in->b);
	free(in->in_b);
	class_groups_release(&in->groups);
	id_groups_release(&in->patients);
}

static int run(const struct args *a, const struct inputs *in, struct err *e)
{
	struct outfile *o = outfile_open(a->out, e);
	struct threads *pool;
	struct compare c;

	if (!o)
		return -1;
	pool = threads_new(a->threads);
	compare_init(&c, &in->a, &in->b, in->in_b, &(struct compare_options){
		.groups = &in->groups,
		.patients = a->patients ? &in->patients : NULL,
		.bootstrap = { a->resamples, a->seed, pool },
	});
	threads_free(pool);
	(a->json ? compare_show_json : compare_show_print)(&c, outfile_stream(o));
	compare_release(&c);
	return outfile_commit(o, true, e);
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_INPUT, "A.tsv", a->a);
	distinct_add(&d, DISTINCT_INPUT, "B.tsv", a->b);
	distinct_add(&d, DISTINCT_INPUT, "--groups", a->groups_file);
	distinct_add(&d, DISTINCT_INPUT, "--patients", a->patients);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct inputs in = {0};
	struct err e;
	int status = 0;

	if (check_names(&a, &e) < 0 || outfile_probe(a.out, &e) < 0 ||
	    load_predictions(&in, &a, &e) < 0 ||
	    class_groups_gather(&in.groups, a.groups.item, a.groups.count, a.groups_file,
	                        &in.a.classes, &e) < 0 ||
	    load_patients(&in, &a, &e) < 0 || run(&a, &in, &e) < 0)
		status = tool_fail(&e);
	inputs_release(&in);
	return tool_end(status);
}
