#pragma once
/* Colours times their alpha and back, in Pillow's 8-bit arithmetic. */
#include <stdint.h>

/* c * a / 255, rounded to nearest. */
static inline uint8_t alpha_times(unsigned c, unsigned a)
{
	unsigned t = c * a + 128;

	return (uint8_t)(((t >> 8) + t) >> 8);
}

/* c * 255 / a, toward zero, at most 255; A must not be 0. */
static inline uint8_t alpha_divide(unsigned c, unsigned a)
{
	unsigned v = c * 255 / a;

	return (uint8_t)(v < 255 ? v : 255);
}
