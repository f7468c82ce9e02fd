/* Fitting a temperature; see temperature.h. */
#include "score/temperature.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define LEAST_LOGIT_OF 0x1p-149                 /* the smallest float above 0 */

enum { STEPS_MOST = 200 };                      /* bisection alone needs 50 */
#define STEP_LEAST 1e-10                        /* of 1/T, relative to it */
#define CURVATURE_LEAST 1e-12                   /* of the loss in log T */

static double largest(const double *x, int n)
{
	double most = x[0];

	for (int k = 1; k < n; k++)
		most = fmax(most, x[k]);
	return most;
}

/* Logits, the largest of which is 0. Z may be ROW. */
static void logits(double *z, const double *row, int classes)
{
	double most;

	for (int k = 0; k < classes; k++)
		z[k] = log(fmax(row[k], LEAST_LOGIT_OF));
	most = largest(z, classes);
	for (int k = 0; k < classes; k++)
		z[k] -= most;
}

void temperature_row(double *p, const double *row, int classes, double t)
{
	double sum = 0;

	logits(p, row, classes);
	for (int k = 0; k < classes; k++)
		sum += p[k] = exp(p[k] / t);
	for (int k = 0; k < classes; k++)
		p[k] /= sum;
}

/* ---- how good they are ---- */

void temperature_scores(struct temperature_scores *s, const struct cases *c, double t)
{
	double heated[CLASSES_MAX], n = (double)c->count;
	int classes = c->classes.count;

	*s = (struct temperature_scores){0};
	for (size_t i = 0; i < c->count; i++) {
		const double *p = cases_row(c, i);

		if (t != 1) {
			temperature_row(heated, p, classes, t);
			p = heated;
		}
		calibration_count(&s->calibration, largest(p, classes),
		                  c->actual[i] == c->predicted[i], 1);
		s->log_loss += calibration_log_loss(p, c->actual[i]);
		s->brier += calibration_brier(p, classes, c->actual[i]);
	}
	s->ece = calibration_ece(&s->calibration);
	s->log_loss /= n;               /* 0 / 0 without cases */
	s->brier /= n;
}

/* ---- the temperature ---- */

struct fit {
	double *z;                      /* [count][classes] */
	const uint16_t *actual;
	size_t count;
	int classes;
};

/*
 * First and second derivative by the coldness b = 1/T of the mean loss
 *   log sum_k exp(b z[k]) - b z[actual]
 * over the cases: the mean of z under softmax(b z), less z[actual]; its variance.
 */
static double slope(const struct fit *f, double b, double *curvature)
{
	double slopes = 0, variances = 0;

	for (size_t i = 0; i < f->count; i++) {
		const double *z = f->z + i * (size_t)f->classes;
		double sum = 0, first = 0, second = 0;

		for (int k = 0; k < f->classes; k++) {
			double p = exp(b * z[k]);

			sum += p;
			first += p * z[k];
			second += p * z[k] * z[k];
		}
		first /= sum;
		slopes += first - z[f->actual[i]];
		variances += second / sum - first * first;
	}
	*curvature = variances / (double)f->count;
	return slopes / (double)f->count;
}

/*
 * The b between LOW and HIGH where the slope is 0, which is negative at LOW and not at
 * HIGH: Newton's steps, and halves where a step would leave the range or the last two did
 * not halve it.
 */
static double find_root(const struct fit *f, double low, double high)
{
	double b = 1, step = high - low, before = step;

	for (int i = 0; i < STEPS_MOST && fabs(step) > STEP_LEAST * b; i++) {
		double curvature, at = slope(f, b, &curvature), newton = at / curvature;

		if (at < 0)
			low = b;
		else
			high = b;
		if (!(b - newton > low && b - newton < high &&
		      2 * fabs(newton) < fabs(before)))
			newton = b - (low + high) / 2;
		before = step;
		step = newton;
		b -= step;
	}
	return b;
}

static int find_temperature(struct interval *t, const struct fit *f, struct err *e)
{
	double low = 1 / (double)TEMPERATURE_MOST;
	double high = 1 / TEMPERATURE_LEAST, curvature, b, deviation;

	if (slope(f, high, &curvature) < 0)
		return err_set(e, "the temperature would be below %g: too few mistakes to "
		               "find it", TEMPERATURE_LEAST);
	if (slope(f, low, &curvature) > 0)
		return err_set(e, "the temperature would be above %d: the probabilities say "
		               "nothing about the truth", TEMPERATURE_MOST);
	b = find_root(f, low, high);
	slope(f, b, &curvature);
	curvature *= b * b;
	if (!(curvature > CURVATURE_LEAST))
		return err_set(e, "the probabilities are the same at any temperature");
	deviation = 1 / sqrt(curvature * (double)f->count);
	*t = (struct interval){ 1 / b, exp(-INTERVAL_Z * deviation) / b,
	                        exp(INTERVAL_Z * deviation) / b };
	return 0;
}

int temperature_fit(struct interval *t, const struct cases *c, struct err *e)
{
	struct fit f = { NULL, c->actual, c->count, c->classes.count };
	int result;

	if (c->count < 2)
		return err_set(e, "%zu image%s, at least 2 are needed", c->count,
		               c->count == 1 ? "" : "s");
	f.z = mem_try(c->count, (size_t)f.classes * sizeof *f.z, e);
	if (!f.z)
		return -1;
	for (size_t i = 0; i < c->count; i++)
		logits(f.z + i * (size_t)f.classes, cases_row(c, i), f.classes);
	result = find_temperature(t, &f, e);
	free(f.z);
	return result;
}
