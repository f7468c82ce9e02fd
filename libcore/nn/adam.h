#pragma once
/*
 * Adam as Keras writes it (Kingma and Ba 2015, the form before their section 2.1's end),
 * float32 throughout, t = 1, 2, ...:
 *   alpha = rate sqrt(1 - b2^t) / (1 - b1^t)
 *   m += (g - m)(1 - b1);  v += (g g - v)(1 - b2);  w -= m alpha / (sqrt(v) + epsilon)
 */
#include <stddef.h>
#include <stdint.h>

struct adam {
	float rate;                     /* 1e-3 */
	float beta1, beta2, epsilon;    /* .9 .999 1e-7 */
	/* FedProx (Li et al. 2020): mu (w - anchor) is added to the gradient; 0: no */
	float proximal;
};

static inline struct adam adam_keras(float rate)
{
	return (struct adam){ .rate = rate, .beta1 = .9f, .beta2 = .999f, .epsilon = 1e-7f };
}

float adam_alpha(const struct adam *a, uint64_t t);

/* N weights with their gradients and moments. ANCHOR [n] is read only if a->proximal is not 0. */
void adam_update(const struct adam *a, float alpha, float *w, float *m, float *v, const float *g,
                 const float *anchor, size_t n);
