/* Rankings by a score: the area and the average precision against scikit-learn's. */
#include "golden_rank.h"
#include "tap.h"

#include "base/mem.h"

#define ROUNDING 1e-14                  /* sums run in another order */

static void test_golden(void)
{
	FILE *f = open_rank("summary", "tsv");
	char name[32];
	double auc, precision;
	int count = 0;

	for (; fscanf(f, "%31s %lf %lf", name, &auc, &precision) == 3; count++) {
		struct rank r;

		read_rank(&r, name);
		printf("# %s: %zu scores of %lld cases\n", name, r.count,
		       (long long)(r.positives + r.negatives));
		is_near(rank_auc(&r), auc, ROUNDING, "area under the curve");
		is_near(rank_average_precision(&r), precision, ROUNDING, "average precision");
		rank_release(&r);
	}
	fclose(f);
	is_int(count, RANK_NAMES, "all of them");
}

static void test_steps(void)
{
	static const double score[] = { .5, -INFINITY, .5, 2, .5, INFINITY };
	static const uint8_t positive[] = { 1, 0, 0, 7, 1, 0 };
	struct rank r;

	rank_init(&r, score, positive, 6);
	is_int((long long)r.count, 4, "a step a score");
	ok(r.positives == 3 && r.negatives == 3, "totals");
	ok(isinf(r.steps[0].score) && r.steps[0].positives == 0 && r.steps[0].negatives == 1
	   && r.steps[1].score == 2 && r.steps[1].positives == 1 && r.steps[1].negatives == 0,
	   "from the highest down");
	ok(r.steps[2].score == .5 && r.steps[2].positives == 2 && r.steps[2].negatives == 1,
	   "a tie");
	is_near(rank_auc(&r), 5 / 9., ROUNDING, "its pairs count by half");
	rank_release(&r);
	rank_release(&r);
	ok(r.count == 0 && !r.steps, "releasing twice");
}

static void test_take(void)
{
	struct rank_step *steps = malloc(2 * sizeof *steps);
	struct rank r;

	steps[0] = (struct rank_step){ .9, 3, 1 };
	steps[1] = (struct rank_step){ .2, 0, 4 };
	rank_take(&r, steps, 2);
	ok(r.positives == 3 && r.negatives == 5, "steps that were counted already");
	is_near(rank_auc(&r), 13.5 / 15, ROUNDING, "their area");
	is_near(rank_average_precision(&r), .75, ROUNDING, "their average precision");
	rank_release(&r);
}

static void test_missing(void)
{
	static const double score[] = { 1, 2, 2 };
	static const uint8_t all[] = { 1, 1, 1 }, none[] = { 0, 0, 0 };
	struct rank r;

	rank_init(&r, score, all, 3);
	ok(isnan(rank_auc(&r)), "no area without negatives");
	is_near(rank_average_precision(&r), 1, 0, "but an average precision");
	rank_release(&r);
	rank_init(&r, score, none, 3);
	ok(isnan(rank_auc(&r)) && isnan(rank_average_precision(&r)), "neither without positives");
	rank_release(&r);
	rank_init(&r, score, none, 0);
	ok(r.count == 0 && isnan(rank_auc(&r)) && isnan(rank_average_precision(&r)), "no cases");
	rank_release(&r);
}

/* A quarter of 2^31 pairs twice: beyond what 32 bits or a float hold. */
static void test_many(void)
{
	struct rank_step *steps = malloc(2 * sizeof *steps);
	struct rank r;

	steps[0] = (struct rank_step){ 1, 3LL << 30, 1LL << 30 };
	steps[1] = (struct rank_step){ 0, 1LL << 30, 3LL << 30 };
	rank_take(&r, steps, 2);
	is_near(rank_auc(&r), .75, 0, "billions of cases");
	is_near(rank_average_precision(&r), .75 * .75 + .25 * .5, 0, "their average precision");
	rank_release(&r);
}

/* Behind each of two positives a third of the negative that shares their score. */
static void test_mixed(void)
{
	static const double tied[] = { .8, .8, .8, .5 }, apart[] = { .9, .8, .7, .6 };
	static const uint8_t positive[] = { 1, 0, 1, 0 };
	struct rank r;

	rank_init(&r, tied, positive, 4);
	is_near(rank_mixed_precision(&r), .75, ROUNDING, "a tie as if it were mixed");
	is_near(rank_average_precision(&r), 2 / 3., ROUNDING, "and as a tie");
	rank_release(&r);
	rank_init(&r, apart, positive, 4);
	is_near(rank_mixed_precision(&r), rank_average_precision(&r), ROUNDING,
	        "without ties both are one");
	rank_release(&r);
}

/* A step of two positives and one negative: the mean over its three orders. */
static void test_mixed_places(void)
{
	const struct rank_step of[] = { { .9, 1, 0 }, { .5, 2, 1 }, { .1, 1, 3 } };
	struct rank_step *steps = xmalloc(3, sizeof *steps);
	struct rank r;
	double last = (4 / 5. + 4 / 6. + 4 / 7. + 4 / 8.) / 4;
	double middle = 0;

	memcpy(steps, of, sizeof of);
	rank_take(&r, steps, 3);
	is_int(r.positives, 4, "positives of steps");
	is_int(r.negatives, 4, "negatives of steps");
	middle += (2 / 2. + 3 / 3.) / 3 + (2 / 2. + 3 / 4.) / 3 + (2 / 3. + 3 / 4.) / 3;
	is_near(rank_mixed_precision(&r), (1 + middle + last) / 4, .02,
	        "mixed precision is near the mean over all orders");
	is_near(rank_mixed_precision(&r),
	        (1 + 2 / (2 + 1 / 3.) + 3 / (3 + 2 / 3.) + 4 / (5 + 3 / 2.)) / 4, 1e-15,
	        "that at the expected places");
	rank_release(&r);
}

/* The sum that it stands for, of so many that it is not taken term by term, behind 7 positives and
 * BEFORE negatives. */
static void test_mixed_many(int before)
{
	enum { POSITIVES = 20000, NEGATIVES = 700000 };
	const struct rank_step of[] = { { .9, 7, before }, { .5, POSITIVES, NEGATIVES } };
	struct rank_step *steps = xmalloc(2, sizeof *steps);
	struct rank r;
	double sum = 0;

	memcpy(steps, of, sizeof of);
	rank_take(&r, steps, 2);
	for (int k = 1; k <= 7; k++)
		sum += k / (k + k * (before / 8.));
	for (int k = 1; k <= POSITIVES; k++)
		sum += (7. + k) / (7. + before + k + k * (NEGATIVES / (POSITIVES + 1.)));
	is_near(rank_mixed_precision(&r), sum / (7 + POSITIVES), 1e-14, "many positives");
	r.steps[1].positives = r.positives = INT64_C(1) << 45;
	r.steps[0].positives = 0;
	ok(rank_mixed_precision(&r) > .999, "and more than can be counted one by one");
	rank_release(&r);
}

int main(void)
{
	test_golden();
	test_steps();
	test_take();
	test_missing();
	test_many();
	test_mixed();
	test_mixed_places();
	test_mixed_many(0);
	test_mixed_many(50);
	return tap_end();
}
