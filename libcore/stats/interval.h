#pragma once
/* A figure with its 95 % interval of confidence. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* The normal distribution's quantile .975. */
#define INTERVAL_Z 1.959963984540054

/* All three are NaN where the figure has no cases. */
struct interval {
	double value, low, high;
};

/* PART of WHOLE, NaN of nothing. */
static inline double interval_share(int64_t part, int64_t whole)
{
	return whole ? (double)part / (double)whole : NAN;
}

struct interval interval_none(void);
bool interval_is_none(const struct interval *i);

enum { INTERVAL_TEXT_BYTES = 80 };

/* "0.533 (0.444-0.620)"; the value alone where its ends are not known, "-" for none. */
void interval_text(const struct interval *i, char text[INTERVAL_TEXT_BYTES]);
/* The same as the next cell of T. */
struct table;
void interval_add(struct table *t, const struct interval *i);

/* An object with value, low and high; null if there is none. */
struct json_writer;
void interval_json(struct json_writer *j, const char *key, const struct interval *i);

/*
 * The share HITS of N, by the score interval of E. B. Wilson, Probable inference, the law of
 * succession, and statistical inference, JASA 22 (1927).
 */
struct interval interval_wilson(int64_t hits, int64_t n);
/* The same of another confidence: Z is the quantile of the normal distribution that ends it. */
struct interval interval_wilson_at(int64_t hits, int64_t n, double z);

/*
 * The same for a figure from 0 to 1 that varies as a share of N cases would, N > 0 and not
 * necessarily whole: the effective sample size, VALUE (1 - VALUE) / variance.
 */
struct interval interval_effective(double value, double n);

/*
 * The mean of N values from 0 to MOST, from their sum and the sum of their squares: Student's t on
 * a logarithmic scale, mean exp(+- t error / mean). A few large values tell of the mean what few
 * cases would, so t has sum^2 / squares - 1 degrees of freedom. One value says next to nothing: 0
 * to MOST. If all are alike, others may still make up what Wilson's interval leaves to none of N:
 * the ends are those with as many zeros, and as many of MOST.
 */
struct interval interval_mean(double sum, double squares, int64_t n, double most);

/* The quantile .975 of Student's t, FREEDOM >= 1 degrees of freedom, not necessarily whole. */
double interval_t(double freedom);

/* The chance that Student's t is as far from 0 as T, or farther, to either side. */
double interval_t_tails(double t, double freedom);
