#pragma once
/*
 * A model over the images of a dataset: probabilities, loss, accuracy, and exact
 * batch-norm statistics.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "base/threads.h"
#include "data/dataset.h"
#include "nn/engine.h"
#include "nn/net.h"
#include "model/model.h"

/* Means over the images, as Keras's evaluate reports them; NaN for no images. */
struct score {
	size_t images;
	double loss, accuracy;
};

struct evaluation {
	const struct engine *engine;
	const struct net *net;
	const float *const *w;          /* [NET_ARRAYS] */
	/* in place of W: this trainer's weights, with MEAN and VAR as trainer_predictor has them */
	const struct trainer *trainer;
	const float *mean, *var;
	const struct dataset *dataset;  /* its images must be net->size square with net->channels */
	struct threads *pool;
	struct progress *progress;      /* counts images; NULL: none */
};

/*
 * Images INDEX[0..n-1]. PROBS [n][classes] and LOSS [n], of each image, may be NULL.
 * Returns 0, or -1 with E set: an image that cannot be read.
 */
int evaluate(const struct evaluation *v, const uint32_t *index, size_t n, float *probs,
             double *loss, struct score *score, struct err *e);

/*
 * MEAN and VAR [dense]: mean and biased variance of dense1's output over the images
 * INDEX[0..n-1], n > 0, in inference mode, summed in double in the order of INDEX.
 */
int evaluate_norm(const struct evaluation *v, const uint32_t *index, size_t n,
                  float *mean, float *var, struct err *e);
