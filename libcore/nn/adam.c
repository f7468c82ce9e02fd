/* Adam; see adam.h. */
#include "nn/adam.h"

#include <math.h>

float adam_alpha(const struct adam *a, uint64_t t)
{
	return a->rate * sqrtf(1 - powf(a->beta2, (float)t)) / (1 - powf(a->beta1, (float)t));
}

void adam_update(const struct adam *a, float alpha, float *w, float *m, float *v, const float *g,
                 const float *anchor, size_t n)
{
	float take1 = 1 - a->beta1, take2 = 1 - a->beta2;

	for (size_t i = 0; i < n; i++) {
		float d = g[i];

		if (a->proximal != 0)
			d += a->proximal * (w[i] - anchor[i]);
		m[i] += (d - m[i]) * take1;
		v[i] += (d * d - v[i]) * take2;
		w[i] -= m[i] * alpha / (sqrtf(v[i]) + a->epsilon);
	}
}
