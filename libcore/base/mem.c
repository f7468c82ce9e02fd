/* Allocation that dies, or fails with a message; see mem.h. */
#include "base/mem.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

enum {
	HUGE_PAGE = 2 << 20,            /* of x86-64, and of most others */
	HUGE_FROM = 8 << 20,            /* bytes; below, the last page would be too much waste */
};

/*
 * Every program exits 1 when it fails; there is no way to go on without memory. Nothing here
 * allocates, and of several threads one speaks.
 */
void mem_exhausted(void)
{
	static atomic_flag ending = ATOMIC_FLAG_INIT;
	char line[512];
	int size;

	while (atomic_flag_test_and_set(&ending))
		pause();
	cleanup_now();
	size = snprintf(line, sizeof line, "%.400s: out of memory\n",
	                program_invocation_short_name);
	(void)!write(STDERR_FILENO, line, (size_t)size);
	_exit(1);                       /* other threads may be at work */
}

static void *alive(void *p)
{
	if (!p)
		mem_exhausted();
	return p;
}

void *xrealloc(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		mem_exhausted();
	return alive(realloc(p, bytes ? bytes : 1));
}

void *xmalloc(size_t n, size_t size)
{
	return xrealloc(NULL, n, size);
}

void *xcalloc(size_t n, size_t size)
{
	return alive(calloc(n ? n : 1, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return alive(strdup(s));
}

char *xstrndup(const char *s, size_t most)
{
	return alive(strndup(s, most));
}

char *xvasprintf(const char *format, va_list ap)
{
	char *s;

	if (vasprintf(&s, format, ap) < 0)
		mem_exhausted();
	return s;
}

char *xasprintf(const char *format, ...)
{
	char *s;
	va_list ap;

	va_start(ap, format);
	s = xvasprintf(format, ap);
	va_end(ap);
	return s;
}

/* ---- streams: glibc's own lose what they have no memory for, and tell nobody ---- */

struct memstream {
	char **text;                    /* the caller's, set at the end */
	size_t *size;
	char *data;                     /* USED bytes and a NUL */
	size_t used, room;
};

static ssize_t add_bytes(void *cookie, const char *bytes, size_t size)
{
	struct memstream *m = cookie;

	if (size >= m->room - m->used) {
		size_t least = m->used + size + 1;

		m->room = m->room > least / 2 ? 2 * m->room : least;
		m->data = xrealloc(m->data, m->room, 1);
	}
	memcpy(m->data + m->used, bytes, size);
	m->used += size;
	m->data[m->used] = '\0';
	return (ssize_t)size;
}

/* What ftell asks for. */
static int tell(void *cookie, off64_t *offset, int whence)
{
	const struct memstream *m = cookie;

	if (whence != SEEK_CUR || *offset != 0)
		return -1;
	*offset = (off64_t)m->used;
	return 0;
}

static int hand_over(void *cookie)
{
	struct memstream *m = cookie;

	*m->text = m->data;
	*m->size = m->used;
	free(m);
	return 0;
}

FILE *xmemstream(char **text, size_t *size)
{
	const cookie_io_functions_t calls = {
		.write = add_bytes, .seek = tell, .close = hand_over,
	};
	struct memstream *m = xmalloc(1, sizeof *m);

	*m = (struct memstream){ .text = text, .size = size, .data = xcalloc(1, 1), .room = 1 };
	return alive(fopencookie(m, "w", calls));
}

/* Memory is all that a write to such a stream can lack. */
void xmemclose(FILE *f)
{
	bool good = !ferror(f);

	if (fclose(f) != 0 || !good)
		mem_exhausted();
}

void *xaligned(size_t n, size_t size)
{
	size_t bytes, align;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - HUGE_PAGE)
		mem_exhausted();
	align = bytes < HUGE_FROM ? MEM_ALIGN : HUGE_PAGE;
	bytes = (bytes + align) / align * align;
	p = alive(aligned_alloc(align, bytes));
	if (align == HUGE_PAGE)
		madvise(p, bytes, MADV_HUGEPAGE);       /* a wish: 500 times fewer page faults */
	return p;
}

void *mem_try(size_t n, size_t size, struct err *e)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		err_set(e, "needs %zu x %zu bytes: out of memory", n, size);
		return NULL;
	}
	p = malloc(bytes ? bytes : 1);
	if (!p)
		err_machine(e, "needs %zu bytes: out of memory", bytes);
	return p;
}
