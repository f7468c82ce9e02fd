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

/*
 * N floats, each within its TOLERANCE of WANT; names the worst. EVERY 0: one tolerance for all.
 */
__attribute__((unused)) static bool near_all(const float *got, const float *want, size_t n,
                                             const double *tolerance, size_t every,
                                             const char *what)
{
	size_t worst = 0;
	double most = -INFINITY;
	bool pass = true;

	for (size_t i = 0; i < n; i++) {
		double d = fabs((double)got[i] - want[i]), excess = d - tolerance[i * every];

		if (!(excess <= 0))
			pass = false;
		if (!(excess <= most)) {
			most = excess;
			worst = i;
		}
	}
	ok(pass, "%s", what);
	if (!pass)
		printf("#   worst at %zu: got %.9g, expected %.9g within %g\n", worst,
		       got[worst], want[worst], tolerance[worst * every]);
	return pass;
}

__attribute__((unused)) static bool are_near(const float *got, const float *want,
                                             size_t n, double tolerance, const char *what)
{
	return near_all(got, want, n, &tolerance, 0, what);
}

__attribute__((unused)) static bool are_within(const float *got, const float *want, size_t n,
                                               const double *tolerance, const char *what)
{
	return near_all(got, want, n, tolerance, 1, what);
}

__attribute__((unused))
static bool tap_conf_is(const char *name)
{
	const char *conf = getenv("AML_CONF");

	return conf && !strcmp(conf, name);
}

/* Under valgrind, some 50 times slower: sizes beyond what finds an error may be left out. */
__attribute__((unused))
static bool tap_is_slow(void)
{
	return tap_conf_is("valgrind");
}

/* Under the thread sanitizer: arithmetic in which no threads meet anew may be left out. */
__attribute__((unused))
static bool tap_is_for_threads(void)
{
	return tap_conf_is("tsan");
}

__attribute__((unused))
static int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}
