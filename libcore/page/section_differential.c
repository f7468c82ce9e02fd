/* Differentials by patient; see section.h. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "figure/agreement_figure.h"
#include "page/pieces.h"
#include "page/section.h"

/* More patients than this are folded away. */
enum { OPEN_PATIENTS = 30 };

static const char *column_name(const struct evidence *v, size_t k)
{
	return v->card.rows[v->differential.column[k]].name;
}

/* The largest bias, in words. */
static void say_example(struct html *h, const struct evidence *v)
{
	const struct differential *d = &v->differential;
	const struct differential_agreement *a = d->agreement;
	size_t most = 0;

	for (size_t k = 1; k < d->columns; k++)
		if (fabs(a[k].bias.value) > fabs(a[most].bias.value))
			most = k;
	pieces_say(h, "Per patient, the share of %s that the model finds is on average %.1f "
	           "percentage points %s than the counted one; for 95 of 100 patients the "
	           "difference lies between %+.1f and %+.1f points.", column_name(v, most),
	           fabs(100 * a[most].bias.value), a[most].bias.value < 0 ? "lower" : "higher",
	           100 * a[most].lower.value, 100 * a[most].upper.value);
}

static struct interval percent(const struct interval *i)
{
	return (struct interval){ 100 * i->value, 100 * i->low, 100 * i->high };
}

/* Panel K; MEAN, DIFFERENCE: [patients], filled in. */
static struct agreement_panel panel_of(const struct evidence *v, size_t k, double *mean,
                                       double *difference)
{
	const struct differential *d = &v->differential;
	const struct differential_agreement *a = &d->agreement[k];

	for (size_t p = 0; p < d->patients; p++) {
		double told = d->predicted[p * d->columns + k];
		double was = d->counted[p * d->columns + k];

		mean[p] = 100 * (told + was) / 2;
		difference[p] = 100 * (told - was);
	}
	return (struct agreement_panel){
		column_name(v, k), mean, difference, d->patients, percent(&a->bias),
		percent(&a->lower), percent(&a->upper)
	};
}

static void draw_agreement(struct html *h, const struct evidence *v)
{
	const struct differential *d = &v->differential;
	struct agreement_panel *panels = xmalloc(d->columns, sizeof *panels);
	double *numbers = xmalloc(2 * d->columns * d->patients, sizeof *numbers);
	struct drawing drawing;

	for (size_t k = 0; k < d->columns; k++)
		panels[k] = panel_of(v, k, numbers + 2 * k * d->patients,
		                     numbers + (2 * k + 1) * d->patients);
	agreement_figure(&drawing, panels, d->columns, "mean of both, per cent",
	                 "predicted less counted, points", "Agreement by patient");
	pieces_drawing(h, &drawing, "For each share a diagram with a dot a patient: the "
	                            "difference of predicted and counted share over their mean, "
	                            "with the bias and the limits of agreement. The table that "
	                            "follows has them.",
	               "A dot is a patient. Blue: the bias. Dashed: the limits, between which 95 "
	               "of 100 patients lie. Bands: 95\u00a0% intervals of these lines.");
	free(numbers);
	free(panels);
}

static void agreement_table(struct html *h, const struct evidence *v)
{
	static const char *const heads[] = {
		"share of", "bias, points", "lower limit", "upper limit"
	};
	const struct differential *d = &v->differential;

	pieces_table(h, "Agreement of predicted and counted shares over patients (Bland and "
	                "Altman)",
	             heads, 4, 1);
	for (size_t k = 0; k < d->columns; k++) {
		pieces_row(h, column_name(v, k), NULL);
		pieces_points(h, &d->agreement[k].bias);
		pieces_points(h, &d->agreement[k].lower);
		pieces_points(h, &d->agreement[k].upper);
		pieces_row_end(h);
	}
	pieces_table_end(h);
	pieces_note(h, "Bias: predicted less counted, mean over patients. Limits of agreement: "
	               "bias ∓ 1.96 standard deviations. Small figures: 95\u00a0%% intervals.");
}

static void patient_row(struct html *h, const struct evidence *v, size_t p)
{
	const struct differential *d = &v->differential;

	pieces_row(h, v->patients.name[p], NULL);
	pieces_count(h, d->cells[p]);
	for (size_t k = 0; k < d->columns; k++) {
		html_begin(h, "td", "class", "number");
		html_text(h, "%.1f", 100 * d->predicted[p * d->columns + k]);
		html_begin(h, "small");
		html_text(h, "counted %.1f", 100 * d->counted[p * d->columns + k]);
		html_end(h, "small");
		html_end(h, "td");
	}
	pieces_row_end(h);
}

static void patients_table(struct html *h, const struct evidence *v)
{
	const struct differential *d = &v->differential;
	const char **heads = xmalloc(d->columns + 2, sizeof *heads);
	bool fold = d->patients > OPEN_PATIENTS;

	heads[0] = "patient";
	heads[1] = "cells";
	for (size_t k = 0; k < d->columns; k++)
		heads[k + 2] = column_name(v, k);
	if (fold) {
		html_begin(h, "details");
		html_put(h, "summary", "The differentials of all %zu patients", d->patients);
	}
	pieces_table(h, "Predicted differential of each patient in per cent, and the counted one",
	             heads, (int)d->columns + 2, 1);
	for (size_t p = 0; p < d->patients; p++)
		patient_row(h, v, p);
	pieces_table_end(h);
	if (fold)
		html_end(h, "details");
	free(heads);
}

void section_differential(struct html *h, const struct evidence *v)
{
	say_example(h, v);
	draw_agreement(h, v);
	agreement_table(h, v);
	patients_table(h, v);
}
