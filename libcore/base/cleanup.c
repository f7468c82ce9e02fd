/* What an early end removes; see cleanup.h. */
#include "base/cleanup.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/removal.h"

enum { SLOTS = 1024 };                  /* files open for writing at once */

/*
 * A handler may run while another thread takes or leaves a slot, so names are never freed, and
 * TURN, odd while the slot holds a name, tells the handler whether it read one and the same.
 */
static struct slot {
	atomic_uint turn;
	atomic_bool taken;
	char path[PATH_MAX];
} slots[SLOTS];

static atomic_int reach;                /* slots beyond were never taken, nor their pages */
static pid_t owner;
static atomic_int makers;               /* threads within cleanup_make */
static atomic_bool ending;              /* no more of them may begin */

/* The makers have their signals blocked, so that none of them is below us on the stack. */
static void wait_for_makers(void)
{
	atomic_store(&ending, true);
	while (atomic_load(&makers) > 0)
		sched_yield();
}

void cleanup_now(void)
{
	static char path[PATH_MAX];     /* too large for the stack of a handler */
	static atomic_flag busy = ATOMIC_FLAG_INIT;

	if (getpid() != owner)
		return;                 /* a child: they are its parent's */
	if (atomic_flag_test_and_set(&busy))
		return;                 /* another thread is at it */
	wait_for_makers();
	for (int i = 0; i < atomic_load(&reach); i++) {
		unsigned turn = atomic_load(&slots[i].turn);

		if (turn % 2 == 0)
			continue;
		memcpy(path, slots[i].path, sizeof path);
		if (atomic_load(&slots[i].turn) == turn)
			removal_all(path);
	}
	atomic_flag_clear(&busy);
}

static void end_by(int number)
{
	cleanup_now();
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_ends(void)
{
	static const int numbers[] = { SIGINT,  SIGTERM, SIGHUP, SIGPIPE,
		                       SIGQUIT, SIGXCPU, SIGXFSZ };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct sigaction old, act = { .sa_handler = end_by };

		sigaction(numbers[i], NULL, &old);
		if (old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &act, NULL);
	}
	owner = getpid();
	atexit(cleanup_now);
}

static void begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, catch_ends);
}

static void extend_reach(int slots_taken)
{
	int before = atomic_load(&reach);

	while (before < slots_taken &&
	       !atomic_compare_exchange_weak(&reach, &before, slots_taken))
		;
}

int cleanup_add(const char *path)
{
	size_t size = strlen(path) + 1;

	begin();
	if (size > PATH_MAX)
		return -1;
	for (int i = 0; i < SLOTS; i++) {
		struct slot *s = &slots[i];

		if (atomic_load(&s->taken) || atomic_exchange(&s->taken, true))
			continue;
		extend_reach(i + 1);
		memcpy(s->path, path, size);
		atomic_fetch_add(&s->turn, 1);
		return i;
	}
	return -1;
}

void cleanup_forget(int ticket)
{
	if (ticket < 0)
		return;
	atomic_fetch_add(&slots[ticket].turn, 1);
	atomic_store(&slots[ticket].taken, false);
}

/* ---- with no early end between ---- */

static void enter(sigset_t *before)
{
	sigset_t all;

	begin();
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, before);
	atomic_fetch_add(&makers, 1);
}

static void leave(const sigset_t *before)
{
	atomic_fetch_sub(&makers, 1);
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* Nothing is made any more, while another thread ends the program. */
static void wait_for_end(void)
{
	atomic_fetch_sub(&makers, 1);
	for (;;)
		pause();
}

int cleanup_make(const char *path, int (*make)(const char *path), int *ticket)
{
	sigset_t before;
	int result, reason;

	enter(&before);
	if (atomic_load(&ending) && getpid() == owner)
		wait_for_end();
	result = make(path);
	reason = errno;
	*ticket = result < 0 ? -1 : cleanup_add(path);
	leave(&before);
	errno = reason;
	return result;
}

void cleanup_remove(const char *path, int ticket)
{
	sigset_t before;

	enter(&before);
	if (removal_all(path) == 0 || errno == ENOENT)
		cleanup_forget(ticket);
	leave(&before);
}

int cleanup_end(void (*report)(const struct err *e))
{
	int left = 0;

	for (int i = 0; i < atomic_load(&reach); i++) {
		const char *path = slots[i].path;
		struct err e;

		if (!atomic_load(&slots[i].taken))
			continue;
		if (removal_all(path) < 0 && errno != ENOENT) {
			err_set(&e, "%s: is left, and cannot be removed: %s", path,
			        strerror(errno));
			report(&e);
			left++;
		}
		cleanup_forget(i);
	}
	return left;
}
