/*
 * Preloaded, makes an allocation fail: ALLOC_FAULT_AT=N the Nth of the process, with
 * ALLOC_FAULT_ONWARD all after it, too. ALLOC_FAULT_FILE, of the size of struct counts, tells how
 * many there were and how many failed, also of a process that died or gave up its files.
 */
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "faults/counters.h"

struct counts {
	atomic_ulong calls, refused;
};

/* glibc's own; dlsym, which would find them, allocates. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);

static struct counts own, *counts = &own;
static unsigned long at;                /* 0: none fails */
static bool onward;

/* The loader allocates before there is an environment. */
static void start(void)
{
	const char *n = getenv("ALLOC_FAULT_AT");

	counts = counters_map("ALLOC_FAULT_FILE", sizeof *counts);
	atomic_fetch_add(&counts->calls, atomic_load(&own.calls));
	at = n ? strtoul(n, NULL, 10) : 0;
	onward = getenv("ALLOC_FAULT_ONWARD") != NULL;
}

static bool is_refused(void)
{
	unsigned long n;

	if (counts == &own && environ)
		start();
	n = atomic_fetch_add(&counts->calls, 1) + 1;
	if (!at || (onward ? n < at : n != at))
		return false;
	atomic_fetch_add(&counts->refused, 1);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	if (p && !size)
		return __libc_realloc(p, size);         /* free */
	return is_refused() ? NULL : __libc_realloc(p, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	return is_refused() ? NULL : __libc_memalign(align, size);
}

void *memalign(size_t align, size_t size)
{
	return is_refused() ? NULL : __libc_memalign(align, size);
}

int posix_memalign(void **p, size_t align, size_t size)
{
	*p = is_refused() ? NULL : __libc_memalign(align, size);
	return *p ? 0 : ENOMEM;
}
