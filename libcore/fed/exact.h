#pragma once
/*
 * Sums of doubles without rounding error, whose value and sign therefore do not
 * depend on the order of the terms: one long fixed-point number (Kulisch's accumulator).
 */
#include <stdint.h>

enum {
	EXACT_LIMBS = 28,               /* of 32 bits: 2^-384 to 2^511 */
	EXACT_LOWEST = -384,            /* exponent of bit 0 */
	EXACT_HIGHEST = 468,            /* terms are below 2^468; above is room for carries */
	EXACT_TERMS = 17,               /* doubles that hold any sum */
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

/* The double nearest to the sum, ties to even. */
double exact_value(const struct exact *s);

/*
 * The sum as doubles: the nearest one, then the one nearest to what is left, and so on. Fills in
 * TERM [EXACT_TERMS]; returns their number, 0 of nothing.
 */
int exact_terms(const struct exact *s, double *term);
