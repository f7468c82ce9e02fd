#pragma once
/*
 * The transforms of Winograd's F(4, 3) in one dimension, points 0, +-a, +-b and infinity,
 * and their transposes. Two dimensions are one after the other. METHOD.md derives them.
 */
#include "kernels/strip.h"
#include "kernels/vec.h"

#define WINOGRAD_A 0.70710678118654752f /* a: sqrt(1/2) */
#define WINOGRAD_B 1.41421356237309505f /* b: sqrt(2) */

/* B^T x: six inputs to their values at the points */
VEC_INLINE void winograd_input(vec t[STRIP_REACH], const vec x[STRIP_REACH])
{
	vec even_a = x[4] - 2 * x[2], odd_a = x[3] - 2 * x[1];
	vec even_b = x[4] - 0.5f * x[2], odd_b = x[3] - 0.5f * x[1];

	t[0] = x[0] + x[4] - 2.5f * x[2];
	t[1] = even_a + WINOGRAD_A * odd_a;
	t[2] = even_a - WINOGRAD_A * odd_a;
	t[3] = even_b + WINOGRAD_B * odd_b;
	t[4] = even_b - WINOGRAD_B * odd_b;
	t[5] = x[1] + x[5] - 2.5f * x[3];
}

/* B t: its transpose */
VEC_INLINE void winograd_input_back(vec x[STRIP_REACH], const vec t[STRIP_REACH])
{
	vec even_a = t[1] + t[2], odd_a = t[1] - t[2], even_b = t[3] + t[4], odd_b = t[3] - t[4];

	x[0] = t[0];
	x[1] = t[5] - WINOGRAD_B * odd_a - WINOGRAD_A * odd_b;
	x[2] = -2.5f * t[0] - 2 * even_a - 0.5f * even_b;
	x[3] = WINOGRAD_A * odd_a + WINOGRAD_B * odd_b - 2.5f * t[5];
	x[4] = t[0] + even_a + even_b;
	x[5] = t[5];
}

/* A^T t: values at the points to four outputs */
VEC_INLINE void winograd_output(vec y[STRIP_TILE], const vec t[STRIP_REACH])
{
	vec even_a = t[1] + t[2], odd_a = t[1] - t[2], even_b = t[3] + t[4], odd_b = t[3] - t[4];

	y[0] = t[0] + even_a + even_b;
	y[1] = WINOGRAD_A * odd_a + WINOGRAD_B * odd_b;
	y[2] = 0.5f * even_a + 2 * even_b;
	y[3] = 0.5f * WINOGRAD_A * odd_a + 2 * WINOGRAD_B * odd_b + t[5];
}

/* A y: its transpose */
VEC_INLINE void winograd_output_back(vec t[STRIP_REACH], const vec y[STRIP_TILE])
{
	vec even_a = y[0] + 0.5f * y[2], odd_a = y[1] + 0.5f * y[3];
	vec even_b = y[0] + 2 * y[2], odd_b = y[1] + 2 * y[3];

	t[0] = y[0];
	t[1] = even_a + WINOGRAD_A * odd_a;
	t[2] = even_a - WINOGRAD_A * odd_a;
	t[3] = even_b + WINOGRAD_B * odd_b;
	t[4] = even_b - WINOGRAD_B * odd_b;
	t[5] = y[3];
}

/* G w: three taps to the points */
VEC_INLINE void winograd_weights(vec t[STRIP_REACH], const vec w[3])
{
	vec even_a = (-2.f / 3) * w[0] - (1.f / 3) * w[2], odd_a = (-2.f / 3 * WINOGRAD_A) * w[1];
	vec even_b = (1.f / 6) * w[0] + (1.f / 3) * w[2], odd_b = (1.f / 6 * WINOGRAD_B) * w[1];

	t[0] = w[0];
	t[1] = even_a + odd_a;
	t[2] = even_a - odd_a;
	t[3] = even_b + odd_b;
	t[4] = even_b - odd_b;
	t[5] = w[2];
}

/* G^T t: its transpose */
VEC_INLINE void winograd_weights_back(vec w[3], const vec t[STRIP_REACH])
{
	vec even_a = t[1] + t[2], odd_a = t[1] - t[2], even_b = t[3] + t[4], odd_b = t[3] - t[4];

	w[0] = t[0] - (2.f / 3) * even_a + (1.f / 6) * even_b;
	w[1] = (1.f / 6 * WINOGRAD_B) * odd_b - (2.f / 3 * WINOGRAD_A) * odd_a;
	w[2] = (1.f / 3) * (even_b - even_a) + t[5];
}
