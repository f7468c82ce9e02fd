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

/* The first limb that is not 0; 0 if all are. */
static int top_limb(const struct exact *t)
{
	int top = EXACT_LIMBS - 1;

	while (top > 0 && !t->limb[top])
		top--;
	return top;
}

static uint64_t limb_at(const struct exact *t, int i)
{
	return i < 0 ? 0 : (uint64_t)t->limb[i];
}

/*
 * The first 64 bits of a magnitude, whose last one also tells of what lies below: so the conversion
 * to double is the only rounding.
 */
static double leading(const struct exact *t)
{
	int top = top_limb(t), shift = 0;
	uint64_t bits = limb_at(t, top) << LIMB_BITS | limb_at(t, top - 1);
	uint64_t next = limb_at(t, top - 2), rest = 0;

	for (; bits && bits < (uint64_t)1 << 63; shift++)
		bits *= 2;
	bits |= next >> (LIMB_BITS - shift);
	rest = next << shift & (uint64_t)LIMB_MASK;
	for (int i = top - 3; i >= 0; i--)
		rest |= (uint64_t)t->limb[i];
	return ldexp((double)(bits | (rest != 0)), LIMB_BITS * (top - 1) - shift + EXACT_LOWEST);
}

double exact_value(const struct exact *s)
{
	struct exact t = *s;
	int sign = exact_sign(s);

	for (int i = 0; i < EXACT_LIMBS; i++)   /* of the magnitude */
		t.limb[i] *= sign;
	t = carried(&t);
	return sign * leading(&t);
}

int exact_terms(const struct exact *s, double *term)
{
	struct exact rest = *s;
	int n = 0;

	for (; n < EXACT_TERMS && exact_sign(&rest) != 0; n++) {
		term[n] = exact_value(&rest);
		exact_add(&rest, -term[n]);
	}
	return n;
}
