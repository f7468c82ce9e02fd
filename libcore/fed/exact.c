/* Sums without rounding error; see exact.h. */
#include "fed/exact.h"

#include <assert.h>
#include <math.h>

enum { LIMB_BITS = 32, MANTISSA_BITS = 53 };
static const int64_t LIMB_MASK = 0xffffffff;

void exact_add(struct exact *s, double x)
{
	int exponent, at;
	int64_t bits = (int64_t)ldexp(frexp(x, &exponent), MANTISSA_BITS);
	int64_t low, high;

	assert(isfinite(x) && exponent <= EXACT_HIGHEST);
	at = exponent - MANTISSA_BITS - EXACT_LOWEST;
	if (at < 0) {
		bits /= (int64_t)1 << (at > -MANTISSA_BITS ? -at : MANTISSA_BITS);
		at = 0;
	}
	low = (bits & LIMB_MASK) * ((int64_t)1 << at % LIMB_BITS);
	high = (bits >> LIMB_BITS) * ((int64_t)1 << at % LIMB_BITS);
	at /= LIMB_BITS;
	s->limb[at] += low & LIMB_MASK;
	s->limb[at + 1] += (low >> LIMB_BITS) + (high & LIMB_MASK);
	s->limb[at + 2] += high >> LIMB_BITS;
}

void exact_add_product(struct exact *s, double a, double b)
{
	double product = a * b;

	exact_add(s, product);
	exact_add(s, fma(a, b, -product));
}

/* Carries up, so that all limbs but the last are digits 0..2^32-1 and the last tells the sign. */
static struct exact carried(const struct exact *s)
{
	struct exact t = *s;

	for (int i = 0; i < EXACT_LIMBS - 1; i++) {
		t.limb[i + 1] += t.limb[i] >> LIMB_BITS;
		t.limb[i] &= LIMB_MASK;
	}
	return t;
}

int exact_sign(const struct exact *s)
{
	struct exact t = carried(s);

	if (t.limb[EXACT_LIMBS - 1] < 0)
		return -1;
	for (int i = 0; i < EXACT_LIMBS; i++)
		if (t.limb[i])
			return 1;
	return 0;
}

double exact_value(const struct exact *s)
{
	struct exact t = *s;
	int sign = exact_sign(s);
	double sum = 0;

	for (int i = 0; i < EXACT_LIMBS; i++)   /* of the magnitude: nothing cancels below */
		t.limb[i] *= sign;
	t = carried(&t);
	for (int i = 0; i < EXACT_LIMBS; i++)
		sum += ldexp((double)t.limb[i], LIMB_BITS * i + EXACT_LOWEST);
	return sign * sum;
}
