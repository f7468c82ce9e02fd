/*
 * Lines of names, as find and find -print0 write them, behind a byte that says how often they come:
 * all of them are given, in order, but for empty ones and the rest of those that no name can be.
 */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_TEXT = 3 << 16 };           /* more than what lines.c reads at a time */

struct rest {
	const uint8_t *p, *end;
};

/* Is LINE the next of the rest that is not empty? */
static void expect(struct rest *r, const char *line, char end)
{
	size_t n = strlen(line);
	const uint8_t *after;

	while (r->p < r->end && *r->p == (uint8_t)end)
		r->p++;
	if (!n || n > (size_t)(r->end - r->p) || memcmp(r->p, line, n) != 0)
		abort();
	after = memchr(r->p, end, (size_t)(r->end - r->p));
	if (!after)
		after = r->end;
	if (r->p + n != after && n <= PATH_MAX)
		abort();
	r->p = after;
}

static void check(int fd, const uint8_t *data, size_t size, char end)
{
	struct rest rest = { data, data + size };
	struct lines l;
	char *const *line;
	struct err e;
	long n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		abort();
	lines_init(&l, fd, end);
	while ((n = lines_next(&l, &line, &e)) > 0)
		for (long i = 0; i < n; i++)
			expect(&rest, line[i], end);
	if (n < 0 && !(l.nul && end && memchr(data, '\0', size)))
		abort();
	while (n == 0 && rest.p < rest.end)
		if (*rest.p++ != (uint8_t)end)
			abort();
	lines_release(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static uint8_t text[MOST_TEXT];
	size_t used = 0;

	if (fd < 0)
		fd = memfd_create("lines", MFD_CLOEXEC);
	if (size < 2)
		return 0;
	for (int i = 0; i < data[0] && size - 1 <= sizeof text - used; i++, used += size - 1)
		memcpy(text + used, data + 1, size - 1);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, used, 0) != (ssize_t)used)
		abort();
	check(fd, text, used, '\n');
	check(fd, text, used, '\0');
	return 0;
}
