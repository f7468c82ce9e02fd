#pragma once
/* Inference by any engine. */
#include <stdbool.h>

#include "base/threads.h"
#include "nn/engine.h"
#include "nn/net.h"

/*
 * Over the weights W (get_weights() shapes, net.h), which are borrowed and must outlive it, as
 * must ENGINE and POOL. MAX_BATCH: images at a time, which its memory grows with.
 */
struct predictor *predictor_new(const struct engine *engine, const struct net *net,
                                const float *const w[NET_ARRAYS], int max_batch,
                                struct threads *pool);
/* The same for one image at a time, whose feature maps predictor_map can tell. */
struct predictor *predictor_new_mapped(const struct engine *engine, const struct net *net,
                                       const float *const w[NET_ARRAYS], struct threads *pool);
void predictor_free(struct predictor *p);       /* NULL is allowed */

/*
 * N images, [S][S][C] each: LOGITS [n][classes]; FEATURES [n][dense], the output of dense1 before
 * batch norm; either may be NULL.
 */
void predictor_run(struct predictor *p, const float *const *image, int n, float *logits,
                   float *features);

/*
 * Of a mapped predictor: the last convolution's output after relu for the last image,
 * [conv4_size][conv4_size][filters[3]], until the next run.
 */
const float *predictor_map(const struct predictor *p);

/*
 * As predictor_run; besides, looks at all of dense1's weights while they are read, which costs
 * next to nothing, where a look of its own would read 70 MB twice. Returns false if one of them
 * is NaN or infinite: then relu or a factor of 0 may have hidden it from the results.
 */
bool predictor_run_watching(struct predictor *p, const float *const *image, int n, float *logits,
                            float *features);
