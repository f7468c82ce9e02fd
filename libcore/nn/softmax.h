#pragma once
/*
 * Softmax, cross-entropy on logits, and their gradient (Keras: fit and evaluate use the
 * logits, unclipped).
 */

/* P[k] = exp(z[k]) / sum exp(z). P may be Z. */
void softmax(float *p, const float *z, int classes);

/* logsumexp(z) - z[label] */
double softmax_loss(const float *z, int label, int classes);

/* DZ[k] = FACTOR (softmax(z)[k] - [k == label]) */
void softmax_gradient(float *dz, const float *z, int label, float factor, int classes);

/* Index of the largest; the lowest wins a tie. */
int softmax_argmax(const float *z, int classes);
