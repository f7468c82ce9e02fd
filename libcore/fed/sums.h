#pragma once
/*
 * Sums of models without rounding error, number by number, and what becomes of them: the mean,
 * rounded once, or the sums as doubles for another run to go on with (partial.h). So it
 * does not matter how models are grouped: both give what fedavg_mean gives.
 *
 * A sum is held in three doubles, which nearly always is exact and always tells when it is not;
 * then the number is summed again by exact.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "fed/exact.h"

/* The sum  n[0] x[0][i] + n[1] x[1][i] + ... + term[0][i] + term[1][i] + ...  for each i. */
struct sums {
	int models;
	const double *n;                /* [models] at least 0, multiples of 2^-20 below 2^33 */
	const float_any *const *x;      /* [models] */
	int terms;
	const double_any *const *term;  /* [terms]; 0, or sums_holds */
};

/* Can X, read from a file, be a term? Finite, and of a size that keeps sums exact. */
bool sums_holds(double x);

/*
 * Y[i] = the sum / TOTAL, rounded to the nearest float, ties to even; -0 if every x and term is.
 * TOTAL: a whole number up to 2^33. COUNT of them.
 * Returns false if one is NaN or infinite, or an x is; Y is then undefined.
 */
bool sums_mean(const struct sums *s, double total, size_t count, float *y);

/*
 * The sums as exact_terms gives them: TO[j][i], j in 0..EXACT_TERMS-1, -0 where there is no such
 * term, or everything is -0. Only the first of TO that are needed are set, in *USED.
 * Returns false if an x is NaN or infinite.
 */
bool sums_terms(const struct sums *s, size_t count, double *const *to, int *used);

/* The sum of number I into TO. All are finite. */
void sums_add(const struct sums *s, size_t i, struct exact *to);
