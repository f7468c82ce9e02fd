/* DeLong's variance against the definition: every positive with every negative. */
#include "tap.h"

#include "base/rng.h"
#include "stats/delong.h"

enum { CASES_MOST = 200 };

/* What is computed takes sums of places in another order. */
#define ROUNDING 1e-14

struct sample {
	double a[CASES_MOST], b[CASES_MOST];
	uint8_t positive[CASES_MOST];
	size_t n;
};

/* N cases with scores in LEVELS steps, so few that there are ties; every third is positive. */
static void draw_sample(struct sample *s, size_t n, uint32_t levels)
{
	struct rng r;

	s->n = n;
	rng_init(&r, n + levels, RNG_SPLIT, 0);
	for (size_t i = 0; i < n; i++) {
		s->positive[i] = i % 3 == 0;
		s->a[i] = (double)(rng_below(&r, levels) + (s->positive[i] ? levels / 4 : 0));
		s->b[i] = (s->a[i] + (double)rng_below(&r, levels)) / levels;
	}
}

static double win(double positive, double negative)
{
	return positive > negative ? 1 : positive == negative ? 0.5 : 0;
}

/* Mean of case I's comparisons with all of the other kind: its place. */
static double place(const double *score, const struct sample *s, size_t i)
{
	double sum = 0, count = 0;

	for (size_t k = 0; k < s->n; k++) {
		if (s->positive[k] == s->positive[i])
			continue;
		sum += s->positive[i] ? win(score[i], score[k]) : win(score[k], score[i]);
		count++;
	}
	return sum / count;
}

static double mean_place(const double *score, const struct sample *s, bool positive)
{
	double sum = 0, count = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->positive[i] == positive) {
			sum += place(score, s, i);
			count++;
		}
	return sum / count;
}

/* Covariance of the places of one kind, over their count. */
static double part(const double *a, const double *b, const struct sample *s, bool positive)
{
	double ma = mean_place(a, s, positive), mb = mean_place(b, s, positive), sum = 0, n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->positive[i] == positive) {
			sum += (place(a, s, i) - ma) * (place(b, s, i) - mb);
			n++;
		}
	return sum / (n - 1) / n;
}

static double plain(const double *a, const double *b, const struct sample *s)
{
	return part(a, b, s, true) + part(a, b, s, false);
}

static void test_definition(size_t n, uint32_t levels)
{
	struct sample s;
	struct delong_pair got;
	struct rank r;

	draw_sample(&s, n, levels);
	delong_pair(&got, s.a, s.b, s.positive, n);
	rank_init(&r, s.a, s.positive, n);
	printf("# %zu cases, %u scores, auc %.4f, variance %.3g\n", n, levels, got.auc_a,
	       got.variance_a);
	is_near(got.auc_a, mean_place(s.a, &s, true), ROUNDING, "the first AUC");
	is_near(got.auc_b, mean_place(s.b, &s, false), ROUNDING, "the second AUC");
	ok(got.auc_a == rank_auc(&r), "is that of the ranks to the last bit");
	is_near(got.variance_a, plain(s.a, s.a, &s), ROUNDING, "variance of the first");
	is_near(got.variance_b, plain(s.b, s.b, &s), ROUNDING, "variance of the second");
	is_near(got.covariance, plain(s.a, s.b, &s), ROUNDING, "covariance");
	is_near(delong_variance(&r), got.variance_a, ROUNDING, "variance from ranks");
	rank_release(&r);
}

static void test_same_score(void)
{
	struct sample s;
	struct delong_pair got;

	draw_sample(&s, CASES_MOST, 50);
	delong_pair(&got, s.a, s.a, s.positive, s.n);
	ok(got.variance_a + got.variance_b - 2 * got.covariance == 0,
	   "the difference of a score from itself has variance 0");
}

static struct interval interval_of(const double *score, const uint8_t *positive, size_t n)
{
	struct interval i;
	struct rank r;

	rank_init(&r, score, positive, n);
	i = delong_interval(&r);
	rank_release(&r);
	return i;
}

/*
 * At the limit THETA the AUC is INTERVAL_Z standard errors away: the variance there is Newcombe's,
 * or a mixture of it with DeLong's, TRUST in which is above 0 then.
 */
static void is_limit(double theta, double auc, double m, double n, double variance, double trust,
                     const char *what)
{
	double k = (m + n) / 2 - 1;
	double q1 = theta / (2 - theta), q2 = 2 * theta * theta / (1 + theta);
	double newcombe = (theta * (1 - theta) + k * (q1 - theta * theta) +
	                   k * (q2 - theta * theta)) / (m * n);
	double mixed = (1 - trust) * newcombe;

	if (trust > 0)
		mixed += trust * variance * theta * (1 - theta) / (auc * (1 - auc));
	is_near(fabs(auc - theta) / sqrt(mixed), INTERVAL_Z, 1e-9, what);
}

/* 67 positives and 133 negatives: DeLong's variance counts for 67 parts, Newcombe's for 10. */
static void test_interval(void)
{
	struct sample s;
	struct delong_pair pair;
	struct interval i;

	draw_sample(&s, CASES_MOST, 1000);
	delong_pair(&pair, s.a, s.a, s.positive, s.n);
	i = interval_of(s.a, s.positive, s.n);
	ok(0 < i.low && i.low < i.value && i.value < i.high && i.high < 1, "within 0 to 1");
	is_limit(i.low, i.value, 67, 133, pair.variance_a, 67 / 77., "lower limit of a mixture");
	is_limit(i.high, i.value, 67, 133, pair.variance_a, 67 / 77., "its upper limit");
}

