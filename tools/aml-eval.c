/* aml-eval: loss, accuracy and a report by class of a model on a dataset. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "data/split.h"
#include "nn/softmax.h"
#include "fused/engine_pick.h"
#include "model/facts.h"
#include "model/model.h"
#include "train/evaluate.h"
#include "score/confusion.h"
#include "score/metrics.h"
#include "score/predictions.h"

struct args {
	const char *dataset, *model, *out, *predictions;
	int split;
	uint64_t split_seed;
	bool json, quiet;
	int threads;
};

/* The images that are looked at, in the order of the dataset, and what the model says of them. */
struct outcome {
	uint32_t *index;
	size_t count;
	float *probs;                   /* [count][classes] */
	double *loss;                   /* [count] */
	struct score all, train, valid; /* train, valid: of the images on that side of the split */
	struct confusion confusion;
	char *report;
};

static struct args parse(int argc, char **argv)
{
	struct args a = {0};
	const struct opt opts[] = {
		OPT_REQUIRED_OR_ENV("AML_DATASET", 'd', "dataset", &a.dataset, "DATASET",
		                    "images to look at"),
		OPT_CHOICE(0, "split", &a.split, "all|train|valid", "which of them"),
		OPT_SEED(0, "split-seed", &a.split_seed,
		         "of the 90/10 split, where the dataset has none"),
		OPT_FLAG(0, "json", &a.json, "JSON to standard output, no table"),
		OPT_TEXT('p', "predictions", &a.predictions, "FILE",
		         "write the probabilities of each image"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N",
		        "threads; 0: all processors"),
		OPT_FLAG('q', "quiet", &a.quiet, "no progress"),
		OPT_END
	};
	const struct opt_tool tool = { "[OPTION]... MODEL [OUT.json]",
		                       "evaluate MODEL on a dataset", 1, 2,
		                       engine_pick_name };
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.model = rest[0];
	a.out = rest[1];
	if (a.predictions && outfile_is_stdout(a.predictions) &&
	    (a.json || (a.out && outfile_is_stdout(a.out))))
		opt_wrong("predictions and JSON cannot both go to standard output");
	return a;
}

static const float *probs_of(const struct outcome *o, size_t i)
{
	return o->probs + i * (size_t)o->confusion.classes.count;
}

/* Means over those of the outcome's images that lie on SIDE of the split. */
static struct score score_side(const struct outcome *o, const struct dataset *d,
                               enum split side, uint64_t seed)
{
	uint32_t *member = xmalloc(d->count, sizeof *member);
	size_t members = split_select(d, side, seed, member), at = 0;
	struct score s = {0};

	for (size_t i = 0; i < o->count; i++) {         /* both lists ascend */
		while (at < members && member[at] < o->index[i])
			at++;
		if (at == members || member[at] != o->index[i])
			continue;
		s.images++;
		s.loss += o->loss[i];
		s.accuracy += argmax(probs_of(o, i), o->confusion.classes.count) ==
		              d->labels[o->index[i]];
	}
	free(member);
	s.loss /= (double)s.images;             /* NaN if there are none */
	s.accuracy /= (double)s.images;
	return s;
}

static void count_confusion(struct outcome *o, const struct dataset *d)
{
	for (size_t i = 0; i < o->count; i++) {
		int best = argmax(probs_of(o, i), o->confusion.classes.count);

		++*confusion_at(&o->confusion, d->labels[o->index[i]], best);
	}
}

static int look(const struct args *a, const struct model *m, const struct dataset *d,
                struct outcome *o, struct err *e)
{
	struct threads *pool = threads_new(a->threads);
	struct progress progress;
	struct evaluation v = { .engine = engine_pick(&m->net, e),
		                .net = &m->net,
		                .w = m->w,
		                .dataset = d,
		                .pool = pool,
		                .progress = &progress };
	int result = -1;

	o->index = xmalloc(d->count, sizeof *o->index);
	o->count = split_select(d, (enum split)a->split, a->split_seed, o->index);
	o->probs = xmalloc(o->count * (size_t)m->net.classes, sizeof *o->probs);
	o->loss = xmalloc(o->count, sizeof *o->loss);
	progress_start(&progress, "evaluate", "images", o->count, a->quiet);
	if (v.engine)
		result = evaluate(&v, o->index, o->count, o->probs, o->loss, &o->all, e);
	progress_end(&progress);
	threads_free(pool);
	return result;
}

