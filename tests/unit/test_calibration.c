/* Calibration and losses; values and intervals of whole tables are in test_scorecard. */
#include "tap.h"

#include "score/calibration.h"

static void test_bins(void)
{
	static const struct {
		double confidence;
		int bin;
	} at[] = {
		{ 0, 0 }, { 1 / 15., 0 }, { 1 / 15. + 1e-9, 1 }, { .5, 7 }, { 14 / 15. + 1e-9, 14 },
		{ 1, 14 },
	};

	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		struct calibration c = {0};

		calibration_count(&c, at[i].confidence, true, 3);
		ok(c.bin[at[i].bin].count == 3, "%g lies in bin %d", at[i].confidence, at[i].bin);
	}
}

/* Ten at .8, of which 5 are right, and ten at .3, of which 4 are. */
static void fill(struct calibration *c)
{
	calibration_count(c, .8, true, 5);
	calibration_count(c, .8, false, 5);
	calibration_count(c, .3, true, 4);
	calibration_count(c, .3, false, 6);
}

static void test_error(void)
{
	struct calibration c = {0}, more = {0};
	double ece;

	ok(isnan(calibration_ece(&c)), "without images there is no error");
	fill(&c);
	is_near(calibration_ece(&c), (.3 * 10 + .1 * 10) / 20, 1e-15, "the error");
	is_near(c.bin[11].squares, 5 * .04 + 5 * .64, 1e-14, "squares");
	ece = calibration_ece(&c);
	fill(&more);
	calibration_add(&c, &more);
	is_int(calibration_total(&c), 40, "added up");
	is_near(calibration_ece(&c), ece, 1e-15, "twice the same images, the same error");
}

static void test_interval(void)
{
	struct calibration c = {0}, none = {0};
	struct interval few, many, exact = calibration_ece_interval(&none);

	ok(interval_is_none(&exact), "none without images");
	fill(&c);
	few = calibration_ece_interval(&c);
	for (int i = 0; i < 6; i++)
		calibration_add(&c, &c);
	many = calibration_ece_interval(&c);
	ok(few.low == 0 && few.high > few.value, "of few images the error may be chance");
	ok(many.low > few.low && many.high < few.high && many.low < .2 && many.high > .2,
	   "of many it is not: %.3f-%.3f", many.low, many.high);
	calibration_count(&none, 1, true, 50);
	exact = calibration_ece_interval(&none);
	ok(exact.value == 0 && exact.low == 0 && exact.high == interval_wilson(0, 50).high,
	   "all right and sure: %.3f-%.3f", exact.low, exact.high);
}

static void test_losses(void)
{
	static const double p[] = { .2, .5, .3 }, sure[] = { 1, 0, 0 };

	is_near(calibration_log_loss(p, 1), log(2), 1e-15, "log loss");
	is_near(calibration_brier(p, 3, 0), .64 + .25 + .09, 1e-15, "Brier score");
	is_near(calibration_log_loss(sure, 1), CALIBRATION_LOG_LOSS_MOST, 1e-12,
	        "the largest log loss");
	ok(calibration_log_loss(sure, 0) > 0, "the smallest is not 0");
	is_near(calibration_brier(sure, 3, 1), CALIBRATION_BRIER_MOST, 0,
	        "the largest Brier score");
}

static void test_add(void)
{
	struct calibration a = {0}, b = {0}, once = {0};

	calibration_count(&a, .9, true, 3);
	calibration_count(&b, .91, false, 2);
	calibration_count(&b, .2, true, 5);
	calibration_count(&once, .9, true, 3);
	calibration_count(&once, .91, false, 2);
	calibration_count(&once, .2, true, 5);
	calibration_add(&a, &b);
	ok(!memcmp(&a, &once, sizeof a), "two tables add up");
}

/* 1/15 to 15/15 and the numbers beside them. */
static void test_edges(void)
{
	struct calibration c = {0};
	int wrong;

	for (int i = 1; i <= CALIBRATION_BINS; i++) {
		double end = (double)i / CALIBRATION_BINS;

		calibration_count(&c, nextafter(end, 0), true, 1);
		calibration_count(&c, end, true, 1);
		calibration_count(&c, nextafter(end, 1), true, 1);
	}
	wrong = c.bin[0].count != 2 || c.bin[CALIBRATION_BINS - 1].count != 4;
	for (int i = 1; i < CALIBRATION_BINS - 1; i++)
		wrong += c.bin[i].count != 3;
	is_int(wrong, 0, "a bin has its upper end and not its lower one");
	calibration_count(&c, 0, true, 1);
	is_int(c.bin[0].count, 3, "0 lies in the first");
}

int main(void)
{
	test_bins();
	test_error();
	test_interval();
	test_losses();
	test_add();
	test_edges();
	return tap_end();
}
