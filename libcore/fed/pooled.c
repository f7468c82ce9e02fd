/* Variances of all images together; see pooled.h. */
#include "fed/pooled.h"

#include <float.h>
#include <math.h>

/* Squares of float32 are exact in double. */
void pooled_add(struct pooled *p, double n, double m, double v)
{
	exact_add(&p->n, n);
	exact_add_product(&p->mean, n, m);
	exact_add_product(&p->square, n, v);
	exact_add_product(&p->square, n, m * m);
}

/* S += FACTOR (sum a) (sum b), where FACTOR is 1, -1 or float32. */
static void add_products(struct exact *s, double factor, const double *a, int as, const double *b,
                         int bs)
{
	for (int i = 0; i < as; i++)
		for (int j = 0; j < bs; j++) {
			double product = a[i] * b[j];

			exact_add_product(s, factor, product);
			exact_add_product(s, factor, fma(a[i], b[j], -product));
		}
}

/* The middle of two neighbouring floats, of which HIGH may be infinite. */
static double middle_of(float low, float high)
{
	const double beyond = 0x1p128;

	return ((isinf(low) ? -beyond : (double)low) + (isinf(high) ? beyond : (double)high)) / 2;
}

float pooled_variance(const struct pooled *p)
{
	double n[EXACT_TERMS], mean[EXACT_TERMS], square[EXACT_TERMS], q, error, middle;
	int ns = exact_terms(&p->n, n), means = exact_terms(&p->mean, mean);
	int squares = exact_terms(&p->square, square);
	struct exact top = {0};
	float low, high;

	add_products(&top, 1, n, ns, square, squares);
	add_products(&top, -1, mean, means, mean, means);
	q = exact_value(&top) / n[0] / n[0];
	error = fabs(q) * 8 * DBL_EPSILON;
	low = (float)(q - error);
	high = (float)(q + error);
	if (low == high)
		return low;
	middle = middle_of(low, high);
	add_products(&top, -middle, n, ns, n, ns);
	if (exact_sign(&top) == 0)
		return (float)middle;           /* a tie: to even */
	return exact_sign(&top) < 0 ? low : high;
}
