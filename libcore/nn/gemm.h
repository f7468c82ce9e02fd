#pragma once
/*
 * Matrix products through CBLAS, row-major, one thread: our own threads call it
 * side by side, so that results do not depend on how many there are. Each of them needs room for a
 * buffer of 128 MiB, of which little is used; without it the program ends, out of memory.
 */

#include "base/err.h"

/* Loads the library. Returns 0, or -1 with E set: gemm must not be called. */
int gemm_load(struct err *e);

enum gemm_form { GEMM_NN, GEMM_NT, GEMM_TN };   /* T: this operand is transposed */

/*
 * C[m][n] = A B + BETA C, with A m x k and B k x n after transposition.
 *   NN: A [m][k] B [k][n]    NT: A [m][k] B [n][k]    TN: A [k][m] B [k][n]
 * LDA, LDB, LDC: numbers from one stored row to the next. BETA 0 does not read C.
 */
void gemm(enum gemm_form form, int m, int n, int k, const float *a, int lda,
          const float *b, int ldb, float beta, float *c, int ldc);
