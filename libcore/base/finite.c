/* Looks at many floats; see finite.h. */
#include "base/finite.h"

#include <stdint.h>
#include <string.h>

enum { STEP = 64 };                     /* -O2 makes vectors of a constant count */

/*
 * A number whose exponent has all bits set is NaN or infinite: to add one to it carries into the
 * sign, which is cleared before. Or'ed together, one sign tells of them all.
 */
#define MAGNITUDE 0x7fffffffu
#define LAST_OF_EXPONENT 0x00800000u
#define SIGN 0x80000000u

typedef uint32_t words __attribute__((vector_size(16)));

static words carry(const float *x)
{
	words w;

	memcpy(&w, x, sizeof w);
	return (w & MAGNITUDE) + LAST_OF_EXPONENT;
}

bool finite_all(const float *x, size_t n)
{
	enum { WORDS = sizeof(words) / sizeof(uint32_t) };
	words a = {0}, b = {0}, c = {0}, d = {0};       /* in registers, which an array is not */
	uint32_t all = 0, bits;

	for (; n >= 4 * WORDS; x += 4 * WORDS, n -= 4 * WORDS) {
		a |= carry(x);
		b |= carry(x + WORDS);
		c |= carry(x + 2 * WORDS);
		d |= carry(x + 3 * WORDS);
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(&bits, x + i, sizeof bits);
		all |= (bits & MAGNITUDE) + LAST_OF_EXPONENT;
	}
	a |= b | c | d;
	for (int i = 0; i < WORDS; i++)
		all |= a[i];
	return !(all & SIGN);
}

bool finite_within(const float *x, size_t n, float low, float high)
{
	int outside = 0;

	for (; n >= STEP; x += STEP, n -= STEP)
		for (int i = 0; i < STEP; i++)
			outside |= !(x[i] >= low) | !(x[i] <= high);
	for (size_t i = 0; i < n; i++)
		outside |= !(x[i] >= low) | !(x[i] <= high);
	return !outside;
}
