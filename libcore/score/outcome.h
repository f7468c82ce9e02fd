#pragma once
/*
 * The quality of a model on a dataset: loss and accuracy over the evaluated images and on
 * each side of the split, and a report for each class.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "data/dataset.h"
#include "data/split.h"
#include "train/evaluate.h"
#include "score/confusion.h"

/* What the model's last training had of the dataset. */
enum outcome_training {
	OUTCOME_UNTRAINED,              /* nothing, as far as is known */
	OUTCOME_TRAINED_ALL,
	OUTCOME_TRAINED_SIDE,           /* the training images of this split */
	OUTCOME_TRAINED_OTHER_SEED,     /* those of a split by another seed */
	OUTCOME_TRAINED_SOME            /* others: the dataset's split was another */
};

struct outcome {
	const struct dataset *dataset;  /* borrowed */
	uint32_t *index;                /* COUNT images, in the order of the dataset */
	size_t count;
	float *probs;                   /* [count][classes] */
	double *loss;                   /* [count] */
	struct score all;
	struct score train, valid;      /* of those of them on that side of the split */
	struct confusion confusion;
	char *report, *valid_report;    /* metrics_report, of all and of VALID */
	enum outcome_training training;
	uint64_t seed, trained_seed;    /* of the split; of that of the training */
};

/*
 * Evaluates V over the images on SIDE of the split (SEED: split.h), with a progress bar of its
 * own unless QUIET. Returns 0, or -1 with E set: an image that cannot be read.
 */
int outcome_init(struct outcome *o, const struct evaluation *v, enum split side, uint64_t seed,
                 bool quiet, struct err *e);
void outcome_release(struct outcome *o);

/* Takes from the model's facts (NULL: none) what it was trained with. */
void outcome_recall(struct outcome *o, const struct json *facts);

/* A JSON object: the tutorial's keys, and the same over all images. Errors stay in the stream. */
void outcome_json(const struct outcome *o, FILE *f);

/*
 * As a readable table: a line for each score that has images, its accuracy with the 95 % interval
 * (interval_wilson), what is known of the training, then the report. The sides of a split that a
 * seed draws are left out unless the model was trained with one of them: they would tell nothing.
 * Where it was, the images that it was not trained with come first, and the report is of these.
 */
void outcome_print(const struct outcome *o, FILE *f);

/* PREDICTIONS.tsv, predictions.h. */
void outcome_predictions(const struct outcome *o, FILE *f);
