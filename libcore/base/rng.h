#pragma once
/*
 * Counter-based random numbers: draw i of a stream is a function of (seed,
 * stream, i) alone, so that any thread can make any draw in any order.
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC 2011).
 */
#include <stdint.h>

/*
 * One stream for each thing that is random; their numbers are part of the results: never
 * reuse one.
 */
enum rng_stream {
	RNG_INIT = 1,                   /* initial weights: sub-stream = array */
	RNG_SHUFFLE = 2,                /* order of an epoch: sub-stream = epoch */
	RNG_DROPOUT = 3,                /* 3, 4, 5: the three dropout layers */
	RNG_SPLIT = 6,                  /* training and validation ids */
	RNG_PARTITION = 7,
	RNG_AUGMENT = 8,                /* sub-stream = epoch */
	RNG_BOOTSTRAP = 9,              /* sub-stream = resample */
	RNG_SUPPRESS = 10,              /* small counts that are kept from others */
};

/*
 * Block I of sub-stream SUB of STREAM: four independent uniform 32-bit numbers.
 * Philox counter = {low I, high I, SUB, STREAM}, key = {low SEED, high SEED}.
 */
void rng_block(uint32_t out[4], uint64_t seed, uint32_t stream, uint32_t sub, uint64_t i);

/* A reader of one stream in order, for sequential uses. */
struct rng {
	uint64_t seed, next;
	uint32_t stream, sub;
	uint32_t block[4];
	int left;
};

void rng_init(struct rng *r, uint64_t seed, uint32_t stream, uint32_t sub);
uint32_t rng_u32(struct rng *r);
double rng_unit(struct rng *r);                         /* uniform in [0, 1), 53 bits */
uint32_t rng_below(struct rng *r, uint32_t n);          /* uniform in 0..n-1, without bias */
double rng_normal(struct rng *r);                       /* mean 0, variance 1 */
double rng_gamma(struct rng *r, double shape);          /* scale 1; Marsaglia and Tsang 2000 */
void rng_shuffle(struct rng *r, uint32_t *order, uint32_t n);   /* Fisher-Yates */
