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
#include "data/dataset.h"
#include "data/split.h"
#include "train/evaluate.h"
#include "score/confusion.h"

struct outcome {
	const struct dataset *dataset;  /* borrowed */
	uint32_t *index;                /* COUNT images, in the order of the dataset */
	size_t count;
	float *probs;                   /* [count][classes] */
	double *loss;                   /* [count] */
	struct score all;
	struct score train, valid;      /* of those of them on that side of the split */
	struct confusion confusion;
	char *report;                   /* metrics_report */
};

/*
 * Evaluates V over the images on SIDE of the split (SEED: split.h), with a progress bar of its
 * own unless QUIET. Returns 0, or -1 with E set: an image that cannot be read.
 */
int outcome_init(struct outcome *o, const struct evaluation *v, enum split side, uint64_t seed,
                 bool quiet, struct err *e);
void outcome_release(struct outcome *o);

/* A JSON object: the tutorial's keys, and the same over all images. Errors stay in the stream. */
void outcome_json(const struct outcome *o, FILE *f);

/* As a readable table: a line for each score that has images, then the report. */
void outcome_print(const struct outcome *o, FILE *f);

/* PREDICTIONS.tsv, predictions.h. */
void outcome_predictions(const struct outcome *o, FILE *f);
