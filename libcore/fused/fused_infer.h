#pragma once
/*
 * Inference over the kernels; the functions of struct engine, with the table of kernels
 * in front.
 */
#include "kernels/kernels.h"
#include "nn/engine.h"

void *fused_predictor_new(const struct kernels *k, const struct net *net,
                          const float *const w[NET_ARRAYS], int max_batch,
                          struct threads *pool);
/* The same over weights of dense1 in blocks (fused_dense.h). */
void *fused_predictor_blocked(const struct kernels *k, const struct net *net,
                              const float *const w[NET_ARRAYS], int max_batch,
                              struct threads *pool);
void fused_predictor_free(void *p);
void fused_predictor_run(void *p, const float *const *image, int n, float *logits, float *features);
