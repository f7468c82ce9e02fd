/* The top of a report; see section.h. */
#include <inttypes.h>
#include <math.h>

#include "page/pieces.h"
#include "page/section.h"

/* How much surer the model may be than it is right before the page warns, as a share. */
#define TOO_SURE .05

static void open_card(struct html *h, const char *title, const struct interval *i, bool share)
{
	html_begin(h, "li", "class", "card");
	html_put(h, "h3", "%s", title);
	html_begin(h, "p");
	html_begin(h, "strong");
	if (interval_is_none(i))
		html_text(h, "–");
	else if (share)
		html_text(h, "%.1f\u00a0%%", 100 * i->value);
	else
		html_text(h, "%.2f", i->value);
	html_end(h, "strong");
	if (!isnan(i->low)) {
		html_begin(h, "small");
		html_text(h, "95\u00a0%% interval %.*f to %.*f", share ? 1 : 2,
		          share ? 100 * i->low : i->low, share ? 1 : 2,
		          share ? 100 * i->high : i->high);
		html_end(h, "small");
	}
}

static void close_card(struct html *h)
{
	html_end(h, "p");
	html_end(h, "li");
}

static void overall_cards(struct html *h, const struct scorecard *s)
{
	char n[32];
	const struct interval *i = &s->overall[SCORECARD_ACCURACY];

	open_card(h, "Right class (accuracy)", i, true);
	html_text(h, "Of 100 cells, %s get their right class.", pieces_of_100(i->value, n));
	close_card(h);
	i = &s->overall[SCORECARD_TOP2_ACCURACY];
	open_card(h, "Right class among the first two", i, true);
	html_text(h, "Of 100 cells, the first or second guess is right for %s.",
	          pieces_of_100(i->value, n));
	close_card(h);
	open_card(h, "Mean over classes (balanced accuracy)",
	          &s->overall[SCORECARD_BALANCED_ACCURACY], true);
	html_text(h, "How many cells of a class are found, where a rare class counts as much as "
	             "a frequent one.");
	close_card(h);
	open_card(h, "Agreement beyond chance (kappa)", &s->overall[SCORECARD_KAPPA], false);
	html_text(h, "1 is complete agreement with the people who named the cells, 0 no more "
	             "than chance.");
	close_card(h);
}

static void group_card(struct html *h, const struct scorecard_row *row)
{
	const struct interval *found = &row->figure[SCORECARD_SENSITIVITY];
	const struct interval *left_out = &row->figure[SCORECARD_SPECIFICITY];
	char n[32];

	open_card(h, row->name, found, true);
	if (interval_is_none(found))
		html_text(h, "None of these cells is one. ");
	else
		html_text(h, "Of 100 cells that are %s, %s are found. ", row->name,
		          pieces_of_100(found->value, n));
	if (!interval_is_none(left_out))
		html_text(h, "Of 100 other cells, %s are taken for %s (95\u00a0%% interval %.1f "
		             "to %.1f).",
		          pieces_of_100(1 - left_out->value, n), row->name,
		          100 * (1 - left_out->high), 100 * (1 - left_out->low));
	close_card(h);
}

/* ---- what to beware of ---- */

static int few_classes(const struct scorecard *s)
{
	int few = 0;

	for (size_t i = 0; i < s->classes; i++)
		few += s->rows[i].occurs && s->rows[i].n < SCORECARD_FEW;
	return few;
}

static void warn_few(struct html *h, const struct scorecard *s)
{
	int few = few_classes(s);

	if (few)
		html_put(h, "li", "%d of the %d classes that occur %s fewer than %d cells: their "
		         "figures, marked *, say little.", few, s->occurring,
		         few == 1 ? "has" : "have", SCORECARD_FEW);
}

static void warn_sure(struct html *h, const struct evidence *v)
{
	const struct calibration *c = &v->tables.tally.calibration;
	double sure = 0, right = v->card.overall[SCORECARD_ACCURACY].value;
	char said[32], were[32];

	for (int i = 0; i < CALIBRATION_BINS; i++)
		sure += c->bin[i].sum;
	sure /= (double)calibration_total(c);
	if (fabs(sure - right) > TOO_SURE)
		html_put(h, "li",
		         "The model is %s: by its own probabilities %s of 100 answers would be "
		         "right, but %s were.",
		         sure > right ? "too sure of itself" : "less sure than it could be",
		         pieces_of_100(sure, said), pieces_of_100(right, were));
}

static void warn_trained(struct html *h, const struct evidence *v)
{
	if (v->trained)
		html_put(h, "li", "%zu of the %zu cells were among those that the model was "
		                  "trained on. Their answers show what it remembers, not what it "
		                  "can do.", v->trained,
		         v->cases->count);
}

static void warn_patients(struct html *h, const struct evidence *v)
{
	if (!v->card.patients)
		html_put(h, "li", "The intervals take every cell for independent of the others. "
		                  "Cells of one patient are alike, so the true intervals are "
		                  "wider.");
}

void section_glance(struct html *h, const struct evidence *v)
{
	const struct scorecard *s = &v->card;

	html_begin(h, "ul", "class", "cards");
	for (size_t i = s->classes; i < s->classes + s->groups; i++)
		group_card(h, &s->rows[i]);
	overall_cards(h, s);
	html_end(h, "ul");
	html_put(h, "h3", "Beware");
	html_begin(h, "ul", "class", "beware");
	warn_trained(h, v);
	warn_few(h, s);
	warn_sure(h, v);
	warn_patients(h, v);
	html_put(h, "li", "These figures hold for cells like these: same stain, same microscope, "
	         "same mix of classes. Elsewhere the model has to be tested again.");
	html_end(h, "ul");
}
