/* Softmax and cross-entropy; see softmax.h. */
#include "nn/softmax.h"

#include <math.h>

int softmax_argmax(const float *z, int classes)
{
	int best = 0;

	for (int k = 1; k < classes; k++)
		if (z[k] > z[best])
			best = k;
	return best;
}

static double sum_exp(const float *z, double most, int classes)
{
	double sum = 0;

	for (int k = 0; k < classes; k++)
		sum += exp(z[k] - most);
	return sum;
}

void softmax(float *p, const float *z, int classes)
{
	double most = z[softmax_argmax(z, classes)], sum = sum_exp(z, most, classes);

	for (int k = 0; k < classes; k++)
		p[k] = (float)(exp(z[k] - most) / sum);
}

double softmax_loss(const float *z, int label, int classes)
{
	double most = z[softmax_argmax(z, classes)];

	return most + log(sum_exp(z, most, classes)) - z[label];
}

void softmax_gradient(float *dz, const float *z, int label, float factor, int classes)
{
	softmax(dz, z, classes);
	dz[label] -= 1;
	for (int k = 0; k < classes; k++)
		dz[k] *= factor;
}