static void summarise(const struct args *a, const struct dataset *d, struct outcome *o)
{
	struct metrics metrics;

	o->train = score_side(o, d, SPLIT_TRAIN, a->split_seed);
	o->valid = score_side(o, d, SPLIT_VALID, a->split_seed);
	count_confusion(o, d);
	metrics_init(&metrics, &o->confusion);
	o->report = metrics_report(&metrics, &o->confusion.classes);
	metrics_release(&metrics);
}

/* ---- output ---- */

/* The tutorial's keys, and the same over all images that were looked at. */
static void write_json(FILE *f, const struct outcome *o)
{
	struct json_writer j;

	json_start(&j, f, true);
	json_object(&j, NULL);
	json_int(&j, "images", (int64_t)o->count);
	json_number(&j, "loss", o->all.loss);
	json_number(&j, "accuracy", o->all.accuracy);
	json_number(&j, "training_loss", o->train.loss);
	json_number(&j, "training_accuracy", o->train.accuracy);
	json_number(&j, "test_loss", o->valid.loss);
	json_number(&j, "test_accuracy", o->valid.accuracy);
	json_text(&j, "classification_report", o->report);
	json_close_object(&j);
}

static void print_score(FILE *f, const char *what, const struct score *s)
{
	if (s->images)
		fprintf(f, "%-10s %6zu images  loss %.4f  accuracy %.4f\n", what,
		        s->images, s->loss, s->accuracy);
}

static void print_report(FILE *f, const struct outcome *o)
{
	print_score(f, "all", &o->all);
	print_score(f, "training", &o->train);
	print_score(f, "validation", &o->valid);
	fprintf(f, "\n%s", o->report);
}

static void write_predictions(FILE *f, const struct dataset *d, const struct outcome *o)
{
	const struct classes *c = &o->confusion.classes;

	predictions_header(f, c);
	for (size_t i = 0; i < o->count; i++)
		predictions_row(f, c, d->ids[o->index[i]], d->labels[o->index[i]], probs_of(o, i));
}

static int save_predictions(const char *path, const struct dataset *d,
                            const struct outcome *o, struct err *e)
{
	struct outfile *out = outfile_open(path, e);

	if (!out)
		return -1;
	write_predictions(outfile_stream(out), d, o);
	return outfile_commit(out, true, e);
}

static int save_json(const char *path, const struct outcome *o, struct err *e)
{
	struct outfile *out = outfile_open(path, e);

	if (!out)
		return -1;
	write_json(outfile_stream(out), o);
	return outfile_commit(out, true, e);
}

/* The table goes to stdout unless that is taken, or the result goes to a file. */
static int write_outputs(const struct args *a, const struct dataset *d,
                         const struct outcome *o, struct err *e)
{
	if (a->predictions && save_predictions(a->predictions, d, o, e) < 0)
		return -1;
	if (a->out && save_json(a->out, o, e) < 0)
		return -1;
	if (a->json)
		write_json(stdout, o);
	else if (!a->out && !a->predictions)
		print_report(stdout, o);
	else if (!a->quiet)
		print_report(stderr, o);
	return 0;
}

static void outcome_release(struct outcome *o)
{
	free(o->index);
	free(o->probs);
	free(o->loss);
	free(o->report);
	confusion_release(&o->confusion);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct model m = {0};
	struct dataset d = {0};
	struct outcome o = {0};
	struct err e;
	int status = 1;

	if (model_load(&m, a.model, 0, &e) < 0 || dataset_open(&d, a.dataset, &e) < 0 ||
	    model_check_dataset(&m, a.model, &d, &e) < 0)
		goto out;
	confusion_init(&o.confusion, &d.classes);
	if (look(&a, &m, &d, &o, &e) < 0)
		goto out;
	summarise(&a, &d, &o);
	status = write_outputs(&a, &d, &o, &e) < 0;
out:
	if (status)
		tool_fail(&e);
	outcome_release(&o);
	dataset_release(&d);
	model_release(&m);
	return tool_end(status);
}
