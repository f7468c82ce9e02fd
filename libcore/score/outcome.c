/* What a model is worth on a dataset; see outcome.h. */
#include "score/outcome.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/progress.h"
#include "nn/softmax.h"
#include "model/facts.h"
#include "score/metrics.h"
#include "score/predictions.h"
#include "stats/interval.h"

static const float *probs_of(const struct outcome *o, size_t i)
{
	return o->probs + i * (size_t)o->confusion.classes.count;
}

static int likeliest(const struct outcome *o, size_t i)
{
	return softmax_argmax(probs_of(o, i), o->confusion.classes.count);
}

/* Means over those of the outcome's images that lie on SIDE of the split; C counts them, too. */
static struct score score_side(const struct outcome *o, enum split side, uint64_t seed,
                               struct confusion *c)
{
	const struct dataset *d = o->dataset;
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
		s.accuracy += likeliest(o, i) == d->labels[o->index[i]];
		++*confusion_at(c, d->labels[o->index[i]], likeliest(o, i));
	}
	free(member);
	s.loss /= (double)s.images;             /* NaN if there are none */
	s.accuracy /= (double)s.images;
	return s;
}

static char *report_of(const struct confusion *c)
{
	struct metrics metrics;
	char *report;

	metrics_init(&metrics, c);
	report = metrics_report(&metrics, &c->classes);
	metrics_release(&metrics);
	return report;
}

static void summarise(struct outcome *o)
{
	struct confusion train, valid;

	confusion_init(&train, &o->dataset->classes);
	confusion_init(&valid, &o->dataset->classes);
	o->train = score_side(o, SPLIT_TRAIN, o->seed, &train);
	o->valid = score_side(o, SPLIT_VALID, o->seed, &valid);
	for (size_t i = 0; i < o->count; i++)
		++*confusion_at(&o->confusion, o->dataset->labels[o->index[i]], likeliest(o, i));
	o->report = report_of(&o->confusion);
	o->valid_report = report_of(&valid);
	confusion_release(&train);
	confusion_release(&valid);
}

int outcome_init(struct outcome *o, const struct evaluation *v, enum split side, uint64_t seed,
                 bool quiet, struct err *e)
{
	const struct dataset *d = v->dataset;
	struct evaluation watched = *v;
	struct progress progress;
	int result;

	*o = (struct outcome){ .dataset = d, .seed = seed };
	confusion_init(&o->confusion, &d->classes);
	o->index = xmalloc(d->count, sizeof *o->index);
	o->count = split_select(d, side, seed, o->index);
	o->probs = xmalloc(o->count * (size_t)v->net->classes, sizeof *o->probs);
	o->loss = xmalloc(o->count, sizeof *o->loss);
	watched.progress = &progress;
	progress_start(&progress, "evaluate", "images", o->count, quiet);
	result = evaluate(&watched, o->index, o->count, o->probs, o->loss, &o->all, e);
	progress_end(&progress);
	if (result == 0)
		summarise(o);
	else
		outcome_release(o);
	return result;
}

void outcome_release(struct outcome *o)
{
	free(o->index);
	free(o->probs);
	free(o->loss);
	free(o->report);
	free(o->valid_report);
	confusion_release(&o->confusion);
	*o = (struct outcome){0};
}

/*
 * The digest of a dataset does not tell its split: could a run over the training images of this
 * one have had the num_examples of FACTS?
 */
static bool split_fits(const struct outcome *o, const struct json *facts)
{
	uint32_t *member = xmalloc(o->dataset->count, sizeof *member);
	int64_t n = (int64_t)split_select(o->dataset, SPLIT_TRAIN, o->seed, member),
		batch = facts_int(facts, "batch");

	free(member);
	if (batch > n)
		batch = n;
	return batch > 0 && facts_int(facts, "num_examples") == n / batch * batch;
}

void outcome_recall(struct outcome *o, const struct json *facts)
{
	const char *dataset = facts_text(facts, "dataset"), *split = facts_text(facts, "split");

	o->training = OUTCOME_UNTRAINED;
	if (!dataset || !split || strcmp(dataset, o->dataset->digest))
		return;
	if (!strcmp(split, "all"))
		o->training = OUTCOME_TRAINED_ALL;
	else if (!split_fits(o, facts) || !facts_seed(facts, "split_seed", &o->trained_seed))
		o->training = OUTCOME_TRAINED_SOME;
	else if (o->dataset->has_split || o->trained_seed == o->seed)
		o->training = OUTCOME_TRAINED_SIDE;
	else
		o->training = OUTCOME_TRAINED_OTHER_SEED;
}

/* ---- output ---- */

void outcome_json(const struct outcome *o, FILE *f)
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
	struct interval a = interval_wilson(llround(s->accuracy * (double)s->images),
	                                    (int64_t)s->images);

	if (s->images)
		fprintf(f, "%-10s %6zu images  loss %.4f  accuracy %.4f (%.4f-%.4f)\n", what,
		        s->images, s->loss, s->accuracy, a.low, a.high);
}

static void print_training(FILE *f, const struct outcome *o)
{
	switch (o->training) {
	case OUTCOME_UNTRAINED:
		break;
	case OUTCOME_TRAINED_ALL:
		fputs("the model was trained with all images of this dataset\n", f);
		break;
	case OUTCOME_TRAINED_SIDE:
		fputs("the model was trained with the training images of this dataset\n", f);
		break;
	case OUTCOME_TRAINED_SOME:
		fputs("the model was trained with images of this dataset, by another split\n", f);
		break;
	case OUTCOME_TRAINED_OTHER_SEED:
		fprintf(f,
		        "the model was trained with images of this dataset, those of "
		        "--split-seed %" PRIu64 "\n", o->trained_seed);
		break;
	}
}

void outcome_print(const struct outcome *o, FILE *f)
{
	bool sides = o->dataset->has_split || o->training == OUTCOME_TRAINED_SIDE,
	     unseen = o->training == OUTCOME_TRAINED_SIDE && o->valid.images;

	if (unseen)
		print_score(f, "validation", &o->valid);
	if (unseen)
		print_score(f, "training", &o->train);
	print_score(f, "all", &o->all);
	if (sides && !unseen) {
		print_score(f, "training", &o->train);
		print_score(f, "validation", &o->valid);
	}
	print_training(f, o);
	if (unseen)
		fprintf(f, "\nthe %zu validation images:\n", o->valid.images);
	fprintf(f, "\n%s", unseen ? o->valid_report : o->report);
}

void outcome_predictions(const struct outcome *o, FILE *f)
{
	const struct dataset *d = o->dataset;
	const struct classes *c = &o->confusion.classes;

	predictions_header(f, c);
	for (size_t i = 0; i < o->count; i++)
		predictions_row(f, c, d->ids[o->index[i]], d->labels[o->index[i]], probs_of(o, i));
}
