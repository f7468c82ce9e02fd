/* Looks at floats: each kind of odd number at each place of a block, and behind it. */
#include "base/finite.h"

#include <float.h>

#include "tap.h"

enum { N = 64 + 64 + 7 };

static float x[N];

static void fill(float value)
{
	for (int i = 0; i < N; i++)
		x[i] = value;
}

static void all_finite(void)
{
	static const float good[] = { 0, -0.0f, 1, -FLT_MAX, FLT_MAX, FLT_MIN, 1e-45f };
	static const float odd[] = { NAN, -NAN, INFINITY, -INFINITY };
	int passed = 0, found = 0;

	for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
		fill(good[k]);
		passed += finite_all(x, N);
	}
	is_int(passed, 7, "finite numbers");
	for (size_t k = 0; k < 4; k++)
		for (int i = 0; i < N; i++) {
			fill(1);
			x[i] = odd[k];
			found += !finite_all(x, N);
		}
	is_int(found, 4 * N, "NaN and infinity at every place");
	ok(finite_all(x, 0), "none at all");
}

static void within(void)
{
	static const float odd[] = { NAN, -1e-3f, 1.001f, INFINITY, -INFINITY };
	int found = 0;

	for (int i = 0; i < N; i++)
		x[i] = (float)i / (N - 1);
	ok(finite_within(x, N, 0, 1), "0 to 1, both ends");
	for (size_t k = 0; k < 5; k++)
		for (int i = 0; i < N; i++) {
			float old = x[i];

			x[i] = odd[k];
			found += !finite_within(x, N, 0, 1);
			x[i] = old;
		}
	is_int(found, 5 * N, "what lies outside, at every place");
	ok(finite_within(x, 0, 0, 1), "none at all");
}

int main(void)
{
	all_finite();
	within();
	return tap_end();
}
