#pragma once
/*
 * Many tests at once: S. Holm, A simple sequentially rejective multiple test procedure,
 * Scandinavian Journal of Statistics 6 (1979).
 */
#include <stddef.h>

/*
 * ADJUSTED: the N values P, so that with those below .05 taken for true the chance that
 * any is not is 5 % at most. What is NaN is no test and stays so. ADJUSTED may be P.
 */
void holm_adjust(double *adjusted, const double *p, size_t n);
