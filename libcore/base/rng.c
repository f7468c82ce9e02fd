/* Philox4x32-10 and what is drawn from it; see rng.h. */
#include "base/rng.h"

#include <math.h>

/* Multipliers and key increments of the paper, section 4. */
static const uint32_t MULTIPLY[2] = { 0xd2511f53, 0xcd9e8d57 };
static const uint32_t KEY_STEP[2] = { 0x9e3779b9, 0xbb67ae85 };
enum { ROUNDS = 10 };

void rng_block(uint32_t out[4], uint64_t seed, uint32_t stream, uint32_t sub, uint64_t i)
{
	uint32_t c[4] = { (uint32_t)i, (uint32_t)(i >> 32), sub, stream };
	uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t p = (uint64_t)MULTIPLY[0] * c[0];
		uint64_t q = (uint64_t)MULTIPLY[1] * c[2];

		c[0] = (uint32_t)(q >> 32) ^ c[1] ^ key[0];
		c[1] = (uint32_t)q;
		c[2] = (uint32_t)(p >> 32) ^ c[3] ^ key[1];
		c[3] = (uint32_t)p;
		key[0] += KEY_STEP[0];
		key[1] += KEY_STEP[1];
	}
	for (int k = 0; k < 4; k++)
		out[k] = c[k];
}

void rng_init(struct rng *r, uint64_t seed, uint32_t stream, uint32_t sub)
{
	*r = (struct rng){ .seed = seed, .stream = stream, .sub = sub };
}

uint32_t rng_u32(struct rng *r)
{
	if (!r->left) {
		rng_block(r->block, r->seed, r->stream, r->sub, r->next++);
		r->left = 4;
	}
	return r->block[4 - r->left--];
}

double rng_unit(struct rng *r)
{
	uint64_t high = rng_u32(r) >> 5, low = rng_u32(r) >> 6;         /* 27 and 26 bits */

	return (double)(high << 26 | low) * 0x1p-53;
}

/* Lemire 2019, Fast random integer generation in an interval. */
uint32_t rng_below(struct rng *r, uint32_t n)
{
	uint64_t p = (uint64_t)rng_u32(r) * n;

	if ((uint32_t)p < n) {
		uint32_t reject = -n % n;

		while ((uint32_t)p < reject)
			p = (uint64_t)rng_u32(r) * n;
	}
	return (uint32_t)(p >> 32);
}

/* Box and Muller 1958; the second value is dropped, so that a draw depends on nothing before it. */
double rng_normal(struct rng *r)
{
	double u = 1 - rng_unit(r), v = rng_unit(r);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

double rng_gamma(struct rng *r, double shape)
{
	double d, c;

	if (shape < 1)                          /* their section 6 */
		return rng_gamma(r, shape + 1) * pow(1 - rng_unit(r), 1 / shape);
	d = shape - 1.0 / 3;
	c = 1 / sqrt(9 * d);
	for (;;) {
		double x = rng_normal(r), v = 1 + c * x, u = 1 - rng_unit(r);

		v = v * v * v;
		if (v > 0 && log(u) < .5 * x * x + d - d * v + d * log(v))
			return d * v;
	}
}

void rng_shuffle(struct rng *r, uint32_t *order, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		uint32_t j = rng_below(r, i), t = order[j];

		order[j] = order[i - 1];
		order[i - 1] = t;
	}
}
