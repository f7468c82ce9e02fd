#pragma once
/* Inference over the kernels: the predictor's functions of struct engine. */
#include "nn/engine.h"

struct predictor *fused_infer_new(const struct engine *engine, const struct net *net,
                                  const float *const w[NET_ARRAYS], int max_batch,
                                  struct threads *pool);
/* The same over weights of dense1 in blocks (fused_dense.h). */
struct predictor *fused_infer_new_blocked(const struct engine *engine, const struct net *net,
                                          const float *const w[NET_ARRAYS], int max_batch,
                                          struct threads *pool);
struct predictor *fused_infer_new_mapped(const struct engine *engine, const struct net *net,
                                         const float *const w[NET_ARRAYS],
                                         struct threads *pool);
const float *fused_infer_map(const struct predictor *p);
void fused_infer_free(struct predictor *p);
void fused_infer_run(struct predictor *p, const float *const *image, int n, float *logits,
                     float *features);
