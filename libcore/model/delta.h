#pragma once
/*
 * Small uplinks: a model as its difference from a parent that both sides have, each row (a vector
 * along the last axis of an array) in steps of a scale of its own, deflated; quant.h has
 * the formula and the bound of the error. An .npz archive:
 *
 *   K.q       |i1, the shape of array K     steps
 *   K.scale   <f4, one number a row         for every array K but the statistics
 *   12, 13    <f4                           the batch norm's statistics as they are
 *
 * Its facts (facts.h) are those of the model, with
 *   weights   digest of the numbers that the file stands for: parent + scale x steps
 *   parents   as before; of a model that names none, the parent
 *   delta     {"bits": 8, "from": digest of the parent, "of": digest of the model before}
 */
#include "base/err.h"
#include "model/model.h"

/* Writes MODEL as its difference from PARENT, of the same network. Returns 0, or -1 with E set. */
int delta_save(const char *path, const struct model *model, const struct model *parent, int bits,
               struct err *e);

/*
 * Loads PATH ("-": stdin), weights or differences, as model_load does; M owns its numbers.
 * PARENT: what differences refer to, its digest is compared; NULL: only weights are accepted.
 */
int delta_load(struct model *m, const char *path, const struct model *parent, struct err *e);
