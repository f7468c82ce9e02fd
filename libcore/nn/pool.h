#pragma once
/*
 * Maximum over 2 x 2 blocks of one image; an odd last row or column is dropped (Keras
 * MaxPooling2D, padding 'valid').
 *   y[i,j,c] = max over u, v in {0,1} of x[2i+u, 2j+v, c]
 *   x [H][W][C]   y [H/2][W/2][C]   at: as y, which of the four won: 2u+v, on ties the first;
 *   may be NULL
 */
#include <stdint.h>

void pool_forward(float *y, uint8_t *at, const float *x, int H, int W, int C);

/* DX [H][W][C] is overwritten: the gradient goes to the one that won, zero elsewhere. */
void pool_backward(float *dx, const float *dy, const uint8_t *at, int H, int W, int C);