static void test_fallback(void)
{
	static const double apart[] = { .1, .2, .3, .4, .5, .6, .7 }, alike[7] = { 0 };
	static const uint8_t upper[] = { 0, 0, 0, 0, 1, 1, 1 }, lower[] = { 1, 1, 1, 0, 0, 0, 0 };
	struct interval i = interval_of(apart, upper, 7);

	ok(i.value == 1 && i.high == 1, "perfect separation ends at 1");
	is_limit(i.low, 1, 3, 4, 0, 0, "and begins at the score limit");
	i = interval_of(apart, lower, 7);
	ok(i.value == 0 && i.low == 0, "the reverse begins at 0");
	is_limit(i.high, 0, 3, 4, 0, 0, "and ends at the score limit");
	i = interval_of(alike, upper, 7);
	ok(i.value == .5, "scores alike");
	is_limit(i.low, .5, 3, 4, 0, 0, "lower limit");
	is_limit(i.high, .5, 3, 4, 0, 0, "upper limit");
	i = interval_of(apart + 3, upper + 3, 2);
	is_near(i.low, 1 / (1 + INTERVAL_Z * INTERVAL_Z), 1e-12, "one of each, as Wilson's 1 of 1");
}

static void test_unknown(void)
{
	static const double score[] = { .1, .2, .3 };
	static const uint8_t all[] = { 1, 1, 1 }, one[] = { 0, 1, 0 }, none[] = { 0, 0, 0 };
	struct delong_pair pair;
	struct interval i = interval_of(score, all, 3);

	ok(interval_is_none(&i), "no interval without negatives");
	i = interval_of(score, none, 3);
	ok(interval_is_none(&i), "nor without positives");
	i = interval_of(score, all, 0);
	ok(interval_is_none(&i), "nor without cases");
	delong_pair(&pair, score, score, all, 3);
	ok(isnan(pair.auc_a) && isnan(pair.covariance), "a pair without negatives");
	delong_pair(&pair, score, score, one, 3);
	ok(pair.auc_a == .5 && isnan(pair.variance_a) && isnan(pair.variance_b)
	   && isnan(pair.covariance), "one positive has no variance");
}

/* ---- clusters ---- */

/* What case I moves the AUC of SCORE by. */
static double moved(const double *score, const struct sample *s, size_t i)
{
	double count = 0;

	for (size_t k = 0; k < s->n; k++)
		count += s->positive[k] == s->positive[i];
	return (place(score, s, i) - mean_place(score, s, true)) / count;
}

static double plain_clustered(const double *a, const double *b, const struct sample *s,
                              const uint32_t *cluster, uint32_t clusters)
{
	double sum = 0;

	for (uint32_t c = 0; c < clusters; c++) {
		double ma = 0, mb = 0;

		for (size_t i = 0; i < s->n; i++)
			if (cluster[i] == c) {
				ma += moved(a, s, i);
				mb += moved(b, s, i);
			}
		sum += ma * mb;
	}
	return sum * clusters / (clusters - 1);
}

static void test_clusters(void)
{
	enum { CLUSTERS = 9 };
	struct sample s;
	struct delong_pair got, alone;
	uint32_t cluster[CASES_MOST];

	draw_sample(&s, 120, 30);
	for (size_t i = 0; i < s.n; i++)
		cluster[i] = (uint32_t)((i / 3 + i) % CLUSTERS);
	is_int((long long)delong_clustered(&got, s.a, s.b, s.positive, s.n, cluster, CLUSTERS),
	       CLUSTERS,
	       "all clusters have positives");
	delong_pair(&alone, s.a, s.b, s.positive, s.n);
	ok(got.auc_a == alone.auc_a && got.auc_b == alone.auc_b, "the AUCs are those of cases");
	is_near(got.variance_a, plain_clustered(s.a, s.a, &s, cluster, CLUSTERS), ROUNDING,
	        "variance over clusters");
	is_near(got.variance_b, plain_clustered(s.b, s.b, &s, cluster, CLUSTERS), ROUNDING,
	        "of the other score");
	is_near(got.covariance, plain_clustered(s.a, s.b, &s, cluster, CLUSTERS), ROUNDING,
	        "covariance over clusters");
	for (size_t i = 0; i < s.n; i++)
		cluster[i] = s.positive[i] ? 0 : (uint32_t)(i % CLUSTERS);
	is_int((long long)delong_clustered(&got, s.a, s.b, s.positive, s.n, cluster, CLUSTERS), 1,
	       "positives of one cluster");
	ok(got.auc_b == alone.auc_b && isnan(got.variance_a) && isnan(got.covariance),
	   "tell nothing of others");
}

/* Cases that are each a cluster: as cases, but for 1/n where DeLong has 1/m. */
static void test_single_cases(void)
{
	struct sample s;
	struct delong_pair got, alone;
	uint32_t cluster[CASES_MOST];

	draw_sample(&s, 200, 50);
	for (size_t i = 0; i < s.n; i++)
		cluster[i] = (uint32_t)i;
	delong_clustered(&got, s.a, s.b, s.positive, s.n, cluster, s.n);
	delong_pair(&alone, s.a, s.b, s.positive, s.n);
	is_near(got.variance_a / alone.variance_a, 1, .01, "clusters of one case");
	is_near(got.covariance / alone.covariance, 1, .01, "and their covariance");
}

int main(void)
{
	test_definition(CASES_MOST, 1000000);
	test_definition(CASES_MOST, 12);
	test_definition(CASES_MOST, 2);
	test_definition(5, 4);
	test_same_score();
	test_interval();
	test_fallback();
	test_unknown();
	test_clusters();
	test_single_cases();
	return tap_end();
}
