/* The pool: every job once, for any number of threads, over many rounds of changing sizes. */
#include "base/threads.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/processors.h"
#include "tap.h"

enum { MOST = 1000, ROUNDS = 600 };

struct round {
	int threads;
	_Atomic int taken[MOST];
	_Atomic int wrong;              /* calls with an index or a worker that cannot be */
	_Atomic int inside[64];         /* calls under way, of each worker */
	size_t n;
	uint64_t result[MOST];          /* plain memory: the caller must see it */
};

static void job(void *arg, size_t i, int worker)
{
	struct round *r = arg;

	if (i >= r->n || worker < 0 || worker >= r->threads) {
		atomic_fetch_add(&r->wrong, 1);
		return;
	}
	if (atomic_fetch_add(&r->inside[worker], 1))
		atomic_fetch_add(&r->wrong, 1); /* scratch memory of one worker in two hands */
	atomic_fetch_add(&r->taken[i], 1);
	r->result[i] += i * i;
	atomic_fetch_sub(&r->inside[worker], 1);
}

static void many_rounds(int threads)
{
	struct round *r = xcalloc(1, sizeof *r);
	struct threads *p = threads_new(threads);
	int want[MOST] = {0}, wrong = 0;
	size_t n = 1;

	r->threads = threads;
	is_int(threads_count(p), threads, "threads of the pool");
	for (int round = 0; round < ROUNDS; round++) {
		n = round % 100 == 99 ? MOST : (n * 5 + 3) % 23;
		r->n = n;
		threads_run(p, n, job, r);
		for (size_t i = 0; i < n; i++)
			want[i]++;
	}
	for (size_t i = 0; i < MOST; i++)
		wrong += r->taken[i] != want[i] || r->result[i] != (uint64_t)want[i] * i * i;
	ok(wrong == 0, "%d threads: every job once, %d rounds", threads, ROUNDS);
	is_int(r->wrong, 0, "indices and workers in range, one call at a time of each worker");
	threads_free(p);
	free(r);
}

/* Limits that change between rounds: nobody beyond them takes a job, and all jobs are done. */
static void limited(void)
{
	struct round *r = xcalloc(1, sizeof *r);
	struct threads *p = threads_new_later(4);
	int wrong = 0;

	r->n = MOST;
	r->threads = 1;
	is_int(threads_count(p), 4, "threads that there will be");
	threads_run(p, MOST, job, r);
	is_int(r->wrong, 0, "before threads_start the caller works alone");
	threads_start(p);
	for (int round = 1; round <= ROUNDS; round++) {
		r->threads = 1 + round * 7 % 4;
		threads_limit(p, r->threads);
		threads_run(p, MOST, job, r);
	}
	for (size_t i = 0; i < MOST; i++)
		wrong += r->taken[i] != ROUNDS + 1;
	ok(wrong == 0, "limits of 1 to 4: every job once, %d rounds", ROUNDS);
	is_int(r->wrong, 0, "no worker beyond the limit");
	threads_free(p);
	free(r);
}

/* Two jobs that wait for one another end only if two threads work. */
static void meet(void *arg, size_t i, int worker)
{
	_Atomic int *here = arg;

	(void)i;
	(void)worker;
	atomic_fetch_add(here, 1);
	while (atomic_load(here) < 2)
		sched_yield();
}

static void side_by_side(int threads)
{
	struct threads *p = threads_new(threads);
	_Atomic int here = 0;

	threads_limit(p, 2);
	alarm(60);                      /* instead of waiting for ever */
	threads_run(p, 2, meet, &here);
	alarm(0);
	ok(here == 2, "two jobs side by side, %d threads", threads);
	threads_free(p);
}

/* Workers that went to sleep are woken. */
static void after_a_pause(void)
{
	struct threads *p = threads_new(2);

	for (int i = 0; i < 3; i++) {
		_Atomic int here = 0;

		usleep(20000);
		alarm(60);
		threads_run(p, 2, meet, &here);
		alarm(0);
		is_int(here, 2, "after a pause");
	}
	threads_free(p);
}

static void as_many_as_processors(void)
{
	struct threads *p = threads_new(0);

	is_int(threads_count(p), processors_usable(), "0 threads: as many as processors");
	threads_free(p);
}

int main(void)
{
	many_rounds(1);
	many_rounds(2);
	many_rounds(7);
	limited();
	side_by_side(2);
	side_by_side(5);
	after_a_pause();
	as_many_as_processors();
	for (int i = 0; i < 50; i++)
		threads_free(threads_new(5));         /* ends before the threads have begun */
	threads_free(NULL);
	return tap_end();
}
