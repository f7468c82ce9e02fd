/* A pool of threads; see threads.h. */
#include "base/threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/processors.h"

/* some 10 us: regions of a training step follow one another that closely */
enum { SPINS = 4000 };

struct threads {
	int threads, started;           /* STARTED of THREADS, the caller among both */
	int most;                       /* that take jobs; changes between rounds only */
	pthread_t *thread;              /* [threads - 1]: the caller works too */
	pthread_mutex_t lock;
	pthread_cond_t wake, done;
	void (*job)(void *arg, size_t i, int worker);
	void *arg;
	size_t count;
	_Atomic size_t next;            /* first job that nobody has taken */
	_Atomic unsigned round;         /* grows with every threads_run */
	_Atomic int busy;               /* workers that have not finished this round */
	bool stop;
};

struct worker {
	struct threads *pool;
	int index;
};

static void take_jobs(struct threads *p, int worker)
{
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->count)
		p->job(p->arg, i, worker);
}

static void pause_cpu(void)
{
#if defined __x86_64__ || defined __i386__
	__builtin_ia32_pause();
#elif defined __aarch64__
	__asm__ volatile("yield");
#endif
}

/* Waits for a round after SEEN: spins first, then sleeps. */
static unsigned wait_round(struct threads *p, unsigned seen)
{
	for (int i = 0; i < SPINS; i++) {
		if (atomic_load(&p->round) != seen)
			return seen + 1;
		pause_cpu();
	}
	pthread_mutex_lock(&p->lock);
	while (atomic_load(&p->round) == seen)
		pthread_cond_wait(&p->wake, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return seen + 1;
}

static void finish_round(struct threads *p)
{
	if (atomic_fetch_sub(&p->busy, 1) != 1)
		return;
	pthread_mutex_lock(&p->lock);
	pthread_cond_signal(&p->done);
	pthread_mutex_unlock(&p->lock);
}

static void *work(void *arg)
{
	struct worker w = *(struct worker *)arg;
	unsigned round = 0;

	free(arg);
	for (;;) {
		round = wait_round(w.pool, round);
		if (w.pool->stop)
			return NULL;
		if (w.index < w.pool->most)
			take_jobs(w.pool, w.index);
		finish_round(w.pool);
	}
}

/* Signals go to the main thread, whose handlers know what to do. */
static int start_thread(struct threads *p, int index)
{
	struct worker *w = xmalloc(1, sizeof *w);
	sigset_t all, old;
	int result;

	*w = (struct worker){ p, index };
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	result = pthread_create(&p->thread[index - 1], NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (result)
		free(w);
	return result;
}

struct threads *threads_new_later(int threads)
{
	struct threads *p = xcalloc(1, sizeof *p);

	p->threads = p->most = threads > 0 ? threads : processors_usable();
	p->started = 1;
	p->thread = xcalloc((size_t)p->threads, sizeof *p->thread);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	pthread_cond_init(&p->done, NULL);
	return p;
}

void threads_start(struct threads *p)
{
	while (p->started < p->threads && start_thread(p, p->started) == 0)
		/* fewer threads than asked for: slower, same result */
		p->started++;
}

struct threads *threads_new(int threads)
{
	struct threads *p = threads_new_later(threads);

	threads_start(p);
	p->threads = p->started;
	return p;
}

void threads_limit(struct threads *p, int most)
{
	p->most = most;
}

static void next_round(struct threads *p)
{
	atomic_store(&p->busy, p->started - 1);
	pthread_mutex_lock(&p->lock);
	atomic_fetch_add(&p->round, 1);
	pthread_cond_broadcast(&p->wake);
	pthread_mutex_unlock(&p->lock);
}

static void wait_done(struct threads *p)
{
	for (int i = 0; i < SPINS; i++) {
		if (!atomic_load(&p->busy))
			return;
		pause_cpu();
	}
	pthread_mutex_lock(&p->lock);
	while (atomic_load(&p->busy))
		pthread_cond_wait(&p->done, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void threads_run(struct threads *p, size_t n, void (*job)(void *arg, size_t i, int worker),
                 void *arg)
{
	p->job = job;
	p->arg = arg;
	p->count = n;
	atomic_store(&p->next, 0);
	if (p->started == 1 || p->most == 1 || n < 2) {
		take_jobs(p, 0);
		return;
	}
	next_round(p);
	take_jobs(p, 0);
	wait_done(p);
	/*
	 * the last worker may still hold the lock to signal; nothing of the round is
	 * touched after that
	 */
}

void threads_free(struct threads *p)
{
	if (!p)
		return;
	p->stop = true;
	next_round(p);
	for (int i = 0; i < p->started - 1; i++)
		pthread_join(p->thread[i], NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->wake);
	pthread_cond_destroy(&p->done);
	free(p->thread);
	free(p);
}

int threads_count(const struct threads *p)
{
	return p->threads;
}
