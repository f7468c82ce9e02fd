/* Server optimisers; see serveropt.h. */
#include "fed/serveropt.h"

#include <math.h>

const char *const serveropt_name[] = { "none", "adam", "yogi", "adagrad" };
const struct serveropt serveropt_defaults = {
	.rule = SERVEROPT_NONE, .rate = 1e-3, .beta1 = .9, .beta2 = .99, .tau = 1e-4,
};

void serveropt_start(const struct serveropt *o, float *m, float *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		m[i] = 0;
		v[i] = (float)(o->tau * o->tau);
	}
}

static double sign(double x)
{
	return (x > 0) - (x < 0);
}

static double next_v(const struct serveropt *o, double v, double d)
{
	switch (o->rule) {
	case SERVEROPT_ADAM:
		return o->beta2 * v + (1 - o->beta2) * d * d;
	case SERVEROPT_YOGI:
		return v - (1 - o->beta2) * d * d * sign(v - d * d);
	case SERVEROPT_ADAGRAD:
		return v + d * d;
	case SERVEROPT_NONE:
		break;
	}
	return v;
}

bool serveropt_step(const struct serveropt *o, const double *mean, const float *w,
                    const float *low, float *m, float *v, float *next, size_t n)
{
	bool good = true;

	for (size_t i = 0; i < n; i++) {
		double from = w[i] + (low ? (double)low[i] : 0), d = mean[i] - from;
		double m1 = o->beta1 * m[i] + (1 - o->beta1) * d;
		double v1 = next_v(o, v[i], d);

		m[i] = (float)m1;
		v[i] = (float)v1;
		next[i] = (float)(from + o->rate * m1 / (sqrt(v1) + o->tau));
		good = good && isfinite(v[i]) && isfinite(next[i]);
	}
	return good;
}
