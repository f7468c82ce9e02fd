#pragma once
/*
 * The variance of the images of all clients together, from the number n, mean m and variance v of
 * the images of each:
 *
 *   (sum n (v + (m - M)^2)) / N = (N Q - S^2) / N^2
 *   N = sum n, S = sum n m, M = S / N, Q = sum n (v + m^2)
 *
 * The right side cancels, but its sums are exact; so the quotient is rounded once, and depends
 * neither on the order of the clients nor on who added them up.
 */
#include "fed/exact.h"

struct pooled {
	struct exact n, mean, square;   /* N, S, Q */
};

/* M and V are float32, N 1e-6 to 2^64. */
void pooled_add(struct pooled *p, double n, double m, double v);

/* Infinite if it is beyond float32. */
float pooled_variance(const struct pooled *p);
