/* Curves against scikit-learn's, operating points against a search, bands by their definition. */
#include "golden_rank.h"
#include "tap.h"

#include "stats/roc.h"

static void read_roc(struct roc *c, const char *name)
{
	struct rank r;

	read_rank(&r, name);
	roc_init(c, &r);
	rank_release(&r);
}

static bool same(double got, double want)
{
	return got == want || (isnan(got) && isnan(want));
}

static bool same_point(const struct roc *c, const struct roc_point *p, FILE *f)
{
	struct roc_place roc = roc_place(c, p, ROC_AXES);
	struct roc_place pr = roc_place(c, p, ROC_PRECISION_RECALL);
	double threshold, sensitivity, other, precision;
	long long hits, alarms;

	if (fscanf(f, "%lf %lld %lld %lf %lf %lf", &threshold, &hits, &alarms, &sensitivity, &other,
	           &precision) != 6)
		return false;
	return p->threshold == threshold && p->true_positives == hits
	       && p->false_positives == alarms && roc.x == other && roc.y == sensitivity
	       && pr.x == sensitivity && same(pr.y, precision);
}

/* To the last bit: each is the quotient of two counts. */
static void test_golden(const char *name)
{
	FILE *f = open_rank(name, "curve");
	struct roc c;
	size_t good = 0;
	char rest[2];

	read_roc(&c, name);
	while (good < c.count && same_point(&c, &c.points[good], f))
		good++;
	ok(good == c.count, "%s: %zu of %zu points are scikit-learn's", name, good, c.count);
	ok(fscanf(f, "%1s", rest) != 1, "%s: it has no more", name);
	fclose(f);
	roc_release(&c);
}

static double sensitivity(const struct roc *c, size_t i)
{
	return (double)c->points[i].true_positives / (double)c->positives;
}

static double specificity(const struct roc *c, size_t i)
{
	return 1 - (double)c->points[i].false_positives / (double)c->negatives;
}

static void test_wanted(const char *name, double wanted)
{
	const struct roc_point *a, *b;
	struct roc c;
	size_t first = 0, last;

	read_roc(&c, name);
	last = c.count - 1;
	while (sensitivity(&c, first) < wanted)
		first++;
	while (specificity(&c, last) < wanted - 1e-12)
		last--;
	a = roc_at_sensitivity(&c, wanted);
	b = roc_at_specificity(&c, wanted);
	ok(a == &c.points[first], "%s: sensitivity %g first at %g", name, wanted, a->threshold);
	ok(b == &c.points[last], "%s: specificity %g last at %g", name, wanted, b->threshold);
	roc_release(&c);
}

/* 20 positives, 10 negatives: shares that are asked for as a decimal number are met exactly. */
static void test_exact(void)
{
	double score[30];
	uint8_t positive[30];
	struct rank r;
	struct roc c;
	int wrong = 0;

	for (int i = 0; i < 30; i++) {
		score[i] = i;
		positive[i] = i >= 10;
	}
	rank_init(&r, score, positive, 30);
	roc_init(&c, &r);
	for (int i = 1; i <= 20; i++) {
		char decimal[16];

		snprintf(decimal, sizeof decimal, "%.2f", i / 20.);
		wrong += roc_at_sensitivity(&c, strtod(decimal, NULL))->threshold != 30 - i;
	}
	for (int i = 1; i <= 10; i++) {
		char decimal[16];

		snprintf(decimal, sizeof decimal, "%.1f", i / 10.);
		wrong += roc_at_specificity(&c, strtod(decimal, NULL))->threshold != i;
	}
	is_int(wrong, 0, "0.05, 0.1, ... are met, not passed");
	roc_release(&c);
	rank_release(&r);
}

static void test_rates(void)
{
	static const double score[] = { .9, .8, .7, .6, .5, .4, .3 };
	static const uint8_t positive[] = { 1, 1, 0, 1, 0, 0, 0 };
	struct interval want;
	struct roc_rates rates;
	struct rank r;
	struct roc c;

	rank_init(&r, score, positive, 7);
	roc_init(&c, &r);
	rates = roc_rates(&c, roc_at_specificity(&c, .7));
	is_near(c.points[4].threshold, .6, 0, "the threshold");
	is_near(rates.sensitivity.value, 1, 0, "sensitivity");
	is_near(rates.specificity.value, .75, 0, "specificity");
	is_near(rates.precision.value, .75, 0, "precision");
	is_near(rates.npv.value, 1, 0, "negative predictive value");
	want = interval_wilson(3, 4);
	ok(!memcmp(&rates.specificity, &want, sizeof want), "specificity's interval");
	want = interval_wilson(3, 3);
	ok(!memcmp(&rates.npv, &want, sizeof want)
	   && !memcmp(&rates.sensitivity, &want, sizeof want),
	   "sensitivity's and the negative predictive value's");
	rates = roc_rates(&c, &c.points[0]);
	ok(interval_is_none(&rates.precision) && rates.sensitivity.value == 0
	   && rates.specificity.value == 1, "nothing is called positive");
	rates = roc_rates(&c, &c.points[c.count - 1]);
	ok(interval_is_none(&rates.npv) && rates.sensitivity.value == 1
	   && rates.specificity.value == 0, "all are");
	roc_release(&c);
	rank_release(&r);
}

