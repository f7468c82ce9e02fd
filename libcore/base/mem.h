#pragma once
/*
 * Allocation. The x-functions die with a message, for sizes that we computed;
 * mem_try fails like any other call, for sizes that a file told us.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum { MEM_ALIGN = 64 };                /* a cache line, and the widest vector */

/* A number at any address: the members of an archive need not be aligned. */
typedef float float_any __attribute__((aligned(1)));
typedef double double_any __attribute__((aligned(1)));

/* N objects of SIZE bytes; xcalloc zeroes them. The caller frees with free. */
void *xmalloc(size_t n, size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t most);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list ap) __attribute__((format(printf, 1, 0)));

/*
 * A stream into memory, for writing on and for ftell. xmemclose ends it: *TEXT has *SIZE bytes then
 * and a NUL behind them, and the caller frees it.
 */
FILE *xmemstream(char **text, size_t *size);
void xmemclose(FILE *f);

/* As xmalloc, starting at a multiple of MEM_ALIGN bytes. Freed with free. */
void *xaligned(size_t n, size_t size);

/* What the x-functions do without memory: "TOOL: out of memory", cleanup_now, exit 1. */
void mem_exhausted(void) __attribute__((noreturn));

/* As xmalloc, or NULL with E set ("needs N bytes: out of memory"). Never NULL for 0 bytes. */
void *mem_try(size_t n, size_t size, struct err *e);
