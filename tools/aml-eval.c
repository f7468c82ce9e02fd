/* aml-eval: loss, accuracy and a report by class of a model on a dataset. */
#include <stdlib.h>

#include "base/confine_outputs.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/threads.h"
#include "base/tool.h"
#include "data/dataset.h"
#include "data/dataset_names.h"
#include "fused/engine_pick.h"
#include "model/model.h"
#include "train/evaluate.h"
#include "score/outcome.h"

struct args {
	const char *dataset, *model, *out, *predictions;
	int split;
	uint64_t split_seed;
	bool json, quiet;
	int threads;
};

static struct args parse(int argc, char **argv)
{
	struct args a = {0};
	const struct opt opts[] = {
		OPT_REQUIRED_OR_ENV("AML_DATASET", 'd', "dataset", &a.dataset, "DATASET",
		                    "dataset to evaluate on"),
		OPT_CHOICE(0, "split", &a.split, "all|train|valid", "images to use"),
		OPT_SEED(0, "split-seed", &a.split_seed,
		         "seed of the 90/10 split, if the dataset has none"),
		OPT_FLAG(0, "json", &a.json, "write JSON to standard output, no table"),
		OPT_TEXT('p', "predictions", &a.predictions, "FILE",
		         "write the probabilities of each image"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N",
		        "threads; 0: all processors"),
		OPT_FLAG('q', "quiet", &a.quiet, "show no progress"),
		OPT_END
	};
	const struct opt_tool tool = { "MODEL [OUT.json]",
		                       "evaluate MODEL on a dataset", 1, 2,
		                       engine_pick_name, NULL,
		                       "aml-eval -d dataset -p predictions.tsv model.npz" };
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.model = rest[0];
	a.out = rest[1];
	if (a.predictions && outfile_is_stdout(a.predictions) &&
	    (a.json || (a.out && outfile_is_stdout(a.out))))
		opt_wrong("predictions and JSON cannot both go to standard output");
	return a;
}

/* What there is to write about an outcome: outcome_json or outcome_predictions. */
static int save(const char *path, void (*write)(const struct outcome *o, FILE *f),
                const struct outcome *o, struct err *e)
{
	struct outfile *out = outfile_open(path, e);

	if (!out)
		return -1;
	write(o, outfile_stream(out));
	return outfile_commit(out, true, e);
}

/* The table goes to stdout unless that is taken, or the result goes to a file. */
static int write_outputs(const struct args *a, const struct outcome *o, struct err *e)
{
	if (a->predictions && save(a->predictions, outcome_predictions, o, e) < 0)
		return -1;
	if (a->out && save(a->out, outcome_json, o, e) < 0)
		return -1;
	if (a->json)
		outcome_json(o, stdout);
	else if (!a->out && !a->predictions)
		outcome_print(o, stdout);
	else if (!a->quiet)
		outcome_print(o, stderr);
	return 0;
}

static int run(const struct args *a, const struct model *m, const struct dataset *d,
               struct err *e)
{
	struct evaluation v = { .engine = engine_pick(&m->net, e), .net = &m->net, .w = m->w,
		                .dataset = d };
	struct outcome o = {0};
	int result = -1;

	if (!v.engine)
		return -1;
	v.pool = threads_new(a->threads);
	if (outcome_init(&o, &v, (enum split)a->split, a->split_seed, a->quiet, e) == 0) {
		outcome_recall(&o, m->facts);
		result = write_outputs(a, &o, e);
	}
	outcome_release(&o);
	threads_free(v.pool);
	return result;
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_INPUT, "MODEL", a->model);
	dataset_names_add(&d, "DATASET", a->dataset);
	distinct_add(&d, DISTINCT_OUTPUT, "OUT.json", a->out);
	distinct_add(&d, DISTINCT_OUTPUT, "-p", a->predictions);
	if (a->json || (!a->out && !a->predictions))
		distinct_add(&d, DISTINCT_OUTPUT, "the result", "-");
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct model m = {0};
	struct dataset d = {0};
	struct err e;
	int status = 0;

	if (check_names(&a, &e) < 0 || outfile_probe(a.predictions, &e) < 0 ||
	    outfile_probe(a.out, &e) < 0 ||
	    model_load(&m, a.model, 0, &e) < 0 || dataset_open(&d, a.dataset, &e) < 0 ||
	    model_check_dataset(&m, a.model, &d, &e) < 0 || run(&a, &m, &d, &e) < 0)
		status = tool_fail(&e);
	dataset_release(&d);
	model_release(&m);
	return tool_end(status);
}
