#pragma once
/*
 * The forward pass, layer after layer, as trainer and predictor of layers share it: the network's
 * geometry, the memory of an image, convolutions and dense products. Only layers*.c include it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/threads.h"
#include "nn/batch.h"
#include "nn/conv.h"
#include "nn/net.h"

struct layers_forward {
	struct net net;
	struct threads *pool;
	struct conv conv[4];
	int side[2];                    /* of the maps after conv2, conv4 */
	const float *w[NET_ARRAYS];     /* borrowed */
	float **scratch;                /* [workers] conv_scratch */
	float *flat;                    /* [max_batch][flat] */
	float *z1, *a1;                 /* [max_batch][dense]: before batch norm, after relu */
	float *scale, *shift;           /* [dense] batch norm */
};

/* W is left to the caller. POOL must outlive S. */
void layers_forward_init(struct layers_forward *s, const struct net *net, int max_batch,
                         struct threads *pool);
void layers_forward_release(struct layers_forward *s);

/* Numbers of the map of convolution I = 0..3, and of pool HALF = 0, 1. */
size_t layers_forward_conv_count(const struct layers_forward *s, int i);
size_t layers_forward_pool_count(const struct layers_forward *s, int half);

/* An array of NUMBERS floats for each thread of the pool. */
float **layers_forward_per_worker(const struct layers_forward *s, size_t numbers);
void layers_forward_free_per_worker(const struct layers_forward *s, float **p);

/* What one image leaves behind for its backward pass. */
struct layers_image {
	float *conv[4];                 /* outputs after relu */
	float *pool[2];                 /* after dropout */
	uint8_t *at[2], *keep[2];       /* of the trainer, otherwise NULL */
};

void layers_forward_image_init(const struct layers_forward *s, struct layers_image *image,
                               bool training);
void layers_forward_image_release(struct layers_image *image);

/*
 * X [S][S][channels] to FLAT [flat], with the memory of WORKER. B: the batch whose image N it is,
 * for its dropout; NULL: none.
 */
void layers_forward_image(const struct layers_forward *s, float *flat, const float *x,
                          struct layers_image *t, const struct batch *b, int n, int worker);

/* One strip (conv.h) of convolution I = 0..3, and relu. */
void layers_forward_strip(const struct layers_forward *s, int i, float *y, const float *x,
                          float *scratch, int strip);

/* z1 [count][dense] = flat W + b */
void layers_forward_dense1(const struct layers_forward *s, int count);
/* Z [count][classes] = a1 W + b */
void layers_forward_dense2(const struct layers_forward *s, float *z, int count);
