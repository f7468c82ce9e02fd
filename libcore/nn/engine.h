#pragma once
/*
 * The two functions of the network, a training step and an inference, behind
 * one interface with two implementations: layers (layer after layer over CBLAS, any
 * size, the specification) and fused (vector kernels). fused/engine_pick.h
 * chooses between them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/threads.h"
#include "nn/adam.h"
#include "nn/batch.h"
#include "nn/net.h"

struct engine {
	const char *name;               /* "blas", "avx2", "avx512", "sse2" */

	/* ---- training. The trainer owns weights and moments, in a layout of its own. ---- */
	void *(*trainer_new)(const struct net *net, int max_batch, struct threads *pool);
	void (*trainer_free)(void *t);
	/* Copies in: W in get_weights() shapes; M and V likewise (first and second
	 * moments), or NULL for zeros. STEPS: updates made so far. */
	void (*trainer_set)(void *t, const float *const w[NET_ARRAYS],
	                    const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
	                    uint64_t steps);
	/* The weights that the proximal term of adam.h pulls towards; copied. */
	void (*trainer_anchor)(void *t, const float *const w[NET_ARRAYS]);
	/* Copies out; M and V may be NULL. */
	void (*trainer_get)(void *t, float *w[NET_ARRAYS], float *m[NET_ARRAYS],
	                    float *v[NET_ARRAYS]);
	/* Frees the moments: no more steps, no trainer_set, and trainer_get for W alone. */
	void (*trainer_end)(void *t);
	/*
	 * A predictor over the trainer's own weights, valid until they change, freed by
	 * predictor_free. MEAN, VAR [dense]: batch norm's, read now; NULL: the trainer's.
	 */
	void *(*trainer_predictor)(const void *t, const float *mean, const float *var,
	                           int max_batch);
	/* One step of Adam on one batch. The result does not depend on the number of threads. */
	void (*trainer_step)(void *t, const struct batch *b, const struct adam *a,
	                     struct batch_result *r);
	/* Tests: forward and backward only; gradients in get_weights() shapes, zero for
	 * the statistics. The gradient of dense1's bias, 0 in exact arithmetic, is 0.
	 * Weights and moments do not change. */
	void (*trainer_gradients)(void *t, const struct batch *b, float *dw[NET_ARRAYS],
	                          struct batch_result *r);

	/* ---- inference. W is borrowed and must outlive the predictor. ---- */
	void *(*predictor_new)(const struct net *net, const float *const w[NET_ARRAYS],
	                       int max_batch, struct threads *pool);
	void (*predictor_free)(void *p);
	/*
	 * LOGITS [n][classes]; FEATURES [n][dense], the output of dense1 before batch
	 * norm; either may be NULL.
	 */
	void (*predictor_run)(void *p, const float *const *image, int n, float *logits,
	                      float *features);
};

extern const struct engine engine_layers;
