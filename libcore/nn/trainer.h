#pragma once
/*
 * Training steps by any engine. A trainer owns weights and Adam's moments, in a layout of its
 * own; arrays go in and out in get_weights() shapes (net.h).
 */
#include <stdint.h>

#include "nn/adam.h"
#include "nn/batch.h"
#include "nn/engine.h"
#include "nn/net.h"

/* For batches of up to MAX_BATCH images; trainer_set gives it weights. ENGINE, POOL outlive it. */
struct trainer *trainer_new(const struct engine *engine, const struct net *net, int max_batch,
                            struct threads *pool);
void trainer_free(struct trainer *t);           /* NULL is allowed */

/*
 * Copies in the weights W, and the first and second moments M and V, or NULL for zeros. STEPS:
 * updates made so far.
 */
void trainer_set(struct trainer *t, const float *const w[NET_ARRAYS],
                 const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
                 uint64_t steps);

/* The weights that the proximal term of adam.h pulls towards; copied. */
void trainer_anchor(struct trainer *t, const float *const w[NET_ARRAYS]);

/* One step of Adam on one batch. The result does not depend on the number of threads. */
void trainer_step(struct trainer *t, const struct batch *b, const struct adam *a,
                  struct batch_result *r);

/*
 * Forward and backward only: the gradients, zero for the statistics. The gradient of dense1's
 * bias, 0 in exact arithmetic, is 0. Weights and moments do not change. The tests compare it
 * with formulas, which steps of Adam would hide.
 */
void trainer_gradients(struct trainer *t, const struct batch *b, float *dw[NET_ARRAYS],
                       struct batch_result *r);

/* Copies out; M and V may be NULL. */
void trainer_get(struct trainer *t, float *w[NET_ARRAYS], float *m[NET_ARRAYS],
                 float *v[NET_ARRAYS]);

/*
 * Is no weight NaN or infinite? Relu can hide one from the loss. Without WHOLE all but dense1's, a
 * hundredth of the whole, which cost nothing beside a step: what is wrong in dense1 comes to batch
 * norm's statistics with the next step.
 */
bool trainer_is_finite(const struct trainer *t, bool whole);

/* Frees the moments: no more steps, no trainer_set, and trainer_get for W alone. */
void trainer_end(struct trainer *t);

/*
 * A predictor (predictor.h) over the trainer's own weights, valid until they change; the caller
 * frees it. MEAN, VAR [dense]: batch norm's, read now; NULL: the trainer's.
 */
struct predictor *trainer_predictor(const struct trainer *t, const float *mean, const float *var,
                                    int max_batch);
