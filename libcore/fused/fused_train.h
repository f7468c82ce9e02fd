#pragma once
/* A training step over the kernels: the trainer's functions of struct engine. */
#include "nn/engine.h"

struct trainer *fused_train_new(const struct engine *engine, const struct net *net, int max_batch,
                                struct threads *pool);
void fused_train_free(struct trainer *t);
void fused_train_set(struct trainer *t, const float *const w[NET_ARRAYS],
                     const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
                     uint64_t steps);
void fused_train_anchor(struct trainer *t, const float *const w[NET_ARRAYS]);
void fused_train_get(struct trainer *t, float *w[NET_ARRAYS], float *m[NET_ARRAYS],
                     float *v[NET_ARRAYS]);
bool fused_train_is_finite(const struct trainer *t, bool whole);
void fused_train_end(struct trainer *t);
struct predictor *fused_train_predictor(const struct trainer *t, const float *mean,
                                        const float *var, int max_batch);
void fused_train_step(struct trainer *t, const struct batch *b, const struct adam *a,
                      struct batch_result *r);
void fused_train_gradients(struct trainer *t, const struct batch *b, float *dw[NET_ARRAYS],
                           struct batch_result *r);
