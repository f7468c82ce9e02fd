/* The one place that knows CBLAS; see gemm.h. */
#include "nn/gemm.h"

#include <cblas.h>
#include <pthread.h>

/*
 * OpenBLAS's own threads would be a second pool on the same processors. Other BLAS
 * libraries lack the call.
 */
extern void openblas_set_num_threads(int threads) __attribute__((weak));

static void single_thread(void)
{
	if (openblas_set_num_threads)
		openblas_set_num_threads(1);
}

void gemm(enum gemm_form form, int m, int n, int k, const float *a, int lda,
          const float *b, int ldb, float beta, float *c, int ldc)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, single_thread);
	if (m == 1 && form == GEMM_NN) {        /* sgemm would first copy B */
		cblas_sgemv(CblasRowMajor, CblasTrans, k, n, 1, b, ldb, a, 1, beta, c, 1);
		return;
	}
	cblas_sgemm(CblasRowMajor, form == GEMM_TN ? CblasTrans : CblasNoTrans,
	            form == GEMM_NT ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b,
	            ldb, beta, c, ldc);
}
