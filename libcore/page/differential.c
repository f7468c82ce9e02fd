/* Shares of classes by patient, and their agreement; see differential.h. */
#include "page/differential.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static bool occurs(const struct cases *c, int class)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->actual[i] == class || c->predicted[i] == class)
			return true;
	return false;
}

static void choose_columns(struct differential *d, const struct cases *c,
                           const struct class_groups *groups)
{
	size_t classes = (size_t)c->classes.count;

	d->column = xmalloc(groups->count ? groups->count : classes, sizeof *d->column);
	for (size_t k = 0; k < groups->count; k++)
		d->column[d->columns++] = classes + k;
	for (size_t k = 0; k < classes && !groups->count; k++)
		if (occurs(c, (int)k))
			d->column[d->columns++] = k;
}

static void count_column(struct differential *d, size_t k, const struct cases *c,
                         const struct class_groups *groups, const struct id_groups *patients)
{
	bool member[CLASSES_MAX];

	class_groups_members(groups, c->classes.count, d->column[k], member);
	for (size_t i = 0; i < c->count; i++) {
		size_t at = patients->of[i] * d->columns + k;

		d->counted[at] += member[c->actual[i]];
		d->predicted[at] += member[c->predicted[i]];
	}
	for (size_t p = 0; p < d->patients; p++) {
		d->counted[p * d->columns + k] /= (double)d->cells[p];
		d->predicted[p * d->columns + k] /= (double)d->cells[p];
	}
}

static double difference(const struct differential *d, size_t p, size_t k)
{
	return d->predicted[p * d->columns + k] - d->counted[p * d->columns + k];
}

static struct interval around(double value, double off)
{
	return (struct interval){ value, value - off, value + off };
}

/*
 * With standard deviation s of the differences of n patients, the variance of the bias is s^2 / n,
 * that of a limit s^2 (1 / n + 1.96^2 / (2 (n - 1))).
 */
static void agree(struct differential *d, size_t k)
{
	double n = (double)d->patients, mean = 0, squares = 0, s, off;
	double t = interval_t(n - 1);

	for (size_t p = 0; p < d->patients; p++)
		mean += difference(d, p, k) / n;
	for (size_t p = 0; p < d->patients; p++)
		squares += pow(difference(d, p, k) - mean, 2);
	s = sqrt(squares / (n - 1));
	off = t * s * sqrt(1 / n + INTERVAL_Z * INTERVAL_Z / (2 * (n - 1)));
	d->agreement[k] = (struct differential_agreement){
		around(mean, t * s / sqrt(n)),
		around(mean - INTERVAL_Z * s, off),
		around(mean + INTERVAL_Z * s, off),
	};
}

void differential_init(struct differential *d, const struct cases *c,
                       const struct class_groups *groups, const struct id_groups *patients)
{
	*d = (struct differential){ .patients = patients->count };
	choose_columns(d, c, groups);
	d->cells = xcalloc(d->patients, sizeof *d->cells);
	d->counted = xcalloc(d->patients * d->columns, sizeof *d->counted);
	d->predicted = xcalloc(d->patients * d->columns, sizeof *d->predicted);
	d->agreement = xcalloc(d->columns, sizeof *d->agreement);
	for (size_t i = 0; i < c->count; i++)
		d->cells[patients->of[i]]++;
	for (size_t k = 0; k < d->columns; k++) {
		count_column(d, k, c, groups, patients);
		agree(d, k);
	}
}

void differential_release(struct differential *d)
{
	free(d->column);
	free(d->cells);
	free(d->counted);
	free(d->predicted);
	free(d->agreement);
	*d = (struct differential){0};
}
