/* Initial weights; see init.h. */
#include "nn/init.h"

#include <math.h>

#include "base/rng.h"

static void fill(float *w, size_t count, float value)
{
	for (size_t i = 0; i < count; i++)
		w[i] = value;
}

static void glorot(float *w, size_t count, double fan_in, double fan_out, struct rng *r)
{
	double limit = sqrt(6 / (fan_in + fan_out));

	for (size_t i = 0; i < count; i++)
		w[i] = (float)((2 * rng_unit(r) - 1) * limit);
}

void init_weights(const struct net *net, uint64_t seed, float *const w[NET_ARRAYS])
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4], count = net_count(net, (enum net_array)k);
		size_t fan_in, fan_out;
		int dims = net_shape(net, (enum net_array)k, shape);
		struct rng r;

		if (dims == 1) {
			fill(w[k], count, k == BN_GAMMA || k == BN_VAR ? 1 : 0);
			continue;
		}
		rng_init(&r, seed, RNG_INIT, (uint32_t)k);
		fan_in = count / shape[dims - 1];
		fan_out = count / shape[dims - 2];
		glorot(w[k], count, (double)fan_in, (double)fan_out, &r);
	}
}
