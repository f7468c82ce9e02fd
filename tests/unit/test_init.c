/*
 * Initial weights: their distribution (Kolmogorov and Smirnov), bounds and constants;
 * streams of arrays and seeds.
 */
#include "nn/init.h"

#include "model/weights.h"
#include "tap.h"

static int ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/*
 * sqrt(n) times the largest distance from the uniform distribution on [-LIMIT, LIMIT];
 * above 2.2 once in 10^4.
 */
static double distance(float *w, size_t n, double limit)
{
	double most = 0;

	qsort(w, n, sizeof *w, ascending);
	for (size_t i = 0; i < n; i++) {
		double p = (w[i] / limit + 1) / 2;

		most = fmax(most, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
	}
	return most * sqrt((double)n);
}

static void kernel(const struct weights *w, const struct net *net, enum net_array k,
                   double in, double out)
{
	double limit = sqrt(6 / (in + out)), sum = 0, most = 0;
	size_t n = net_count(net, k);
	char text[64];

	for (size_t i = 0; i < n; i++) {
		sum += (double)w->a[k][i] * w->a[k][i];
		most = fmax(most, fabs(w->a[k][i]));
	}
	ok(most <= limit * (1 + 1e-7) && most > limit * .99,
	   "array %d: up to the limit of Glorot and Bengio", k);
	snprintf(text, sizeof text, "array %d: variance", k);
	/* of a uniform distribution; its fourth moment makes the estimate's spread sqrt(.8 / n) */
	is_near(sum / (double)n / (limit * limit / 3), 1, 5 * sqrt(.8 / (double)n), text);
	snprintf(text, sizeof text, "array %d: uniform", k);
	is_near(distance(w->a[k], n, limit), 0, 2.2, text);
}

static void constant(const struct weights *w, const struct net *net, enum net_array k, float value)
{
	bool good = true;

	for (size_t i = 0; i < net_count(net, k); i++)
		good = good && w->a[k][i] == value;
	ok(good, "array %d: all %g", k, (double)value);
}

static void distributions(const struct net *net)
{
	struct weights w;

	weights_init(&w, net);
	init_weights(net, 12, w.a);
	kernel(&w, net, CONV1_W, 9 * 4, 9 * 32);
	kernel(&w, net, CONV2_W, 9 * 32, 9 * 32);
	kernel(&w, net, CONV3_W, 9 * 32, 9 * 64);
	kernel(&w, net, CONV4_W, 9 * 64, 9 * 64);
	kernel(&w, net, DENSE1_W, 3 * 3 * 64, 512);
	kernel(&w, net, DENSE2_W, 512, 15);
	for (int k = CONV1_B; k <= DENSE1_B; k += 2)
		constant(&w, net, (enum net_array)k, 0);
	constant(&w, net, BN_GAMMA, 1);
	constant(&w, net, BN_BETA, 0);
	constant(&w, net, BN_MEAN, 0);
	constant(&w, net, BN_VAR, 1);
	constant(&w, net, DENSE2_B, 0);
	weights_release(&w);
}

/* How often A and B, scaled to the same limit, agree. */
static int equal(const float *a, const float *b, size_t n, double scale)
{
	int count = 0;

	for (size_t i = 0; i < n; i++)
		count += fabs(a[i] - b[i] * scale) < 1e-7;
	return count;
}

static void streams(const struct net *net)
{
	struct weights a, b, c;
	size_t n = net_count(net, CONV1_W);
	bool same = true;

	weights_init(&a, net);
	weights_init(&b, net);
	weights_init(&c, net);
	init_weights(net, 1, a.a);
	init_weights(net, 1, b.a);
	init_weights(net, 1ull << 32 | 1, c.a);
	for (int k = 0; k < NET_ARRAYS; k++)
		same = same && !memcmp(a.a[k], b.a[k],
		                       net_count(net, (enum net_array)k) * sizeof(float));
	ok(same, "the same seed, the same weights");
	ok(equal(a.a[CONV1_W], c.a[CONV1_W], n, 1) < 5,
	   "a seed that differs in its upper half, other weights");
	ok(equal(a.a[CONV1_W], a.a[CONV2_W], n, sqrt(64. / 36)) < 5, "arrays differ");
	weights_release(&a);
	weights_release(&b);
	weights_release(&c);
}

int main(void)
{
	struct net net;
	struct err e;

	if (net_tutorial(&net, 20, 15, &e) < 0)
		return 1;
	distributions(&net);
	streams(&net);
	return tap_end();
}
