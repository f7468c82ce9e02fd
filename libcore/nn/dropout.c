/* Dropout masks and their use; see dropout.h. */
#include "nn/dropout.h"

#include "base/rng.h"

const float dropout_rate[DROPOUT_LAYERS] = { .25f, .25f, .5f };

enum { BLOCK = 16 };                    /* bytes of one rng_block */

void dropout_mask(uint8_t *keep, int layer, uint64_t seed, uint32_t step, uint32_t image,
                  uint32_t first, uint32_t count)
{
	uint32_t threshold = (uint32_t)(256 * dropout_rate[layer]);

	for (uint32_t i = 0; i < count; i += BLOCK) {
		uint32_t words[4];

		rng_block(words, seed, RNG_DROPOUT + (uint32_t)layer, step,
		          (uint64_t)image << 32 | (first + i) / BLOCK);
		for (uint32_t k = 0; k < BLOCK && i + k < count; k++)
			keep[i + k] = (words[k / 4] >> (8 * (k % 4)) & 0xff) >= threshold;
	}
}

void dropout_apply(float *x, const uint8_t *keep, int layer, uint32_t count)
{
	float scale = 1.0f / (1 - dropout_rate[layer]);

	for (uint32_t i = 0; i < count; i++)
		x[i] = keep[i] ? x[i] * scale : 0;
}
