/* aml-report: what predictions are worth, as one page of HTML. */
#include <string.h>

#include "base/confine_outputs.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/progress.h"
#include "base/tool.h"
#include "data/dataset_names.h"
#include "fused/engine_pick.h"
#include "page/report.h"

struct args {
	const char *out;
	struct opt_list groups, logs, trail;
	struct evidence_files files;    /* borrows the lists */
	bool quiet;
};

static void check(const struct evidence_files *f)
{
	if (!*f->title)
		opt_wrong("the title is empty");
	if (f->trail_count && !f->model)
		opt_wrong("--trail needs -m");
}

static void parse(struct args *a, int argc, char **argv)
{
	struct evidence_files *f = &a->files;
	const struct opt opts[] = {
		OPT_TEXT('d', "dataset", &f->dataset, "DATASET",
		         "dataset of the images: adds pictures of cells and counts by split"),
		OPT_TEXT('m', "model", &f->model, "MODEL",
		         "model of the predictions: adds its facts and where it looked"),
		OPT_LIST(0, "trail", &a->trail, "PATH",
		         "earlier models, a file or a folder; repeatable"),
		OPT_LIST(0, "log", &a->logs, "[LABEL=]FILE.tsv",
		         "training log: adds learning curves; repeatable"),
		OPT_LIST('g', "group", &a->groups, "NAME=CODE,...",
		         "also judge these classes together; repeatable"),
		OPT_TEXT(0, "groups", &f->groups.file, "FILE.tsv", "groups, one a line"),
		OPT_TEXT(0, "patients", &f->patients, "FILE.tsv",
		         "lines of id and patient: adds differentials by patient"),
		OPT_TEXT(0, "tolerant", &f->tolerant, "FILE.tsv",
		         "pairs of neighbouring classes that count as right"),
		OPT_TEXT('t', "title", &f->title, "TITLE", "title of the page"),
		OPT_REQUIRED(TEXT, 'o', "output", &a->out, "PAGE.html", "write the page to this "
		                                                        "file"),
		OPT_WITH("patients", INT, 0, "resamples", &f->resamples, 100, 100000, "N",
		         "with --patients: how often patients are drawn again"),
		OPT_SEED('s', "seed", &f->seed, "with --patients: random seed of that"),
		OPT_INT('j', "jobs", &f->threads, 0, 1024, "N", "threads; 0: all processors"),
		OPT_FLAG('q', "quiet", &a->quiet, "do not tell how large the page is"),
		OPT_END
	};
	const struct opt_tool tool = {
		"PREDICTIONS.tsv|SHARED.tsv...",
		"report what predictions are worth on one page of HTML", 1, -1, engine_pick_name,
		NULL, "aml-report -d dataset -m model.npz -o page.html predictions.tsv"
	};

	f->tables = opt_parse(opts, &tool, argc, argv);
	f->groups.text = a->groups.item;
	f->groups.count = a->groups.count;
	f->logs = a->logs.item;
	f->logs_count = a->logs.count;
	f->trail = a->trail.item;
	f->trail_count = a->trail.count;
	check(f);
}

static int write_out(const struct args *a, const struct evidence *v, struct err *e)
{
	struct outfile *o = outfile_open(a->out, e);
	long size;

	if (!o)
		return -1;
	if (report_write(v, outfile_stream(o), e) < 0) {
		outfile_abandon(o);
		return -1;
	}
	size = ftell(outfile_stream(o));
	if (outfile_commit(o, true, e) < 0)
		return -1;
	if (size >= 0)
		progress_line(a->quiet, "%s: %ld kB", outfile_name(a->out), (size + 500) / 1000);
	return 0;
}

static int check_names(const struct args *a, struct err *e)
{
	const struct evidence_files *f = &a->files;
	const char *ending = strrchr(a->out, '.');
	bool is_model = ending && !strcmp(ending, ".npz");      /* one of a folder's */
	struct distinct d = {0};

	distinct_add_all(&d, DISTINCT_INPUT, "an input", f->tables);
	dataset_names_add(&d, "DATASET", f->dataset);
	distinct_add(&d, DISTINCT_INPUT, "MODEL", f->model);
	for (int i = 0; i < a->trail.count; i++)
		distinct_add(&d, is_model ? DISTINCT_FOLDER : DISTINCT_INPUT, "--trail",
		             a->trail.item[i]);
	distinct_add_values(&d, DISTINCT_INPUT, "--log", &a->logs);
	distinct_add(&d, DISTINCT_INPUT, "--groups", f->groups.file);
	distinct_add(&d, DISTINCT_INPUT, "--patients", f->patients);
	distinct_add(&d, DISTINCT_INPUT, "--tolerant", f->tolerant);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = {
		.files = { .title = "Report on a leukocyte classifier", .resamples = 2000 }
	};
	struct evidence v = {0};
	struct err e;
	int status = 0;

	parse(&a, argc, argv);
	if (check_names(&a, &e) < 0 || outfile_probe(a.out, &e) < 0 ||
	    evidence_gather(&v, &a.files, &e) < 0 || write_out(&a, &v, &e) < 0)
		status = tool_fail(&e);
	evidence_release(&v);
	return tool_end(status);
}
