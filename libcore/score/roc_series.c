/* Curves of tables; see roc_series.h. */
#include "score/roc_series.h"

#include <inttypes.h>
#include <math.h>

#include "base/table.h"
#include "score/predictions.h"
#include "stats/delong.h"

void roc_series_init(struct roc_series *s, const char *name, const struct rank *r, bool mixed)
{
	*s = (struct roc_series){
		.name = name,
		.auc = delong_interval(r),
		.average_precision = mixed ? rank_mixed_precision(r) : rank_average_precision(r),
	};
	roc_init(&s->roc, r);
}

void roc_series_release(struct roc_series *s)
{
	roc_release(&s->roc);
	*s = (struct roc_series){0};
}

bool roc_series_has_curve(const struct roc_series *s)
{
	return s->roc.positives && s->roc.negatives;
}

/* ---- for the eye ---- */

static void add_heading(struct table *t, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		table_add(t, "%s", words[i]);
}

static void print_areas(const struct roc_series *series, size_t count, FILE *f)
{
	static const char *const heading[] = { "", "n", "positive", "ROC AUC",
		                               "average precision" };
	struct table t;

	table_init(&t, "lrrrr");
	add_heading(&t, heading, sizeof heading / sizeof *heading);
	for (size_t k = 0; k < count; k++) {
		const struct roc_series *s = &series[k];
		struct interval precision = { s->average_precision, NAN, NAN };

		table_add(&t, "%s", s->name);
		table_add(&t, "%" PRId64, s->roc.positives + s->roc.negatives);
		table_add(&t, "%" PRId64, s->roc.positives);
		interval_add(&t, &s->auc);
		interval_add(&t, &precision);
	}
	table_write(&t, f);
	table_release(&t);
}

static void print_marks(const struct roc_series *series, size_t count, FILE *f)
{
	static const char *const heading[] = { "", "threshold", "sensitivity", "specificity",
		                               "precision", "NPV" };
	struct table t;

	table_init(&t, "lrrrrr");
	add_heading(&t, heading, sizeof heading / sizeof *heading);
	for (size_t k = 0; k < count; k++) {
		const struct roc_series *s = &series[k];
		struct roc_rates r;

		if (!s->mark)
			continue;
		r = roc_rates(&s->roc, s->mark);
		table_add(&t, "%s", s->name);
		table_add(&t, "%.9g", s->mark->threshold);
		interval_add(&t, &r.sensitivity);
		interval_add(&t, &r.specificity);
		interval_add(&t, &r.precision);
		interval_add(&t, &r.npv);
	}
	putc('\n', f);
	table_write(&t, f);
	table_release(&t);
}

void roc_series_print(const struct roc_series *series, size_t count, FILE *f)
{
	bool marks = false;

	for (size_t k = 0; k < count; k++)
		marks |= series[k].mark != NULL;
	print_areas(series, count, f);
	if (marks)
		print_marks(series, count, f);
}

/* ---- for programs ---- */

static void write_point(const struct roc_series *s, const struct roc_point *p, FILE *f)
{
	struct roc_rates r = roc_rates(&s->roc, p);

	predictions_id(f, s->name);
	fprintf(f, "\t%.17g\t%" PRId64 "\t%" PRId64 "\t%.17g\t%.17g\t%.17g\n", p->threshold,
	        p->true_positives, p->false_positives, r.sensitivity.value,
	        r.specificity.value, r.precision.value);
}

void roc_series_points(const struct roc_series *series, size_t count, FILE *f)
{
	fputs("label\tthreshold\ttrue_positives\tfalse_positives\tsensitivity\tspecificity"
	      "\tprecision\n", f);
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < series[k].roc.count; i++)
			write_point(&series[k], &series[k].roc.points[i], f);
}
