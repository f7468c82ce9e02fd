/* The one place that knows CBLAS; see gemm.h. */
#include "nn/gemm.h"

#include <assert.h>
#include <cblas.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

static struct {
	__typeof__(cblas_sgemm) *sgemm;
	__typeof__(cblas_sgemv) *sgemv;
	/* NULL in other BLAS libraries than OpenBLAS */
	void (*set_threads)(int threads);
} blas;
static bool loaded;
static struct err load_error;

/*
 * OpenBLAS maps a buffer for each thread that computes, from 0.3.29 on one more when it is loaded,
 * and where it gets none tries again for ever: is there room?
 */
enum { BUFFER_BYTES = (128 << 20) + (64 << 10), LIBRARY_BYTES = 48 << 20 };

static void expect_room(size_t bytes)
{
	free(xmalloc(bytes, 1));
}

#ifdef BLAS_SONAME
/*
 * Linked with OpenBLAS, each program would load it, and four libraries with it, before main begins:
 * 2 ms of the 11 that one prediction takes, and a thread of its own that waits busily. Most never
 * call it.
 */
#include <dlfcn.h>

static void load(void)
{
	void *library;

	expect_room(LIBRARY_BYTES + BUFFER_BYTES);
	setenv("OPENBLAS_NUM_THREADS", "1", true);      /* loaded, it starts its threads */
	library = dlopen(BLAS_SONAME, RTLD_LAZY | RTLD_LOCAL);
	if (!library) {
		err_set(&load_error, "the BLAS library: %s", dlerror());
		return;
	}
	blas.sgemm = (__typeof__(cblas_sgemm) *)dlsym(library, "cblas_sgemm");
	blas.sgemv = (__typeof__(cblas_sgemv) *)dlsym(library, "cblas_sgemv");
	blas.set_threads = (void (*)(int))dlsym(library, "openblas_set_num_threads");
	loaded = blas.sgemm && blas.sgemv;
	if (!loaded)
		err_set(&load_error, "the BLAS library: %s has no CBLAS", BLAS_SONAME);
}
#else
extern void openblas_set_num_threads(int threads) __attribute__((weak));

static void load(void)
{
	blas.sgemm = cblas_sgemm;
	blas.sgemv = cblas_sgemv;
	blas.set_threads = openblas_set_num_threads;
	loaded = true;
}
#endif

/* Its own threads would be a second pool on the same processors. */
static void load_single_threaded(void)
{
	load();
	if (loaded && blas.set_threads)
		blas.set_threads(1);
}

static void load_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_single_threaded);
}

static void check_room(void)
{
	static _Thread_local bool checked;

	if (!checked)
		expect_room(BUFFER_BYTES);
	checked = true;
}

int gemm_load(struct err *e)
{
	load_once();
	if (loaded)
		return 0;
	*e = load_error;
	return -1;
}

void gemm(enum gemm_form form, int m, int n, int k, const float *a, int lda,
          const float *b, int ldb, float beta, float *c, int ldc)
{
	check_room();
	load_once();
	assert(loaded);                 /* engine_pick makes sure */
	if (m == 1 && form == GEMM_NN) {        /* sgemm would first copy B */
		blas.sgemv(CblasRowMajor, CblasTrans, k, n, 1, b, ldb, a, 1, beta, c, 1);
		return;
	}
	blas.sgemm(CblasRowMajor, form == GEMM_TN ? CblasTrans : CblasNoTrans,
	           form == GEMM_NT ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta,
	           c, ldc);
}
