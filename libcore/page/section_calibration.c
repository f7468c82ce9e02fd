/* What the probabilities of a model are worth; see section.h. */
#include <math.h>

#include "figure/reliability_figure.h"
#include "page/pieces.h"
#include "page/section.h"

/* The bin with the most answers, in words. */
static void say_example(struct html *h, const struct calibration *c)
{
	const struct calibration_bin *most = &c->bin[0];
	struct interval right;
	char said[32], were[32];

	for (int i = 1; i < CALIBRATION_BINS; i++)
		if (c->bin[i].count > most->count)
			most = &c->bin[i];
	right = interval_wilson(most->correct, most->count);
	pieces_say(h, "Where the model gives its answer about %s\u00a0%%, %s of 100 answers are "
	              "right (95 %% interval %.0f to %.0f).",
	           pieces_of_100(most->sum / (double)most->count, said),
	           pieces_of_100(right.value, were), 100 * right.low, 100 * right.high);
}

static void bins_table(struct html *h, const struct calibration *c)
{
	static const char *const heads[] = {
		"largest probability", "cells", "mean probability", "right answers"
	};

	pieces_table(h, "Right answers by the probability that the model gives them",
	             heads, 4, 1);
	for (int i = 0; i < CALIBRATION_BINS; i++) {
		const struct calibration_bin *bin = &c->bin[i];
		struct interval right = interval_wilson(bin->correct, bin->count);
		struct interval said = { bin->sum / (double)bin->count, NAN, NAN };
		char range[64];

		if (bin->count == 0)
			continue;
		sprintf(range, "%.1f to %.1f\u00a0%%", 100.0 * i / CALIBRATION_BINS,
		        100.0 * (i + 1) / CALIBRATION_BINS);
		pieces_row(h, range, NULL);
		pieces_count(h, bin->count);
		pieces_share(h, &said);
		pieces_share(h, &right);
		pieces_row_end(h);
	}
	pieces_table_end(h);
}

void section_calibration(struct html *h, const struct evidence *v)
{
	const struct calibration *c = &v->tables.tally.calibration;
	struct reliability_panel panel = { "these predictions", *c };
	struct drawing d;

	pieces_say(h, "A model whose probabilities can be believed is right in 90 of 100 cells "
	              "where it says 90\u00a0%%.");
	say_example(h, c);
	reliability_figure(&d, &panel, 1, "Reliability");
	pieces_drawing(h, &d, "The share of right answers over the probability that the model "
	                      "gives them, in bins; below, how many cells each bin has. The "
	                      "table that follows has the same numbers.",
	               "On the diagonal the model's probabilities are true. Below it, it is "
	               "surer than it is right; above it, it is right more often than it says.");
	html_begin(h, "details");
	html_put(h, "summary", "The numbers as a table");
	bins_table(h, c);
	html_end(h, "details");
}
