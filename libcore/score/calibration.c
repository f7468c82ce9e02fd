/* Calibration; see calibration.h. */
#include "score/calibration.h"

#include <float.h>

/* The product alone puts some numbers beside an end on the wrong side of it. */
static int bin_of(double p)
{
	int i = (int)(p * CALIBRATION_BINS);

	if (i > 0 && p <= (double)i / CALIBRATION_BINS)
		i--;
	return i < CALIBRATION_BINS ? i : CALIBRATION_BINS - 1;
}

void calibration_count(struct calibration *c, double confidence, bool correct, int64_t images)
{
	struct calibration_bin *bin = &c->bin[bin_of(confidence)];

	bin->count += images;
	bin->correct += correct ? images : 0;
	bin->sum += confidence * (double)images;
	bin->squares += (confidence - correct) * (confidence - correct) * (double)images;
}

void calibration_bin_add(struct calibration_bin *bin, const struct calibration_bin *more)
{
	bin->count += more->count;
	bin->correct += more->correct;
	bin->sum += more->sum;
	bin->squares += more->squares;
}

void calibration_add(struct calibration *c, const struct calibration *more)
{
	for (int i = 0; i < CALIBRATION_BINS; i++)
		calibration_bin_add(&c->bin[i], &more->bin[i]);
}

int64_t calibration_total(const struct calibration *c)
{
	int64_t n = 0;

	for (int i = 0; i < CALIBRATION_BINS; i++)
		n += c->bin[i].count;
	return n;
}

double calibration_ece(const struct calibration *c)
{
	double off = 0;

	for (int i = 0; i < CALIBRATION_BINS; i++)
		off += fabs((double)c->bin[i].correct - c->bin[i].sum);
	return off / (double)calibration_total(c);
}

/* ---- its interval ---- */

/* How far bins are off, as parts of the error, and the standard errors of that. */
struct deviations {
	double share[CALIBRATION_BINS], error[CALIBRATION_BINS];
};

/* A bin of few images has the variance of its mean probability as one more image. */
static void deviations_init(struct deviations *d, const struct calibration *c, double ece)
{
	double n = (double)calibration_total(c);

	for (int i = 0; i < CALIBRATION_BINS; i++) {
		const struct calibration_bin *bin = &c->bin[i];
		double count = (double)bin->count, mean = bin->sum / count;
		double of_one = (bin->squares + mean * (1 - mean)) / (count + 1);

		d->share[i] = 0;
		if (bin->count && ece > 0)
			d->share[i] = fabs((double)bin->correct - bin->sum) / n / ece;
		d->error[i] = bin->count ? sqrt(fmax(0, of_one) * count) / n : 0;
	}
}

/* Mean and variance of |x|, x normal around MU with deviation SIGMA. */
static void folded(double mu, double sigma, double *mean, double *variance)
{
	double r = mu / sigma;

	if (!(sigma > 0)) {
		*mean = mu;
		*variance = 0;
		return;
	}
	*mean = sigma * sqrt(2 / M_PI) * exp(-r * r / 2) + mu * erf(r / M_SQRT2);
	*variance = fmax(0, mu * mu + sigma * sigma - *mean * *mean);
}

/* What is expected if the error is truly TAU, and SIDE times 1.96 standard deviations more. */
static double reached(const struct deviations *d, double tau, double side)
{
	double sum = 0, variance = 0;

	for (int i = 0; i < CALIBRATION_BINS; i++) {
		double mean, own;

		folded(tau * d->share[i], d->error[i], &mean, &own);
		sum += mean;
		variance += own;
	}
	return sum + side * INTERVAL_Z * sqrt(variance);
}

/* The TAU from 0 to 1 at which REACHED is ECE; it grows with TAU. */
static double tau_of(const struct deviations *d, double ece, double side)
{
	double low = 0, high = 1;

	for (int i = 0; i < 50; i++) {
		double tau = (low + high) / 2;

		if (reached(d, tau, side) < ece)
			low = tau;
		else
			high = tau;
	}
	return low;
}

struct interval calibration_ece_interval(const struct calibration *c)
{
	double ece = calibration_ece(c);
	struct deviations d;

	if (isnan(ece))
		return interval_none();
	deviations_init(&d, c, ece);
	if (!(reached(&d, 0, 1) > 0))
		return (struct interval){
			ece, 0, fmax(ece, interval_wilson(0, calibration_total(c)).high)
		};
	return (struct interval){ ece, fmin(ece, tau_of(&d, ece, 1)),
		                  fmax(ece, tau_of(&d, ece, -1)) };
}

/* ---- losses of one image ---- */

double calibration_log_loss(const double *p, int actual)
{
	double x = p[actual];

	return -log(x < DBL_EPSILON ? DBL_EPSILON : x > 1 - DBL_EPSILON ? 1 - DBL_EPSILON : x);
}

double calibration_brier(const double *p, int classes, int actual)
{
	double sum = 0;

	for (int i = 0; i < classes; i++)
		sum += (p[i] - (i == actual)) * (p[i] - (i == actual));
	return sum;
}
