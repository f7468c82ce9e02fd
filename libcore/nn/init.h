#pragma once
/*
 * Initial weights as Keras draws them: Glorot uniform kernels, zeros, and ones for batch
 * norm's gamma and variance.
 */
#include <stdint.h>

#include "nn/net.h"

/*
 * Fills W (net_count numbers each). Kernels are uniform on [-L, L], L = sqrt(6 / (fan_in
 * + fan_out)), the fans of a convolution 9 times its channels (Glorot and Bengio 2010).
 * Array k draws from sub-stream k of RNG_INIT.
 */
void init_weights(const struct net *net, uint64_t seed, float *const w[NET_ARRAYS]);
