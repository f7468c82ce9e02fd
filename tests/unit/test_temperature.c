/* Temperatures against those that can be solved; scores before and after. */
#include "must.h"
#include "tap.h"

#include <float.h>

#include "base/rng.h"
#include "score/temperature.h"

/*
 * Cases of CLASSES classes, COUNT of them, whose rows are set by FILL. The caller
 * releases them.
 */
static struct cases make(int classes, size_t count,
                         void (*fill)(double *p, uint16_t *actual, size_t i))
{
	struct cases c = { .count = count };

	classes_numbered(&c.classes, classes);
	c.actual = calloc(count, sizeof *c.actual);
	c.predicted = calloc(count, sizeof *c.predicted);
	c.p = calloc(count * (size_t)classes, sizeof *c.p);
	for (size_t i = 0; i < count; i++) {
		double *p = c.p + i * (size_t)classes;

		fill(p, &c.actual[i], i);
		for (int k = 1; k < classes; k++)
			if (p[k] > p[c.predicted[i]])
				c.predicted[i] = (uint16_t)k;
	}
	return c;
}

/* ---- scores ---- */

static void fill_four(double *p, uint16_t *actual, size_t i)
{
	static const double first[] = { 1, .6, .6, .3 };

	p[0] = first[i];
	p[1] = 1 - p[0];
	*actual = i == 2;
}

static void test_scores(void)
{
	struct cases c = make(2, 4, fill_four);
	struct temperature_scores k;

	temperature_scores(&k, &c, 1);
	is_int(k.calibration.bin[8].count, 2, "in bins");
	/* |1 - 1|, |1 - 1.2|, |0 - .7| over 4 */
	is_near(k.ece, .225, 1e-15, "expected calibration error");
	/* 0, 2 .16, 2 .36, 2 .49 over 4 */
	is_near(k.brier, .505, 1e-15, "Brier score");
	is_near(k.log_loss, (-log(1 - DBL_EPSILON) - log(.6) - log(.4) - log(.3)) / 4, 1e-15,
	        "log loss");
	cases_release(&c);
}

static void fill_zero(double *p, uint16_t *actual, size_t i)
{
	p[i] = 0;
	p[1 - i] = 1;
	*actual = 0;
}

static void test_clipping(void)
{
	struct cases c = make(2, 2, fill_zero), none = { .classes = c.classes };
	struct temperature_scores k;

	temperature_scores(&k, &c, 1);
	is_near(k.log_loss, -(log(DBL_EPSILON) + log(1 - DBL_EPSILON)) / 2, 1e-14,
	        "probabilities 0 and 1, clipped as by scikit-learn");
	temperature_scores(&k, &none, 1);
	ok(isnan(k.ece) && isnan(k.brier) && isnan(k.log_loss), "no figure without cases");
	cases_release(&c);
}

/* ---- the temperature ---- */

enum { HARD = 200, RIGHT = 150 };

/* Always .9 sure of class 0, right in RIGHT of HARD. */
static void fill_sure(double *p, uint16_t *actual, size_t i)
{
	p[0] = .9;
	p[1] = .1;
	*actual = i >= RIGHT;
}

/* The logistic function of log(9) / T is the share of those that are right. */
static void test_two_classes(void)
{
	struct cases c = make(2, HARD, fill_sure);
	double share = RIGHT / (double)HARD, b = log(share / (1 - share)) / log(9);
	double deviation = 1 / (b * log(9) * sqrt(HARD * share * (1 - share)));
	struct interval t;
	struct temperature_scores k;
	struct err e = {0};

	must(temperature_fit(&t, &c, &e), &e);
	is_near(t.value, 1 / b, 1e-9 / b, "the temperature of a classifier too sure of itself");
	is_near(t.low, exp(-1.959963984540054 * deviation) / b, 1e-9, "its interval, below");
	is_near(t.high, exp(1.959963984540054 * deviation) / b, 1e-9, "and above");
	temperature_scores(&k, &c, t.value);
	is_near(k.ece, 0, 1e-9, "as sure as it is right then");
	is_near(k.brier, 2 * share * (1 - share), 1e-9, "its Brier score then");
	temperature_scores(&k, &c, 1);
	is_near(k.ece, .9 - share, 1e-12, "and not before");
	cases_release(&c);
}

