/* Relu, its gradient, and sums: vectors, and what is left of them. */
#include "nn/elementwise.h"

#include "tap.h"

static void elementwise(void)
{
	enum { N = 37 };
	static const float some[5] = { -3, -1e-30f, 0, 1e-30f, 2 };
	static const float relu[5] = { 0, 0, 0, 1e-30f, 2 }, passed[5] = { 0, 0, 0, 7, 7 };
	float x[N], dy[N], sum[N], want[N], want_dy[N], want_sum[N];

	for (int i = 0; i < N; i++) {
		x[i] = some[i % 5];
		want[i] = relu[i % 5];
		dy[i] = 7;
		want_dy[i] = passed[i % 5];
		sum[i] = (float)i;
		want_sum[i] = sum[i] + want[i];
	}
	elementwise_relu(x, N);
	are_near(x, want, N, 0, "relu");
	elementwise_relu_backward(dy, x, N);
	are_near(dy, want_dy, N, 0, "relu: the gradient at 0 is 0");
	elementwise_add(sum, x, N);
	are_near(sum, want_sum, N, 0, "sums");
}

int main(void)
{
	elementwise();
	return tap_end();
}
