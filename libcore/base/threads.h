#pragma once
/*
 * Threads. A pool runs jobs 0..n-1; which thread takes which job is not fixed,
 * so a job writes only what belongs to its index and sums are joined in index order.
 */
#include <stddef.h>

struct threads;

/* THREADS includes the caller; 0: processors_usable. */
struct threads *threads_new(int threads);
void threads_free(struct threads *p);
int threads_count(const struct threads *p);

/*
 * Calls JOB(arg, i, worker) for i in 0..n-1 and returns when all are done. WORKER, in
 * 0..threads-1, names the calling thread's scratch memory. Jobs start in order. Not to be
 * called from within a job.
 */
void threads_run(struct threads *p, size_t n, void (*job)(void *arg, size_t i, int worker),
                 void *arg);
