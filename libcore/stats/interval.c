/* Intervals of confidence; see interval.h. */
#include "stats/interval.h"

#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "base/table.h"

struct interval interval_none(void)
{
	return (struct interval){ NAN, NAN, NAN };
}

bool interval_is_none(const struct interval *i)
{
	return isnan(i->value);
}

void interval_text(const struct interval *i, char text[INTERVAL_TEXT_BYTES])
{
	if (interval_is_none(i))
		snprintf(text, INTERVAL_TEXT_BYTES, "-");
	else if (isnan(i->low))
		snprintf(text, INTERVAL_TEXT_BYTES, "%.3f", i->value);
	else
		snprintf(text, INTERVAL_TEXT_BYTES, "%.3f (%.3f-%.3f)", i->value, i->low, i->high);
}

void interval_add(struct table *t, const struct interval *i)
{
	char text[INTERVAL_TEXT_BYTES];

	interval_text(i, text);
	table_add(t, "%s", text);
}

void interval_json(struct json_writer *j, const char *key, const struct interval *i)
{
	if (interval_is_none(i)) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_number(j, "value", i->value);
	json_number(j, "low", i->low);
	json_number(j, "high", i->high);
	json_close_object(j);
}

/* Of a share VALUE of N cases. */
static struct interval wilson(double value, double n, double z)
{
	double z2 = z * z, middle = (value + z2 / (2 * n)) / (1 + z2 / n);
	double half = z * sqrt(value * (1 - value) / n + z2 / (4 * n * n)) / (1 + z2 / n);

	return (struct interval){ value, value <= 0 ? 0 : fmin(value, middle - half),
		                  value >= 1 ? 1 : fmax(value, middle + half) };
}

struct interval interval_effective(double value, double n)
{
	return wilson(value, n, INTERVAL_Z);
}

struct interval interval_wilson_at(int64_t hits, int64_t n, double z)
{
	return n ? wilson((double)hits / (double)n, (double)n, z) : interval_none();
}

struct interval interval_wilson(int64_t hits, int64_t n)
{
	return interval_wilson_at(hits, n, INTERVAL_Z);
}

/* ---- Student's t ---- */

/*
 * The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's
 * method; converges for x < (a + 1) / (a + b + 2).
 */
static double beta_fraction(double a, double b, double x)
{
	enum { TERMS = 1000 };
	const double tiny = 1e-300, enough = 1e-15;
	double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), result = d;

	for (int m = 1; m < TERMS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / fmax(1 + even * d, tiny);
		c = fmax(1 + even / c, tiny);
		result *= c * d;
		d = 1 / fmax(1 + odd * d, tiny);
		c = fmax(1 + odd / c, tiny);
		step = c * d;
		result *= step;
		if (fabs(step - 1) < enough)
			break;
	}
	return result;
}

/* The incomplete beta function I_x(a, b). */
static double beta(double a, double b, double x)
{
	double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));

	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* I_x(freedom / 2, 1 / 2), x = freedom / (freedom + t^2). */
double interval_t_tails(double t, double freedom)
{
	return t == 0 ? 1 : beta(freedom / 2, .5, freedom / (freedom + t * t));
}

double interval_t(double freedom)
{
	double low = 1.9, high = 13;    /* t of infinite freedom and of 1: 1.96, 12.7 */

	for (int i = 0; i < 60; i++) {
		double t = (low + high) / 2;

		if (interval_t_tails(t, freedom) > .05)
			low = t;
		else
			high = t;
	}
	return low;
}

struct interval interval_mean(double sum, double squares, int64_t n, double most)
{
	const double alike = 1e-12;     /* of a variance, rounding */
	double k = (double)n, mean = sum / k, variance, error, by;

	if (n == 0)
		return interval_none();
	if (n == 1)
		return (struct interval){ mean, 0, fmax(mean, most) };
	variance = squares / k - mean * mean;
	if (!(variance > alike * mean * mean)) {
		double others = interval_wilson(0, n).high;

		return (struct interval){ mean, mean * (1 - others),
			                  fmax(mean, mean + (most - mean) * others) };
	}
	error = sqrt(variance / (k - 1));
	by = exp(interval_t(fmax(1, sum * sum / squares - 1)) * error / mean);
	return (struct interval){ mean, mean / by, fmax(mean, fmin(most, mean * by)) };
}
