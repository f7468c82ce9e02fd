/* What an early end removes; see cleanup.h. */
#include "base/cleanup.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static pid_t owner;

void cleanup_now(void)
{
	static char path[PATH_MAX];     /* too large for the stack of a handler */
	static atomic_flag busy = ATOMIC_FLAG_INIT;

	if (getpid() != owner)
		return;                 /* a child: they are its parent's */
	if (atomic_flag_test_and_set(&busy))
		return;                 /* another thread is at it */
	for (int i = 0; i < SLOTS; i++) {
		unsigned turn = atomic_load(&slots[i].turn);

		if (turn % 2 == 0)
			continue;
		memcpy(path, slots[i].path, sizeof path);
		if (atomic_load(&slots[i].turn) == turn)
			unlink(path);
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

int cleanup_add(const char *path)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	size_t size = strlen(path) + 1;

	pthread_once(&once, catch_ends);
	if (size > PATH_MAX)
		return -1;
	for (int i = 0; i < SLOTS; i++) {
		struct slot *s = &slots[i];

		if (atomic_load(&s->taken) || atomic_exchange(&s->taken, true))
			continue;
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
