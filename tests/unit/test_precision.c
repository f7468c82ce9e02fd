/* Average precision's interval: its variance against the jackknife by numerical derivatives. */
#include "tap.h"

#include "base/rng.h"
#include "stats/precision.h"

enum { MOST = 90 };

struct sample {
	double score[MOST], weight[MOST];
	uint8_t positive[MOST];
	size_t n;
};

static void draw(struct sample *s, size_t n, uint32_t levels)
{
	struct rng r;

	s->n = n;
	rng_init(&r, n, RNG_SPLIT, levels);
	for (size_t i = 0; i < n; i++) {
		s->positive[i] = rng_below(&r, 4) == 0 || i == 0;
		s->score[i] = (double)(rng_below(&r, levels) + s->positive[i]) / levels;
		s->weight[i] = 1;
	}
}

/* Of cases that count WEIGHT times. */
static double precision_of(const struct sample *s)
{
	double sum = 0, positives = 0;

	for (size_t i = 0; i < s->n; i++) {
		double above = 0, all = 0;

		if (!s->positive[i])
			continue;
		for (size_t k = 0; k < s->n; k++)
			if (s->score[k] >= s->score[i]) {
				all += s->weight[k];
				above += s->positive[k] * s->weight[k];
			}
		sum += s->weight[i] * above / all;
		positives += s->weight[i];
	}
	return sum / positives;
}

static double jackknife(struct sample *s)
{
	const double step = 1e-4;
	double sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		double up, down;

		s->weight[i] = 1 + step;
		up = precision_of(s);
		s->weight[i] = 1 - step;
		down = precision_of(s);
		s->weight[i] = 1;
		sum += (up - down) * (up - down) / (4 * step * step);
	}
	return sum;
}

static void test_jackknife(size_t n, uint32_t levels)
{
	struct sample s;
	struct rank r;
	struct interval got, want;
	double value, m, of_variance, trust;

	draw(&s, n, levels);
	rank_init(&r, s.score, s.positive, n);
	value = rank_average_precision(&r);
	got = precision_interval(&r, value);
	m = (double)r.positives;
	of_variance = value * (1 - value) / jackknife(&s);
	trust = m / (m + 4);
	want = interval_effective(value, 1 / (trust / of_variance +
	                                      (1 - trust) / fmin(of_variance, m)));
	printf("# %zu cases, %g positives, %g effective\n", n, m, of_variance);
	is_near(got.value, value, 0, "the value");
	is_near(got.low, want.low, 1e-7, "lower end");
	is_near(got.high, want.high, 1e-7, "upper end");
	rank_release(&r);
}

static void test_few(void)
{
	static const double score[] = { .9, .8, .1 };
	static const uint8_t first[] = { 1, 1, 0 }, none[] = { 0, 0, 0 };
	struct interval got, want = interval_wilson(2, 2);
	struct rank r;

	rank_init(&r, score, first, 3);
	got = precision_interval(&r, 1);
	is_near(got.low, want.low, 1e-12, "perfect: as many cases as positives");
	ok(got.high == 1, "to 1");
	rank_release(&r);
	rank_init(&r, score, none, 3);
	got = precision_interval(&r, NAN);
	ok(interval_is_none(&got), "none without positives");
	rank_release(&r);
}

int main(void)
{
	test_jackknife(MOST, 1000000);
	test_jackknife(MOST, 8);
	test_jackknife(12, 5);
	test_few();
	return tap_end();
}
