#pragma once
/*
 * What computes the network: a training step and an inference, with two implementations: layers
 * (layer after layer over CBLAS, any size, the specification) and fused (vector kernels).
 * fused/engine_pick.h chooses between them; trainer.h and predictor.h are how they are called.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/threads.h"
#include "nn/adam.h"
#include "nn/batch.h"
#include "nn/net.h"

struct engine;
struct kernels;

/*
 * What the struct of each engine's own trainer or predictor begins with, so that a pointer to
 * either is a pointer to the other. Calls go through it: none reaches another engine than the
 * one that made it.
 */
struct trainer {
	const struct engine *engine;
};

struct predictor {
	const struct engine *engine;
	bool watch;                     /* a run looks at dense1's weights as it reads them; */
	atomic_bool odd;                /* one of them is NaN or infinite */
};

/* Each function is the one of that name in trainer.h or predictor.h. */
struct engine {
	const char *name;               /* "blas", "avx2", "avx512", "sse2" */
	const struct kernels *kernels;  /* of a fused engine; otherwise NULL */

	/* the caller fills in what the struct begins with */
	struct trainer *(*trainer_new)(const struct engine *engine, const struct net *net,
	                               int max_batch, struct threads *pool);
	void (*trainer_free)(struct trainer *t);
	void (*trainer_set)(struct trainer *t, const float *const w[NET_ARRAYS],
	                    const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
	                    uint64_t steps);
	void (*trainer_anchor)(struct trainer *t, const float *const w[NET_ARRAYS]);
	void (*trainer_get)(struct trainer *t, float *w[NET_ARRAYS], float *m[NET_ARRAYS],
	                    float *v[NET_ARRAYS]);
	bool (*trainer_is_finite)(const struct trainer *t, bool whole);
	void (*trainer_end)(struct trainer *t);
	struct predictor *(*trainer_predictor)(const struct trainer *t, const float *mean,
	                                       const float *var, int max_batch);
	void (*trainer_step)(struct trainer *t, const struct batch *b, const struct adam *a,
	                     struct batch_result *r);
	void (*trainer_gradients)(struct trainer *t, const struct batch *b,
	                          float *dw[NET_ARRAYS], struct batch_result *r);

	struct predictor *(*predictor_new)(const struct engine *engine, const struct net *net,
	                                   const float *const w[NET_ARRAYS], int max_batch,
	                                   struct threads *pool);
	struct predictor *(*predictor_new_mapped)(const struct engine *engine,
	                                          const struct net *net,
	                                          const float *const w[NET_ARRAYS],
	                                          struct threads *pool);
	const float *(*predictor_map)(const struct predictor *p);
	void (*predictor_free)(struct predictor *p);
	void (*predictor_run)(struct predictor *p, const float *const *image, int n,
	                      float *logits, float *features);
};

extern const struct engine engine_layers;
