#pragma once
/*
 * The network's sizes, and what each of its 16 weight arrays is: Keras's
 * get_weights() order. Formulas: Keras 3 on TensorFlow, as the golden vectors fix them.
 *
 *   conv1 3x3 'same' relu, conv2 3x3 'valid' relu, max-pool 2x2, dropout .25,
 *   conv3 3x3 'same' relu, conv4 3x3 'valid' relu, max-pool 2x2, dropout .25,
 *   flatten (h, w, c), dense1, batch norm, relu, dropout .5, dense2, softmax
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum net_array {
	CONV1_W, CONV1_B, CONV2_W, CONV2_B, CONV3_W, CONV3_B, CONV4_W, CONV4_B,
	DENSE1_W, DENSE1_B, BN_GAMMA, BN_BETA, BN_MEAN, BN_VAR, DENSE2_W, DENSE2_B,
	NET_ARRAYS
};

struct net {
	int size;                       /* S: images are S x S x channels */
	bool size_guessed;              /* nobody told S: see net_size_fits */
	int channels;                   /* 4 */
	int filters[4];                 /* K of conv1..conv4: 32 32 64 64 */
	int dense;                      /* 512 */
	int classes;                    /* 15 */
	/* what follows from them: */
	int conv2_size, pool1_size, conv4_size, pool2_size;     /* S-2, floor(/2), -2, floor(/2) */
	int flat;                       /* rows of dense1: pool2_size^2 filters[3] */
};

/*
 * Fills in what follows from the sizes. -1: the image is too small (S < 10) or large (S > 4096), a
 * count is not positive or too large, or a map between layers, which costs memory that no weights
 * stand for, has over 2^22 numbers more than the weights.
 */
int net_init(struct net *n, int size, int channels, const int filters[4], int dense,
             int classes, struct err *e);

/* The tutorial's network with this image size and class count. */
int net_tutorial(struct net *n, int size, int classes, struct err *e);

/* Shape of array K: returns the number of dimensions. */
int net_shape(const struct net *n, enum net_array k, size_t shape[4]);
size_t net_count(const struct net *n, enum net_array k);        /* its numbers */
size_t net_total(const struct net *n);                          /* numbers of all arrays */
size_t net_image_numbers(const struct net *n);                  /* size x size x channels */
/* One network, or possibly one: where a size is guessed, any that fits is as good. */
bool net_equal(const struct net *a, const struct net *b);

/*
 * The sizes from 4 pool2_size + 6 to 4 pool2_size + 9 have the same shapes: all of them fit while
 * the size is guessed, otherwise the network's alone.
 */
void net_sizes(const struct net *n, int *least, int *most);
bool net_size_fits(const struct net *n, int64_t size);
void net_set_size(struct net *n, int size);     /* one that fits: guessed no longer */

/* BN_MEAN and BN_VAR follow the batches; every other array is optimised. */
static inline bool net_is_statistic(int k) { return k == BN_MEAN || k == BN_VAR; }
