/* Allocation: sizes that overflow, alignment, streams into memory. */
#include "base/mem.h"

#include <stdint.h>

#include "scratch.h"

static void overflow(void *arg)
{
	(void)arg;
	xmalloc(SIZE_MAX / 2, 3);
}

static void overflow_aligned(void *arg)
{
	(void)arg;
	xaligned(SIZE_MAX - 10, 1);
}

/* A stream that cannot take what it was given, as one whose memory ran out. */
static void broken_stream(void *arg)
{
	FILE *f = fopen("/dev/null", "r");

	(void)arg;
	if (!f)
		exit(99);
	putc('x', f);
	xmemclose(f);
}

static void dies(void (*f)(void *), const char *what)
{
	is_int(scratch_run(f, NULL), 1, what);
	scratch_holds("err", "test_mem: out of memory\n", "its message");
}

static void test_try(void)
{
	struct err e = {0};
	void *p = mem_try(0, 8, &e);

	ok(p != NULL, "0 bytes are not NULL");
	free(p);
	ok(!mem_try(SIZE_MAX / 2, 3, &e), "a product that overflows");
	is_text(e.text, "needs 9223372036854775807 x 3 bytes: out of memory", "its message");
}

static void test_aligned(void)
{
	static const size_t sizes[] = { 0, 1, 63, 64, 65, 4096, (size_t)9 << 20 };
	int wrong = 0;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *p = xaligned(sizes[i], 1);

		wrong += (uintptr_t)p % MEM_ALIGN != 0;
		memset(p, 1, sizes[i]);
		free(p);
	}
	is_int(wrong, 0, "addresses that are not aligned");
}

static void test_text(void)
{
	char *a = xasprintf("%d %s", 7, "dwarves"), *b = xstrndup(a, 3), *c = xstrdup(b);

	is_text(a, "7 dwarves", "xasprintf");
	is_text(b, "7 d", "xstrndup");
	is_text(c, "7 d", "xstrdup");
	free(a);
	free(b);
	free(c);
}

static void test_stream(void)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	fputs("one", f);
	putc('\0', f);
	fflush(f);
	fputs("two", f);
	is_int(ftell(f), 7, "a stream into memory tells where it is");
	xmemclose(f);
	is_int((long long)size, 7, "a stream into memory: its size");
	ok(!memcmp(text, "one\0two", 8), "its bytes and a NUL");
	free(text);
	f = xmemstream(&text, &size);
	xmemclose(f);
	is_text(text, "", "an empty one");
	free(text);
}

static void test_long_stream(void)
{
	enum { WORDS = 100000, BYTES = 7 };
	char *text, word[16];           /* any int */
	size_t size;
	FILE *f = xmemstream(&text, &size);
	int wrong = 0;

	for (int i = 0; i < WORDS; i++)
		fprintf(f, "%0*d", BYTES, i);
	xmemclose(f);
	is_int((long long)size, WORDS * BYTES, "a long stream: its size");
	for (int i = 0; i < WORDS; i++) {
		snprintf(word, sizeof word, "%0*d", BYTES, i);
		wrong += memcmp(text + (size_t)i * BYTES, word, BYTES) != 0;
	}
	is_int(wrong, 0, "words that are wrong");
	is_int(text[size], 0, "the NUL behind them");
	free(text);
}

int main(void)
{
	scratch_begin();
	dies(overflow, "xmalloc of too much");
	dies(overflow_aligned, "xaligned of too much");
	dies(broken_stream, "a stream that lost something");
	test_try();
	test_aligned();
	test_text();
	test_stream();
	test_long_stream();
	return tap_end();
}
