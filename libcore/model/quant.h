#pragma once
/*
 * Numbers of a row as steps of one scale from known ones, for small uplinks:
 *
 *   q[i] = (y[i] - p[i]) / scale, rounded     -limit <= q <= limit, limit = 2^(bits-1) - 1
 *   y'[i] = p[i] + scale q[i]                 rounded to float32
 *
 * so that |y'[i] - y[i]| is at most scale / 2 and half a last place of y'[i], where
 * scale is the largest |y - p| of the row, divided by limit.
 */
#include <stddef.h>
#include <stdint.h>

enum { QUANT_MIN_BITS = 2, QUANT_MAX_BITS = 8 };

/* Fills Q [N] from Y and P [N], all finite. Returns the scale; 0 if Y is P. */
float quant_row(int8_t *q, const float *y, const float *p, size_t n, int bits);

/* Y [N] from Q, P and SCALE. Not finite where the sum is too large for float32. */
void quant_restore(float *y, const int8_t *q, const float *p, float scale, size_t n);
