#pragma once
/* Quotients of whole numbers, rounded once to float32, by arithmetic that does not round itself. */
#include <math.h>

/* |S| / D rounded to 24 bits, ties to even; D below 2^60. */
static inline double round_quotient(unsigned __int128 s, unsigned __int128 d)
{
	int shift = 0;
	unsigned __int128 q, rest;

	while (s / d >= 1 << 24) {
		d *= 2;
		shift++;
	}
	while (s && s / d < 1 << 23) {
		s *= 2;
		shift--;
	}
	q = s / d;
	rest = s % d * 2;
	if (rest > d || (rest == d && (q & 1)))
		q++;
	return ldexp((double)q, shift);
}