enum { MANY = 4000, TEN = 10 };
#define HIDDEN 2.5

/*
 * Classes drawn from softmax(z), and the probabilities of softmax(HIDDEN z): that is too
 * sure.
 */
static void fill_hidden(double *p, uint16_t *actual, size_t i)
{
	double z[TEN], sum = 0, drawn;
	struct rng r;

	rng_init(&r, 7, RNG_SPLIT, (uint32_t)i);
	for (int k = 0; k < TEN; k++)
		sum += exp(z[k] = 2 * rng_normal(&r));
	drawn = sum * rng_unit(&r);
	*actual = 0;
	for (int k = 0; k < TEN && drawn > exp(z[k]); k++) {
		drawn -= exp(z[k]);
		*actual = (uint16_t)((k + 1) % TEN);
	}
	sum = 0;
	for (int k = 0; k < TEN; k++)
		sum += p[k] = exp(HIDDEN * z[k]);
	for (int k = 0; k < TEN; k++)
		p[k] /= sum;
}

static double loss_at(const struct cases *c, double temperature)
{
	struct temperature_scores k;

	temperature_scores(&k, c, temperature);
	return k.log_loss;
}

static void test_hidden(void)
{
	struct cases c = make(TEN, MANY, fill_hidden);
	struct interval t;
	struct err e = {0};
	double least;

	must(temperature_fit(&t, &c, &e), &e);
	ok(t.low < HIDDEN && HIDDEN < t.high, "the temperature that was hidden: %g to %g", t.low,
	   t.high);
	ok(t.high / t.low < 1.2, "is found closely");
	least = loss_at(&c, t.value);
	ok(least < loss_at(&c, t.value * 1.001) && least < loss_at(&c, t.value / 1.001),
	   "the loss is least there");
	cases_release(&c);
}

static void test_row(void)
{
	const double row[] = { .64, .16, 0, .2 };
	double p[4], sum = .8 + .4 + sqrt(.2), least = 0x1p-74 * sqrt(.5);

	temperature_row(p, row, 4, 2);
	is_near(p[0], .8 / sum, 1e-15, "a row at temperature 2: roots");
	is_near(p[1], .4 / sum, 1e-15, "of each");
	is_near(p[2], least / sum, 1e-30, "0 is the smallest float");
	temperature_row(p, row, 4, 1);
	is_near(p[3], .2, 1e-15, "temperature 1 changes nothing");
}

/* ---- no temperature ---- */

static void fill_right(double *p, uint16_t *actual, size_t i)
{
	fill_sure(p, actual, i);
	*actual = 0;
}

static void fill_wrong(double *p, uint16_t *actual, size_t i)
{
	fill_sure(p, actual, i);
	*actual = 1;
}

static void fill_equal(double *p, uint16_t *actual, size_t i)
{
	p[0] = p[1] = p[2] = 1 / 3.;
	*actual = i % 2;
}

static void is_refused(struct cases c, const char *message)
{
	struct interval t;
	struct err e = {0};

	is_int(temperature_fit(&t, &c, &e), -1, message);
	is_text(e.text, message, "says so");
	cases_release(&c);
}

static void test_refused(void)
{
	is_refused(make(2, 0, fill_right), "0 images, at least 2 are needed");
	is_refused(make(2, 1, fill_sure), "1 image, at least 2 are needed");
	is_refused(make(2, HARD, fill_right), "the temperature would be below 0.01: too few "
	           "mistakes to find it");
	is_refused(make(2, HARD, fill_wrong), "the temperature would be above 100: the "
	           "probabilities say nothing about the truth");
	is_refused(make(3, HARD, fill_equal), "the probabilities are the same at any temperature");
}

int main(void)
{
	test_scores();
	test_clipping();
	test_two_classes();
	test_hidden();
	test_row();
	test_refused();
	return tap_end();
}
