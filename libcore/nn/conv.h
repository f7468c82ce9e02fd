#pragma once
/*
 * 3 x 3 convolution of one image, stride 1 (Keras Conv2D; a correlation, the kernel is
 * not flipped):
 *   y[i,j,k] = b[k] + sum over u, v in 0..2, c of x[i+u-p, j+v-p, c] w[u,v,c,k]
 * p = 1 with zeros around the image ('same'), or 0 ('valid': the output is 2 smaller).
 *   x [H][W][C]   w [3][3][C][K]   b [K]   y [H'][W'][K]
 */
#include <stdbool.h>
#include <stddef.h>

struct conv {
	int H, W, C, K;
	bool same;
};

static inline int conv_out(int side, bool same) { return same ? side : side - 2; }

/* Numbers of scratch memory that the calls below need. */
size_t conv_scratch(const struct conv *c);

/* Forward in strips of rows, each by itself: how many, the rows FROM..TO-1 of one, and one. */
int conv_strips(const struct conv *c);
void conv_strip_rows(const struct conv *c, int strip, int *from, int *to);
void conv_forward_strip(const struct conv *c, float *y, const float *x, const float *w,
                        const float *b, float *scratch, int strip);

/*
 * From DY: DX (overwritten; NULL: not wanted), DW and DB (overwritten).
 *   dw[u,v,c,k] = sum over i, j of x[i+u-p, j+v-p, c] dy[i,j,k]
 *   dx[a,b,c]   = sum over u, v, k of dy[a-u+p, b-v+p, k] w[u,v,c,k]
 */
void conv_backward(const struct conv *c, float *dx, float *dw, float *db, const float *dy,
                   const float *x, const float *w, float *scratch);
