/* Metrics; see metrics.h. The formulas are scikit-learn's, the order of sums is numpy's. */
#include "score/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static struct metrics_class class_metrics(const struct confusion *c, int i, int64_t total)
{
	int64_t hits = *confusion_at(c, i, i);
	int64_t support = confusion_row_sum(c, i), predicted = confusion_column_sum(c, i);
	int64_t others = total - support, false_alarms = predicted - hits;

	return (struct metrics_class){
		.precision = ratio((double)hits, (double)predicted),
		.recall = ratio((double)hits, (double)support),
		.f1 = ratio(2 * (double)hits, (double)support + (double)predicted),
		.specificity = ratio((double)(others - false_alarms), (double)others),
		.hits = hits,
		.predicted = predicted,
		.support = support,
		.occurs = support || predicted,
	};
}

/*
 * Sum of N numbers in the order of numpy's sum, so that what lies on the edge of two roundings
 * falls to the same side: eight partial sums up to 128 numbers, halves beyond.
 */
enum { SUM_LANES = 8, SUM_BLOCK = 128 };
static double sum_as_numpy(const double *x, int n)
{
	double lane[SUM_LANES], sum = 0;
	int i = SUM_LANES, half = n / 2 - n / 2 % SUM_LANES;

	if (n > SUM_BLOCK)
		return sum_as_numpy(x, half) + sum_as_numpy(x + half, n - half);
	if (n < SUM_LANES) {
		for (i = 0; i < n; i++)
			sum += x[i];
		return sum;
	}
	memcpy(lane, x, sizeof lane);
	for (; i + SUM_LANES <= n; i += SUM_LANES)
		for (int k = 0; k < SUM_LANES; k++)
			lane[k] += x[i + k];
	sum = ((lane[0] + lane[1]) + (lane[2] + lane[3]))
	      + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
	for (; i < n; i++)
		sum += x[i];
	return sum;
}

/* Over the classes that occur: the zeros of the others would change the order of the sums. */
static struct metrics_average average(const struct metrics *m, bool weighted)
{
	double precision[CLASSES_MAX], recall[CLASSES_MAX], f1[CLASSES_MAX];
	double all = weighted ? (double)m->total : m->occurring;
	int n = 0;

	for (int i = 0; i < m->count; i++) {
		double weight = weighted ? (double)m->each[i].support : 1;

		if (!m->each[i].occurs)
			continue;
		precision[n] = weight * m->each[i].precision;
		recall[n] = weight * m->each[i].recall;
		f1[n++] = weight * m->each[i].f1;
	}
	return (struct metrics_average){
		.precision = ratio(sum_as_numpy(precision, n), all),
		.recall = ratio(sum_as_numpy(recall, n), all),
		.f1 = ratio(sum_as_numpy(f1, n), all),
	};
}

static double balanced_accuracy(const struct metrics *m)
{
	double sum = 0;
	int classes = 0;

	for (int i = 0; i < m->count; i++) {
		sum += m->each[i].recall;
		classes += m->each[i].support > 0;
	}
	return ratio(sum, classes);
}

/* Of truth and prediction as variables with a dimension a class; over 1 / total^2. */
static void add_agreement(struct metrics *m)
{
	double n = (double)m->total, hits = 0, both = 0, truth = 0, prediction = 0;

	for (int i = 0; i < m->count; i++) {
		double t = (double)m->each[i].support, p = (double)m->each[i].predicted;

		hits += (double)m->each[i].hits;
		both += t * p;
		truth += t * t;
		prediction += p * p;
	}
	m->kappa = (hits * n - both) / (n * n - both);
	m->mcc = ratio(hits * n - both, sqrt((n * n - truth) * (n * n - prediction)));
}

void metrics_init(struct metrics *m, const struct confusion *c)
{
	m->count = c->classes.count;
	m->occurring = 0;
	m->total = confusion_total(c);
	m->accuracy = ratio((double)confusion_correct(c), (double)m->total);
	m->each = xmalloc((size_t)m->count, sizeof *m->each);
	for (int i = 0; i < m->count; i++) {
		m->each[i] = class_metrics(c, i, m->total);
		m->occurring += m->each[i].occurs;
	}
	m->macro = average(m, false);
	m->weighted = average(m, true);
	m->balanced_accuracy = balanced_accuracy(m);
	add_agreement(m);
}

void metrics_release(struct metrics *m)
{
	free(m->each);
	*m = (struct metrics){0};
}

static const char weighted_heading[] = "weighted avg";

/* Columns of the row headings, in characters. */
static int heading_width(const struct classes *c)
{
	size_t width = strlen(weighted_heading);

	for (int i = 0; i < c->count; i++) {
		size_t n = utf8_count(c->entry[i].code);

		if (n > width)
			width = n;
	}
	return (int)width;
}

static void write_heading(FILE *f, const char *heading, int width)
{
	fprintf(f, "%*s%s ", width - (int)utf8_count(heading), "", heading);
}

/* An average over, or the ratios of, nothing that occurs. */
static void write_dashes(FILE *f, const char *heading, int width)
{
	write_heading(f, heading, width);
	fprintf(f, " %9s %9s %9s %9d\n", "-", "-", "-", 0);
}

static void write_row(FILE *f, const char *heading, int width, struct metrics_average a,
                      int64_t support)
{
	write_heading(f, heading, width);
	fprintf(f, " %9.2f %9.2f %9.2f %9" PRId64 "\n", a.precision, a.recall, a.f1,
	        support);
}

static void write_averages(FILE *f, const struct metrics *m, int width)
{
	write_heading(f, "accuracy", width);
	if (!m->total) {
		fprintf(f, " %9s %9s %9s %9d\n", "", "", "-", 0);
		write_dashes(f, "macro avg", width);
		write_dashes(f, weighted_heading, width);
		return;
	}
	fprintf(f, " %9s %9s %9.2f %9" PRId64 "\n", "", "", m->accuracy, m->total);
	write_row(f, "macro avg", width, m->macro, m->total);
	write_row(f, weighted_heading, width, m->weighted, m->total);
}

static void write_report(FILE *f, const struct metrics *m, const struct classes *c)
{
	int width = heading_width(c);

	write_heading(f, "", width);
	fprintf(f, " %9s %9s %9s %9s\n\n", "precision", "recall", "f1-score", "support");
	for (int i = 0; i < m->count; i++) {
		const struct metrics_class *k = &m->each[i];
		struct metrics_average own = { k->precision, k->recall, k->f1 };

		if (k->occurs)
			write_row(f, c->entry[i].code, width, own, k->support);
		else
			write_dashes(f, c->entry[i].code, width);
	}
	putc('\n', f);
	write_averages(f, m, width);
	if (m->occurring < m->count)
		fprintf(f, "\nmacro avg: over the %d of %d classes that occur in truth or "
		        "prediction\n", m->occurring, m->count);
}

char *metrics_report(const struct metrics *m, const struct classes *c)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	assert(c->count == m->count);
	write_report(f, m, c);
	xmemclose(f);
	return text;
}
