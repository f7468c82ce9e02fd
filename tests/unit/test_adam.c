/* Steps of Adam against its formula in double, with and without the proximal term. */
#include "nn/adam.h"

#include "tap.h"

enum { N = 7, STEPS = 5 };

/* Of weight I in step T: small and large ones, of both signs. */
static double gradient_of(int i, int t)
{
	return (i % 2 ? -1 : 1) * pow(10, i - 4) * (t % 3 - .5);
}

static void steps(float proximal)
{
	struct adam a = adam_keras(1e-3f);
	float w[N], m[N] = {0}, v[N] = {0}, g[N], anchor[N];
	double w1[N], m1[N] = {0}, v1[N] = {0};
	char text[64];

	a.proximal = proximal;
	for (int i = 0; i < N; i++) {
		w1[i] = w[i] = (float)i / 4;
		anchor[i] = 1;
	}
	for (int t = 1; t <= STEPS; t++) {
		double alpha = 1e-3 * sqrt(1 - pow(.999, t)) / (1 - pow(.9, t));

		for (int i = 0; i < N; i++) {
			double d = gradient_of(i, t) + (double)proximal * (w1[i] - anchor[i]);

			g[i] = (float)gradient_of(i, t);
			m1[i] += (d - m1[i]) * .1;
			v1[i] += (d * d - v1[i]) * .001;
			w1[i] -= m1[i] * alpha / (sqrt(v1[i]) + 1e-7);
		}
		/* beta2 in single precision is .999 to 1 part in 10^5 of what it lacks to 1 */
		is_near(adam_alpha(&a, (uint64_t)t), alpha, 3e-5 * alpha, "the step size");
		adam_update(&a, adam_alpha(&a, (uint64_t)t), w, m, v, g, proximal ? anchor : NULL,
		            N);
	}
	for (int i = 0; i < N; i++) {
		snprintf(text, sizeof text, "weight %d, proximal %g", i, (double)proximal);
		is_near(w[i], w1[i], 1e-6, text);
		is_near(m[i], m1[i], 1e-5 * fabs(m1[i]) + 1e-9, "its first moment");
		is_near(v[i], v1[i], 1e-4 * v1[i] + 1e-12, "its second moment");
	}
}

int main(void)
{
	steps(0);
	steps(.5f);
	return tap_end();
}
