/* How well groups of classes are told apart, at any threshold; see section.h. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "score/roc_series.h"
#include "figure/roc_figure.h"
#include "page/pieces.h"
#include "page/section.h"

/* Shares of a group that a reader may want found. */
static const double wanted[] = { .9, .95, .99 };
enum { WANTED = sizeof wanted / sizeof *wanted };

static void point_row(struct html *h, const struct roc_series *s, double sensitivity)
{
	const struct roc_point *p = roc_at_sensitivity(&s->roc, sensitivity);
	struct roc_rates rates = roc_rates(&s->roc, p);

	pieces_row(h, s->name, NULL);
	pieces_cell(h, "%.0f\u00a0of\u00a0100", 100 * sensitivity);
	html_begin(h, "td", "class", "number");
	html_text(h, "%.2f\u00a0%%", 100 * p->threshold);
	html_end(h, "td");
	pieces_share(h, &rates.sensitivity);
	pieces_share(h, &rates.specificity);
	pieces_share(h, &rates.precision);
	pieces_row_end(h);
}

static void points_table(struct html *h, const struct roc_series *series, size_t count)
{
	static const char *const heads[] = {
		"group", "to find at least", "probability from", "sensitivity", "specificity",
		"precision (PPV)"
	};

	pieces_table(h, "From which probability on a cell has to be called so, to find most of a "
	                "group",
	             heads, 6, 2);
	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < WANTED && roc_series_has_curve(&series[i]); k++)
			point_row(h, &series[i], wanted[k]);
	pieces_table_end(h);
	pieces_note(h, "Intervals as if cells were independent of each other. The thresholds "
	               "were chosen on these very cells: on others they find a little less. "
	               "Choose them on other cells than those that they are judged on.");
}

/* The first group that has a curve, in words. */
static void say_example(struct html *h, const struct roc_series *series, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct interval *auc = &series[i].auc;
		char n[32];

		if (!roc_series_has_curve(&series[i]))
			continue;
		pieces_say(h, "Of a cell that is one of %s and one that is not, the former has "
		              "the higher probability in %s of 100 pairs (ROC AUC %.3f, "
		              "95\u00a0%% interval %.3f to %.3f).",
		           series[i].name, pieces_of_100(auc->value, n), auc->value,
		           auc->low, auc->high);
		return;
	}
}

void section_roc(struct html *h, const struct evidence *v)
{
	const struct class_groups *g = &v->tables.tally.groups;
	struct roc_series *series = xcalloc(g->count, sizeof *series);
	struct drawing d;

	for (size_t i = 0; i < g->count; i++) {
		struct rank r;

		tables_rank(&v->tables, v->card.classes + i, &r);
		roc_series_init(&series[i], g->each[i].name, &r, v->tables.shared);
		/* over patients, if all intervals of the page are */
		series[i].auc = v->card.rows[v->card.classes + i].figure[SCORECARD_AUC];
		rank_release(&r);
	}
	say_example(h, series, g->count);
	roc_figure(&d, series, g->count, ROC_AXES, "ROC curves of the groups");
	pieces_drawing(h, &d, "The share of a group that is found, over the share of other cells "
	                      "that are taken for it, at every threshold. The table that follows "
	                      "has some of its points.",
	               "The closer a curve comes to the upper left corner, the better. Bands: "
	               "95\u00a0% confidence at each point, if cells are independent of each "
	               "other.");
	points_table(h, series, g->count);
	for (size_t i = 0; i < g->count; i++)
		roc_series_release(&series[i]);
	free(series);
}
