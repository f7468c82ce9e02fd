#pragma once
/*
 * Sums of doubles without rounding error, whose value and sign therefore do not
 * depend on the order of the terms: one long fixed-point number (Kulisch's accumulator).
 */
#include <stdint.h>

enum {
	EXACT_LIMBS = 24,               /* of 32 bits: 2^-384 to 2^383 */
	EXACT_LOWEST = -384,            /* exponent of bit 0 */
	EXACT_HIGHEST = 340,            /* terms are below 2^340; above is room for carries */
};

/* Value: sum of limb[i] 2^(32 i + EXACT_LOWEST). Zero-initialised it is 0. Holds 2^29 terms. */
struct exact {
	int64_t limb[EXACT_LIMBS];
};

/* Bits of X below 2^EXACT_LOWEST are dropped. */
void exact_add(struct exact *s, double x);

/* a b, exact if no bit of it lies below 2^EXACT_LOWEST. */
void exact_add_product(struct exact *s, double a, double b);

int exact_sign(const struct exact *s);          /* -1, 0, 1 */

/* The sum as a double, off by less than one unit in its last place. */
double exact_value(const struct exact *s);
