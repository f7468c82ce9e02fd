#pragma once
/*
 * The weighted mean of models, number by number: the exact mean, rounded once to
 * float32. So neither the order of the models nor the number of threads can show in it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

enum { FEDAVG_MODELS_MAX = 1 << 16 };

/* What each model counts, prepared by fedavg_weights_init. */
struct fedavg_weights {
	int count;                      /* K models */
	double *n;                      /* [K], scaled by a common power of two */
	double total;                   /* their sum */
	bool whole;                     /* all n are whole numbers, and the total is below 2^27 */
};

extern const double fedavg_least_weight, fedavg_most_weight;    /* 1e-6, 1e9 */

/* Copies N [COUNT]. -1 with E set: a weight that is not in range, or too many models. */
int fedavg_weights_init(struct fedavg_weights *w, const double *n, int count, struct err *e);

/*
 * The same of parts of weights, N >= 0, not all 0: a model that counts 0 is only looked at for NaN
 * and infinity.
 */
int fedavg_weights_init_parts(struct fedavg_weights *w, const double *n, int count, struct err *e);
void fedavg_weights_release(struct fedavg_weights *w);

/*
 * y[i] = (n[0] x[0][i] + ... + n[K-1] x[K-1][i]) / (n[0] + ... + n[K-1])   for i in 0..COUNT-1,
 * the exact value rounded to the nearest float, ties to even. WIDE [COUNT]: the same in double,
 * where the last bits do depend on the order of the models; or NULL.
 * Returns false if an x is NaN or infinite; Y is then undefined.
 */
bool fedavg_mean(const struct fedavg_weights *w, const float_any *const *x, size_t count, float *y,
                 double *wide);

/* The name of the vector code that fedavg_mean uses: "avx512", "avx2" or "ref". */
const char *fedavg_kernels(void);

/*
 * The variance of the images of all models together, from those of each:
 *   y[i] = sum n (var + (mean - M)^2) / N    with M = sum n mean / N
 * the exact value rounded to the nearest float, infinite beyond (pooled.h). MEAN and VAR: K
 * pointers to COUNT numbers, all finite.
 */
void fedavg_pool_variance(const struct fedavg_weights *w, const float_any *const *mean,
                          const float_any *const *var, size_t count, float *y);
