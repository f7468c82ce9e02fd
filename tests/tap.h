#pragma once
/*
 * Unit tests that speak TAP (prove reads it). A test program calls checks and ends
 * with `return tap_end();`. A failing line names got and expected.
 */
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3), unused))
static bool ok(bool pass, const char *format, ...)
{
	va_list ap;

	printf("%sok %d - ", pass ? "" : "not ", ++tap_count);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	tap_failed += !pass;
	return pass;
}

__attribute__((unused))
static bool is_text(const char *got, const char *want, const char *what)
{
	bool pass = got && want ? !strcmp(got, want) : got == want;

	ok(pass, "%s", what);
	if (!pass)
		printf("#   got:      %s\n#   expected: %s\n", got ? got : "NULL",
		       want ? want : "NULL");
	return pass;
}

__attribute__((unused))
static bool is_int(long long got, long long want, const char *what)
{
	bool pass = got == want;

	ok(pass, "%s", what);
	if (!pass)
		printf("#   got:      %lld\n#   expected: %lld\n", got, want);
	return pass;
}

/* |got - want| <= tolerance; NaN never passes. */
__attribute__((unused))
static bool is_near(double got, double want, double tolerance, const char *what)
{
	bool pass = fabs(got - want) <= tolerance;

	ok(pass, "%s", what);
	if (!pass)
		printf("#   got:      %.9g\n#   expected: %.9g within %g\n", got, want, tolerance);
	return pass;
}

/* N floats, each within TOLERANCE of WANT; names the worst. */
__attribute__((unused)) static bool are_near(const float *got, const float *want,
                                             size_t n, double tolerance, const char *what)
{
	size_t worst = 0;
	double most = 0;
	bool pass = true;

	for (size_t i = 0; i < n; i++) {
		double d = fabs((double)got[i] - want[i]);

		if (!(d <= tolerance))
			pass = false;
		if (!(d <= most)) {
			most = d;
			worst = i;
		}
	}
	ok(pass, "%s", what);
	if (!pass)
		printf("#   worst at %zu: got %.9g, expected %.9g within %g\n", worst,
		       got[worst], want[worst], tolerance);
	return pass;
}

/* Under valgrind, some 50 times slower: sizes beyond what finds an error may be left out. */
__attribute__((unused))
static bool tap_is_slow(void)
{
	const char *conf = getenv("AML_CONF");

	return conf && !strcmp(conf, "valgrind");
}

__attribute__((unused))
static int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}
