#pragma once
/*
 * A model with a temperature T folded into its last layer: its weights and biases divided
 * by T, so that the logits are, and the probabilities are softmax(logits / T). Nothing
 * else changes.
 */
#include <stdint.h>

#include "base/err.h"
#include "data/classes.h"
#include "model/model.h"

/*
 * Writes M so to PATH ("-": stdout), with facts of aml-calibrate: the temperature, the
 * number of IMAGES that it was fitted on, C as classes; M as parent, and what it was
 * trained on from M's. Returns 0, or -1 with E set, PATH named: a weight becomes
 * infinite.
 */
int temper_save(const char *path, const struct model *m, double temperature,
                int64_t images, const struct classes *c, struct err *e);
