#pragma once
/*
 * A training run described as JSON: what a checkpoint must agree with, and the facts
 * (model/facts.h) of the trained model.
 */
#include <stdbool.h>
#include <stdint.h>

#include "data/dataset.h"
#include "nn/engine.h"
#include "nn/net.h"
#include "train/train.h"

struct train_facts {
	const struct train_options *options;
	bool all;                       /* of the images; otherwise those for training */
	uint64_t split_seed;
	const struct dataset *dataset;
	const char *parent;             /* digest of the weights that the run begins with */
};

/* All that the weights depend on but for the number of epochs, in new memory. */
char *train_facts_run(const struct train_facts *f);

/* The facts of the result R, in new memory. */
char *train_facts_result(const struct train_facts *f, const struct net *net,
                         const struct engine *engine, const struct train_result *r);
