#pragma once
/*
 * Batch normalisation over N rows of D features (Keras BatchNormalization, momentum .99,
 * epsilon 1e-3):
 *   y = x s + (beta - mean s),  s = gamma / sqrt(var + epsilon)
 * In training mean and (biased) variance are the batch's, and enter the moving ones:
 *   moving = moving * .99 + batch * .01
 * In inference they are the moving ones.
 */

#define NORM_KEEP .99f                  /* of the moving ones, in each step */

/* A moving variance must be above -NORM_EPSILON; models with others are refused. */
#define NORM_EPSILON 1e-3f

/* The affine map of one feature set: SCALE and SHIFT [D] from the four arrays. */
void norm_affine(float *scale, float *shift, const float *gamma, const float *beta,
                 const float *mean, const float *var, int D);

void norm_apply(float *y, const float *x, const float *scale, const float *shift, int N, int D);

/* Mean and biased variance over the rows of X [N][D]. */
void norm_statistics(float *mean, float *var, const float *x, int N, int D);

void norm_update(float *moving, const float *batch, int D);

/* Backward through the batch's own statistics MEAN, VAR: DX, DGAMMA, DBETA are overwritten. */
void norm_backward(float *dx, float *dgamma, float *dbeta, const float *dy,
                   const float *x, const float *mean, const float *var,
                   const float *gamma, int N, int D);
