#pragma once
/* A step of Adam on the numbers of a vector; kernels.h has the formula. */
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/vec.h"

/* ANCHOR may be NULL. */
VEC_INLINE void adam_step_vec(float *w, float *m, float *v, const float *anchor, vec g,
                              const struct adam_step *a)
{
	vec w1 = vec_load(w), m1 = vec_load(m), v1 = vec_load(v);

	if (anchor)
		g += a->pull * (w1 - vec_load(anchor));
	m1 += (g - m1) * a->rate1;
	v1 += (g * g - v1) * a->rate2;
	vec_store(m, m1);
	vec_store(v, v1);
	vec_store(w, w1 - m1 * a->alpha / (vec_sqrt(v1) + a->epsilon));
}

/* The numbers that fill no vector, by way of one that they fill in part. */
VEC_INLINE void adam_step_tail(float *w, float *m, float *v, const float *anchor, const float *g,
                               size_t count, const struct adam_step *a)
{
	float part[5][LANES] = {{0}};
	size_t bytes = count * sizeof(float);

	memcpy(part[0], w, bytes);
	memcpy(part[1], m, bytes);
	memcpy(part[2], v, bytes);
	memcpy(part[3], g, bytes);
	if (anchor)
		memcpy(part[4], anchor, bytes);
	adam_step_vec(part[0], part[1], part[2], anchor ? part[4] : NULL, vec_load(part[3]), a);
	memcpy(w, part[0], bytes);
	memcpy(m, part[1], bytes);
	memcpy(v, part[2], bytes);
}
