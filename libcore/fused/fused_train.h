#pragma once
/*
 * A training step over the kernels; the functions of struct engine, with the table of
 * kernels in front.
 */
#include "kernels/kernels.h"
#include "nn/engine.h"

void *fused_trainer_new(const struct kernels *k, const struct net *net, int max_batch,
                        struct threads *pool);
void fused_trainer_free(void *t);
void fused_trainer_set(void *t, const float *const w[NET_ARRAYS],
                       const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
                       uint64_t steps);
void fused_trainer_anchor(void *t, const float *const w[NET_ARRAYS]);
void fused_trainer_get(void *t, float *w[NET_ARRAYS], float *m[NET_ARRAYS], float *v[NET_ARRAYS]);
void fused_trainer_end(void *t);
void *fused_trainer_predictor(const void *t, const float *mean, const float *var, int max_batch);
void fused_trainer_step(void *t, const struct batch *b, const struct adam *a,
                        struct batch_result *r);
void fused_trainer_gradients(void *t, const struct batch *b, float *dw[NET_ARRAYS],
                             struct batch_result *r);
