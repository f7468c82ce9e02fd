/* Server optimisers against FEDn's own results over three rounds, by hand, and out of range. */
#include "fed/serveropt.h"
#include "format/npy.h"
#include "fed/fedavg.h"
#include "npy_file.h"
#include "tap.h"

enum { NUMBERS = 90, ROUNDS = 3, CLIENTS = 3 };
static const double images[CLIENTS] = { 10, 20, 70 };

static bool load(struct npy *a, const char *name, char kind, size_t rows)
{
	char path[256];
	struct err e;

	snprintf(path, sizeof path, "tests/data/serveropt/%s.npy", name);
	if (npy_file(a, path, 1 << 20, &e) < 0) {
		printf("# %s\n", e.text);
		return false;
	}
	return a->kind == kind && a->dims == 2 && a->shape[0] == rows && a->shape[1] == NUMBERS;
}

static void mean_of_round(const float *input, int round, double *mean)
{
	const float *x[CLIENTS];
	float rounded[NUMBERS];
	struct fedavg_weights w;
	struct err e;

	for (int k = 0; k < CLIENTS; k++)
		x[k] = input + (1 + round * CLIENTS + k) * NUMBERS;
	fedavg_weights_init(&w, images, CLIENTS, &e);
	fedavg_mean(&w, x, NUMBERS, rounded, mean);
	fedavg_weights_release(&w);
}

/*
 * Tolerance: FEDn's running mean is float32 (weights up to .1: 4e-9, of which a tenth is divided by
 * at least 2e-4 and multiplied by 1e-3), and ours rounds w to float32 each round (4e-9 at .1).
 */
static void test_rule(enum serveropt_rule rule, const char *name)
{
	struct serveropt o = serveropt_defaults;
	struct npy input = {0}, want = {0};
	float w[NUMBERS], m[NUMBERS], v[NUMBERS];

	o.rule = rule;
	if (!ok(load(&input, "inputs", 'f', 1 + ROUNDS * CLIENTS) && load(&want, name, 'f', ROUNDS),
	        "%s", name))
		return;
	memcpy(w, input.data, sizeof w);
	serveropt_start(&o, m, v, NUMBERS);
	for (int round = 0; round < ROUNDS; round++) {
		double mean[NUMBERS], worst = 0;
		const double *expected = (const double *)want.data + round * NUMBERS;

		mean_of_round(input.data, round, mean);
		ok(serveropt_step(&o, mean, w, NULL, m, v, w, NUMBERS), "%s, round %d",
		   name, round + 1);
		for (int i = 0; i < NUMBERS; i++)
			worst = fmax(worst, fabs(w[i] - expected[i]));
		is_near(worst, 0, 4e-9, "FEDn's result");
	}
	npy_release(&input);
	npy_release(&want);
}

/* By hand: d = 1, tau = 1, rate = 1, beta1 = beta2 = .5. */
static void test_by_hand(void)
{
	const double mean[] = { 3 };
	static const struct { enum serveropt_rule rule; float v; } cases[] = {
		{ SERVEROPT_ADAM, 1 }, { SERVEROPT_YOGI, 1 }, { SERVEROPT_ADAGRAD, 2 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct serveropt o = { cases[i].rule, 1, .5, .5, 1 };
		float w = 2, m, v;

		serveropt_start(&o, &m, &v, 1);
		serveropt_step(&o, mean, &w, NULL, &m, &v, &w, 1);
		is_near(m, .5, 0, "m is half of d");
		is_near(v, cases[i].v, 0, "v");
		is_near(w, 2 + .5 / (sqrt(cases[i].v) + 1), 1e-7, "w");
	}
}

static void test_range(void)
{
	struct serveropt o = serveropt_defaults;
	const double mean[] = { 3e38 };
	float w = -3e38f, m, v, next;

	o.rule = SERVEROPT_ADAGRAD;
	serveropt_start(&o, &m, &v, 1);
	ok(!serveropt_step(&o, mean, &w, NULL, &m, &v, &next, 1), "a step beyond float32 is told");
}

/* The model sent out is a double: what float32 cannot hold of it counts in d, against tau. */
static void test_low(void)
{
	struct serveropt o = { SERVEROPT_ADAM, 1, 0, 0, 1e-9 };
	const double mean[] = { 1 + 3e-8 };
	float w = 1, low = 2e-8f, m, v, next;

	serveropt_start(&o, &m, &v, 1);
	serveropt_step(&o, mean, &w, &low, &m, &v, &next, 1);
	is_near(m, 1e-8, 1e-15, "d is taken from w + low");
}

int main(void)
{
	test_low();
	test_rule(SERVEROPT_ADAM, "adam");
	test_rule(SERVEROPT_YOGI, "yogi");
	test_rule(SERVEROPT_ADAGRAD, "adagrad");
	test_by_hand();
	test_range();
	return tap_end();
}
