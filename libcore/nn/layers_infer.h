#pragma once
/* Inference layer after layer: the predictor's functions of struct engine. */
#include "nn/engine.h"

struct predictor *layers_infer_new(const struct engine *engine, const struct net *net,
                                   const float *const w[NET_ARRAYS], int max_batch,
                                   struct threads *pool);
struct predictor *layers_infer_new_mapped(const struct engine *engine, const struct net *net,
                                          const float *const w[NET_ARRAYS],
                                          struct threads *pool);
const float *layers_infer_map(const struct predictor *p);
void layers_infer_free(struct predictor *p);
void layers_infer_run(struct predictor *p, const float *const *image, int n, float *logits,
                      float *features);
