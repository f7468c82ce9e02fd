#pragma once
/* The training run: epochs over a dataset, validation, log, checkpoints. */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/threads.h"
#include "data/batch_images.h"
#include "data/dataset.h"
#include "nn/engine.h"
#include "model/model.h"
#include "model/weights.h"
#include "train/evaluate.h"

struct train_options {
	int epochs;                     /* 0: none, only what BN_EXACT does */
	int batch;
	double rate;
	uint64_t seed;
	bool dropout, shuffle;
	enum augment augment;
	bool balanced;                  /* a class counts n / (classes present x its images) */
	double proximal;                /* mu of adam.h */
	/* moving mean and variance from the training images, under the final weights */
	bool bn_exact;
	/* the weights of the epoch with the least validation loss */
	bool keep_best;
	const char *checkpoint;         /* path, or NULL */
	const char *log;                /* path of the TSV, or NULL */
	const char *run;                /* JSON object: identifies the run in the checkpoint */
	bool quiet;
	/* set by a signal: finish the batch, save, return TRAIN_STOPPED */
	const volatile sig_atomic_t *stop;
};

struct train_data {
	const struct dataset *dataset;
	const uint32_t *train, *valid;  /* indices of images */
	size_t train_count, valid_count;
};

struct train_result {
	struct weights w;               /* the caller releases it */
	/* of the last epoch; train as Keras's fit reports it; NaN: none */
	struct score train, valid;
	/* images of one epoch: the last train_count mod batch are left out */
	int64_t num_examples;
};

enum { TRAIN_DONE = 0, TRAIN_STOPPED = 1 };

/*
 * Trains from the weights FROM, which it leaves (model_drop_pages) before the first step. Every
 * epoch visits the training images in a new order (RNG_SHUFFLE, sub-stream = epoch) and leaves
 * the last incomplete batch out, as the tutorial's generator does; fewer images than one batch
 * are one batch. Returns TRAIN_DONE and RESULT, TRAIN_STOPPED (everything saved in the
 * checkpoint), or -1 with E set.
 */
int train(const struct train_options *o, const struct engine *engine, const struct model *from,
          const struct train_data *data, struct threads *pool, struct train_result *result,
          struct err *e);
