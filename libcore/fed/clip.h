#pragma once
/*
 * Bounds what one client can do to the mean. With the previous model p and the update u = x - p of
 * a client that counts n, over all arrays but the statistics, and N the sum of all n:
 *
 *   s = min(1, B / |u|), rounded down to a multiple of 2^-20
 *   y = p + (sum n s u) / N = (sum n s x + (N - sum n s) p) / N
 *
 * (norm bounding: Z. Sun and others, Can You Really Backdoor Federated Learning?, 2019). The right
 * side is a mean of the clients' models and p, which counts what is left, so fedavg_mean takes it
 * as it is, exact and rounded once. N up to clip_most_weight keeps n s and their sum exact.
 *
 * The statistics are no gradients: a variance that is 10^30 times too large is ruinous even if it
 * counts a thousandth, and part of the way from an untrained model's variance of 1 to a true one of
 * .001 would spoil that. So each number is held in a range around that of p, in units that p gives,
 * and counts n as ever:
 *
 *   mean       m - 128 d to m + 128 d, d = sqrt(v + epsilon), m and v those of p
 *   variance   0 to 1024 (v + epsilon) - epsilon
 *
 * All but B of CLIP_AUTO depends on the client and p alone, not on other clients.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/threads.h"
#include "model/model.h"
#include "fed/clients.h"

enum clip_rule { CLIP_NONE, CLIP_AUTO, CLIP_NORM };

struct clip {
	enum clip_rule rule;
	double norm;                    /* B; of CLIP_AUTO what clip_clients finds */
};

/* The largest sum of weights, which must be whole numbers. */
extern const double clip_most_weight;   /* 2^33 */

/*
 * Reads all clients once, a thread a file, and fills in update_norm and scale, and of CLIP_AUTO
 * C->norm: twice the median of the norms, of an even count the lower one in the middle.
 * Every norm is summed in an order that depends on the network alone, so that it is the same beside
 * any other clients. Returns 0, or -1 with E set, the file named: damaged, NaN or infinity; or
 * weights that are too large.
 */
int clip_clients(struct clip *c, struct clients *clients, const struct model *previous,
                 struct threads *pool, struct err *e);

/* After the second reading: -1 with E set if a file does not hold what it held at the first. */
int clip_check(const struct clients *clients, struct err *e);

/*
 * TO [N]: the statistics X [N], array K, within their ranges around those of PREVIOUS. What is NaN
 * or infinite stays so.
 */
void clip_statistics(float *to, const float_any *x, int k, const struct model *previous, size_t n);
