/* The figures of aml-score as tables; see section.h. */
#include "page/pieces.h"
#include "page/section.h"

static const struct {
	const char *name, *means;
	bool share;
} overall[SCORECARD_OVERALL] = {
	[SCORECARD_ACCURACY] = { "accuracy", "cells that get their right class", true },
	[SCORECARD_BALANCED_ACCURACY] = { "balanced accuracy",
	                                  "sensitivity, averaged over classes", true },
	[SCORECARD_MACRO_F1] = { "macro F1", "F1, averaged over classes", false },
	[SCORECARD_WEIGHTED_F1] = { "weighted F1", "F1, averaged over cells", false },
	[SCORECARD_KAPPA] = { "Cohen's kappa", "agreement beyond chance: 0 none, 1 complete",
	                      false },
	[SCORECARD_MCC] = { "Matthews correlation", "likewise; 1 only if every class is right",
	                    false },
	[SCORECARD_TOP2_ACCURACY] = { "top-2 accuracy", "right class among the first two", true },
	[SCORECARD_LOG_LOSS] = { "log loss", "penalty for being sure and wrong: 0 is best",
	                         false },
	[SCORECARD_BRIER] = { "Brier score", "squared error of all probabilities, 0 to 2",
	                      false },
	[SCORECARD_ECE] = { "calibration error",
	                    "how far probabilities are from the share that is right: 0 is best",
	                    false },
};

static void overall_table(struct html *h, const struct scorecard *s)
{
	static const char *const heads[] = {
		"figure", "what it is", "value and 95\u00a0% interval"
	};

	pieces_table(h, "Figures over all cells", heads, 3, 2);
	for (int k = 0; k < SCORECARD_OVERALL; k++) {
		pieces_row(h, overall[k].name, NULL);
		pieces_cell(h, "%s", overall[k].means);
		if (overall[k].share)
			pieces_share(h, &s->overall[k]);
		else
			pieces_figure(h, &s->overall[k]);
		pieces_row_end(h);
	}
	pieces_table_end(h);
}

static void row_figures(struct html *h, const struct scorecard_row *row)
{
	html_begin(h, "td", "class", "number");
	html_text(h, "%lld%s",
	          (long long)row->n, row->occurs && row->n < SCORECARD_FEW ? "*" : "");
	html_end(h, "td");
	for (int k = 0; k < SCORECARD_EACH; k++)
		if (k <= SCORECARD_NPV)
			pieces_share(h, &row->figure[k]);
		else
			pieces_figure(h, &row->figure[k]);
}

static const char *const each_heads[] = {
	"", "cells", "sensitivity", "specificity", "precision (PPV)", "NPV", "F1", "ROC AUC",
	"average precision"
};

enum { EACH_HEADS = sizeof each_heads / sizeof *each_heads };

/* Rows FIRST to LAST - 1 of the scorecard: classes, or groups. */
static void each_table(struct html *h, const struct evidence *v, const char *caption,
                       const char *what, size_t first, size_t last)
{
	const char *heads[EACH_HEADS];

	for (int k = 0; k < EACH_HEADS; k++)
		heads[k] = k ? each_heads[k] : what;
	pieces_table(h, caption, heads, EACH_HEADS, 1);
	for (size_t i = first; i < last; i++) {
		pieces_row(h, v->card.rows[i].name,
		           i < v->card.classes ? v->classes.entry[i].name : NULL);
		row_figures(h, &v->card.rows[i]);
		pieces_row_end(h);
	}
	pieces_table_end(h);
}

static void tolerant_table(struct html *h, const struct evidence *v)
{
	static const char *const heads[] = { "class", "sensitivity", "precision" };

	pieces_say(h, "If a neighbouring stage of maturation counts as right as well:");
	pieces_table(h, "Figures that tolerate neighbouring stages", heads, 3, 1);
	for (size_t i = 0; i < v->card.classes; i++) {
		pieces_row(h, v->card.rows[i].name, v->classes.entry[i].name);
		pieces_share(h, &v->tolerant.rows[i].sensitivity);
		pieces_share(h, &v->tolerant.rows[i].precision);
		pieces_row_end(h);
	}
	pieces_row(h, "all: accuracy", NULL);
	pieces_share(h, &v->tolerant.accuracy);
	pieces_cell(h, "%s", "");
	pieces_row_end(h);
	pieces_table_end(h);
}

/* One class or group in words, as an example of how to read its row. */
static void say_example(struct html *h, const struct scorecard_row *row)
{
	const struct interval *found = &row->figure[SCORECARD_SENSITIVITY];
	const struct interval *right = &row->figure[SCORECARD_PRECISION];
	char n[32], m[32];

	if (interval_is_none(found) || interval_is_none(right))
		return;
	pieces_say(h, "How to read a row: of 100 cells that are %s, %s are found (sensitivity); "
	              "of 100 cells that the model calls %s, %s are (precision).", row->name,
	           pieces_of_100(found->value, n), row->name, pieces_of_100(right->value, m));
}

void section_scores(struct html *h, const struct evidence *v)
{
	const struct scorecard *s = &v->card;
	size_t all = s->classes + s->groups;

	pieces_say(h, "Below each figure stands its 95\u00a0%% interval: the range in which the "
	              "true figure is to be expected, given that only %lld cells%s were seen.",
	           (long long)s->images, s->patients ? " of these patients" : "");
	overall_table(h, s);
	say_example(h, &s->rows[s->groups ? s->classes : 0]);
	if (s->groups)
		each_table(h, v, "Figures of each group", "group", s->classes, all);
	each_table(h, v, "Figures of each class", "class", 0, s->classes);
	pieces_note(h, "* fewer than %d cells: the figure says little. –: no cases.",
	            SCORECARD_FEW);
	if (v->files->tolerant)
		tolerant_table(h, v);
}
