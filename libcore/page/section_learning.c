/* Learning curves of a report; see section.h. */
#include <math.h>

#include "page/pieces.h"
#include "page/section.h"

static void value_cell(struct html *h, double value, bool share)
{
	struct interval i = { value, NAN, NAN };

	if (share)
		pieces_share(h, &i);
	else
		pieces_figure(h, &i);
}

static void epoch_row(struct html *h, const char *label, const char *which,
                      const struct learning_row *row)
{
	pieces_row(h, label, NULL);
	pieces_cell(h, "%s", which);
	pieces_count(h, row->epoch);
	value_cell(h, row->value[LEARNING_LOSS], false);
	value_cell(h, row->value[LEARNING_VALID_LOSS], false);
	value_cell(h, row->value[LEARNING_ACCURACY], true);
	value_cell(h, row->value[LEARNING_VALID_ACCURACY], true);
	pieces_row_end(h);
}

static void epochs_table(struct html *h, const struct evidence *v)
{
	static const char *const heads[] = {
		"training", "which", "epoch", "loss", "validation loss", "accuracy",
		"validation accuracy"
	};

	pieces_table(h, "Last epoch of each training, and the one of least validation loss", heads,
	             7, 2);
	for (size_t i = 0; i < v->curves_count; i++) {
		const struct learning *log = &v->curves[i].log;
		const struct learning_row *best = learning_best(log, LEARNING_VALID_LOSS);

		epoch_row(h, v->labels[i], "last", &log->rows[log->count - 1]);
		if (best)
			epoch_row(h, v->labels[i], "best", best);
	}
	pieces_table_end(h);
}

void section_learning(struct html *h, const struct evidence *v)
{
	const struct curve_style style = { CURVE_BOTH, "epoch", false };
	struct drawing d;

	pieces_say(h, "Each epoch shows the model all training cells once. As long as the solid "
	              "line, cells that it does not learn from, improves with the dashed one, it "
	              "learns what holds for other cells as well; where they part, it learns by "
	              "heart.");
	curve_figure(&d, v->curves, v->curves_count, &style, "Learning curves");
	pieces_drawing(h, &d, "Loss and accuracy by epoch, dashed for training cells, solid for "
	                      "validation cells. The table that follows has the last and the "
	                      "best epoch.", "Dashed: training cells. Solid: validation cells. A "
	                                     "ring: the best epoch.");
	epochs_table(h, v);
}