static void test_one_kind(void)
{
	static const double score[] = { 1, 2 };
	static const uint8_t all[] = { 1, 1 }, none[] = { 0, 0 };
	struct roc_band band[5];
	struct rank r;
	struct roc c;

	rank_init(&r, score, all, 2);
	roc_init(&c, &r);
	ok(!roc_at_specificity(&c, 0) && roc_at_sensitivity(&c, 1),
	   "no specificity without negatives");
	roc_band(&c, ROC_AXES, band, 5);
	ok(isnan(band[2].low) && isnan(band[2].high), "nor a band");
	roc_release(&c);
	rank_release(&r);
	rank_init(&r, score, none, 2);
	roc_init(&c, &r);
	ok(roc_at_specificity(&c, 0) && !roc_at_sensitivity(&c, 0),
	   "no sensitivity without positives");
	roc_band(&c, ROC_PRECISION_RECALL, band, 5);
	ok(isnan(band[2].low) && isnan(band[2].high), "nor a band");
	roc_release(&c);
	rank_release(&r);
	rank_init(&r, score, none, 0);
	roc_init(&c, &r);
	ok(c.count == 1 && !roc_at_specificity(&c, 0), "no cases: one point");
	roc_release(&c);
	roc_release(&c);
	rank_release(&r);
}

/* Is (X, Y) in the rectangle of point P? */
static bool holds(const struct roc *c, const struct roc_point *p, double x, double y)
{
	const double z = 2.241402727604947;
	struct interval across = interval_wilson_at(p->false_positives, c->negatives, z);
	struct interval up = interval_wilson_at(p->true_positives, c->positives, z);

	return across.low <= x && x <= across.high && up.low <= y && y <= up.high;
}

static bool any_holds(const struct roc *c, double x, double y)
{
	for (size_t i = 0; i < c->count; i++)
		if (holds(c, &c->points[i], x, y))
			return true;
	return false;
}

/* Just inside either end of the band there is a rectangle, just outside there is none. */
static void test_band(const char *name)
{
	enum { COLUMNS = 101 };
	struct roc_band band[COLUMNS];
	struct roc c;
	int wrong = 0;

	read_roc(&c, name);
	roc_band(&c, ROC_AXES, band, COLUMNS);
	for (int k = 0; k < COLUMNS; k++) {
		double x = (double)k / (COLUMNS - 1), little = 1e-9;

		wrong += !any_holds(&c, x, band[k].low) || !any_holds(&c, x, band[k].high)
		         || any_holds(&c, x, band[k].low - little)
		         || any_holds(&c, x, band[k].high + little);
	}
	is_int(wrong, 0, name);
	ok(band[0].low == 0 && band[0].high > 0 && band[COLUMNS - 1].low < 1
	   && band[COLUMNS - 1].high == 1, "from corner to corner");
	roc_release(&c);
}

/* Two large ties leave a gap between their rectangles. */
static void test_bridge(void)
{
	struct rank_step *steps = malloc(2 * sizeof *steps);
	struct roc_band band[11];
	struct rank r;
	struct roc c;
	bool straight = true;

	steps[0] = (struct rank_step){ .9, 500, 500 };
	steps[1] = (struct rank_step){ .1, 500, 500 };
	rank_take(&r, steps, 2);
	roc_init(&c, &r);
	roc_band(&c, ROC_AXES, band, 11);
	for (int k = 1; k < 5; k++) {
		double rise = k / 5. * (band[5].high - band[0].high);

		straight &= fabs(band[k].high - band[0].high - rise) < 1e-12;
	}
	ok(straight, "a straight line to the middle");
	ok(band[5].low < .5 && band[5].high > .5 && band[5].high - band[5].low < .08,
	   "which holds its point");
	roc_release(&c);
	rank_release(&r);
}

/* Precision and recall: the same union of rectangles; some are below 1 at recall 0. */
static void test_precision_band(void)
{
	struct roc_band band[11];
	struct roc c;
	bool around = true;

	read_roc(&c, "smooth");
	roc_band(&c, ROC_PRECISION_RECALL, band, 11);
	for (size_t i = 1; i < c.count; i++) {
		struct roc_place at = roc_place(&c, &c.points[i], ROC_PRECISION_RECALL);
		double k = at.x * 10;

		if (k == floor(k))
			around &= band[(int)k].low <= at.y && at.y <= band[(int)k].high;
	}
	ok(around, "the band of precision holds the curve");
	ok(band[10].low > .1 && band[10].low < .3, "and ends below the share of positives");
	roc_release(&c);
}

int main(void)
{
	for (int i = 0; i < RANK_NAMES; i++)
		test_golden(rank_names[i]);
	test_wanted("smooth", .95);
	test_wanted("smooth", 1);
	test_wanted("ties", .5);
	test_wanted("ties", .9);
	test_wanted("worse", 0);
	test_exact();
	test_rates();
	test_one_kind();
	test_band("smooth");
	test_band("worse");
	test_bridge();
	test_precision_band();
	return tap_end();
}
