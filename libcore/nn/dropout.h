#pragma once
/*
 * Dropout masks. Element e of image n at step s of layer l (0, 1: after the pools, 2: after
 * the batch norm's relu) is kept if byte e of the stream is at least 256 rate, where byte e is
 * byte e % 16 (little-endian order of the four words) of block
 *   rng_block(seed, RNG_DROPOUT + l, s, (uint64_t)n << 32 | e / 16)
 * e counts in memory order: (h W + w) C + c. Kept values are x * (1.0f / (1 - rate)) (Keras).
 */
#include <stdint.h>

enum { DROPOUT_LAYERS = 3 };
extern const float dropout_rate[DROPOUT_LAYERS];        /* .25 .25 .5: multiples of 1/256 */

/* KEEP[i] = 1 or 0 for elements FIRST .. FIRST + COUNT - 1; FIRST is a multiple of 16. */
void dropout_mask(uint8_t *keep, int layer, uint64_t seed, uint32_t step, uint32_t image,
                  uint32_t first, uint32_t count);

/* x = keep ? x scale : 0. The same for the gradient on its way back. */
void dropout_apply(float *x, const uint8_t *keep, int layer, uint32_t count);
