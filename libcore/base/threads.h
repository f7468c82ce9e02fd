#pragma once
/*
 * Threads. A pool runs jobs 0..n-1; which thread takes which job is not fixed,
 * so a job writes only what belongs to its index and sums are joined in index order.
 */
#include <stddef.h>

struct threads;

/* THREADS includes the caller; 0: processors_usable. */
struct threads *threads_new(int threads);
/* The same, but until threads_start the caller does it all alone, so that it may fork before. */
struct threads *threads_new_later(int threads);
void threads_start(struct threads *p);
void threads_free(struct threads *p);
/* The threads; after threads_new_later those that there will be. */
int threads_count(const struct threads *p);
/* From now on at most MOST of them take jobs, the caller and the first of the others. */
void threads_limit(struct threads *p, int most);

/*
 * Calls JOB(arg, i, worker) for i in 0..n-1 and returns when all are done. WORKER, in
 * 0..threads-1, names the calling thread's scratch memory. Jobs start in order. Not to be
 * called from within a job.
 */
void threads_run(struct threads *p, size_t n, void (*job)(void *arg, size_t i, int worker),
                 void *arg);
