#pragma once
/*
 * Means that a few poisoned models cannot move far: of each number the K values are sorted
 * and the smallest and largest dropped (D. Yin and others, Byzantine-Robust Distributed
 * Learning, ICML 2018). All models count the same, whatever their images.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/* Values to drop at each end so that the middle one, or the middle two, are left: the median. */
int robust_median_drop(int count);

/*
 * y[i] = mean of x[0][i] .. x[COUNT-1][i] without the DROP smallest and the DROP largest, exact and
 * rounded once, for i in 0..N-1. 0 <= 2 DROP < COUNT <= FEDAVG_MODELS_MAX. -0 counts as 0.
 * Returns false if an x is NaN or infinite; Y is then undefined.
 */
bool robust_trimmed_mean(const float_any *const *x, int count, int drop, size_t n, float *y);
