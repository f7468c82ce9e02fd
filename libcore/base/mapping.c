/* Mapped files that may change under our hands; see mapping.h. */
#include "base/mapping.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/printable.h"

enum { SLOTS = 4096 };                  /* mappings beyond these have no name in the message */

/*
 * DATA is set last and taken back first, so that whoever finds an address in a slot may read the
 * rest: a mapping that is being read is not being closed.
 */
static struct slot {
	atomic_bool taken;
	_Atomic(const char *) data;
	size_t size;
	char *name;
} slots[SLOTS];

static atomic_bool unnamed;             /* there have been more mappings than slots */

/* ---- the signal ---- */

static const struct slot *slot_of(const char *address)
{
	for (int i = 0; i < SLOTS; i++) {
		const char *data = atomic_load(&slots[i].data);

		if (data && address >= data && (size_t)(address - data) < slots[i].size)
			return &slots[i];
	}
	return NULL;
}

static void say(const char *text)
{
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

	(void)ignored;
}

static void end_by_bus_error(int number, siginfo_t *info, void *context)
{
	const struct slot *s = slot_of(info->si_addr);

	(void)context;
	if (!s && !atomic_load(&unnamed)) {     /* no file of ours */
		signal(number, SIG_DFL);
		return;
	}
	cleanup_now();
	say(program_invocation_short_name);
	say(": ");
	say(s ? s->name : "an input file");
	say(": truncated or unreadable while it was being read\n");
	_exit(1);
}

static void catch_bus_error(void)
{
	struct sigaction act = { .sa_sigaction = end_by_bus_error, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &act, NULL);
}

/* ---- mappings ---- */

/* Returns a ticket, or -1. */
static int note(const char *data, size_t size, const char *name)
{
	for (int i = 0; i < SLOTS; i++) {
		struct slot *s = &slots[i];

		if (atomic_load(&s->taken) || atomic_exchange(&s->taken, true))
			continue;
		s->size = size;
		s->name = printable(name);
		atomic_store(&s->data, data);
		return i;
	}
	atomic_store(&unnamed, true);
	return -1;
}

int mapping_open(struct mapping *m, int fd, size_t size, const char *name)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return -1;
	pthread_once(&once, catch_bus_error);
	*m = (struct mapping){ data, size, note(data, size, name) };
	return 0;
}

static void forget(struct slot *s)
{
	atomic_store(&s->data, NULL);
	free(s->name);
	atomic_store(&s->taken, false);
}

void mapping_close(struct mapping *m)
{
	if (m->ticket >= 0)
		forget(&slots[m->ticket]);
	munmap((void *)m->data, m->size);
	*m = (struct mapping){0};
}
