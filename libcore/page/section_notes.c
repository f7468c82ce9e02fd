/* How to read a report, and what it lacks; see section.h. */
#include "page/pieces.h"
#include "page/section.h"

static const struct {
	const char *word, *means;
} words[] = {
	{ "sensitivity", "Of the cells of a class, the share that the model calls so. Also: "
	                 "recall." },
	{ "specificity", "Of all other cells, the share that the model does not call so." },
	{ "precision", "Of the cells that the model calls so, the share that are. Also: positive "
	               "predictive value. It depends on how frequent the class is." },
	{ "NPV", "Negative predictive value: of the cells that the model does not call so, the "
	         "share that are not." },
	{ "F1", "One figure for sensitivity and precision, their harmonic mean." },
	{ "ROC AUC", "Of a cell of the class and another one, how often the former has the "
	             "higher probability: 1 always, .5 by chance." },
	{ "average precision", "Precision averaged over all sensitivities; by chance it is the "
	                       "share of the class." },
	{ "95\u00a0% interval", "If the test were repeated with other cells of the same kind, 95 "
	                        "of 100 such intervals would hold the true figure." },
};

static void say_absent(struct html *h, const struct evidence *v)
{
	const struct evidence_files *f = v->files;

	if (f->dataset && f->model && f->patients && f->logs_count && v->card.groups)
		return;
	html_put(h, "h3", "Not on this page");
	html_begin(h, "ul");
	if (!f->dataset)
		html_put(h, "li", "Pictures of cells, and counts by split: -d DATASET adds them.");
	if (!f->model)
		html_put(h, "li", "The model's facts and trail, and where it looked: -m MODEL "
		                  "adds them.");
	if (!v->card.groups)
		html_put(h, "li", "Classes taken together, such as blasts, with their ROC curve: "
		         "--group NAME=CODE,... adds them.");
	if (!f->patients)
		html_put(h, "li", "Differentials by patient, and intervals over patients: "
		                  "--patients FILE.tsv adds them.");
	if (!f->logs_count)
		html_put(h, "li", "Learning curves: --log FILE.tsv adds them.");
	html_end(h, "ul");
}

void section_notes(struct html *h, const struct evidence *v)
{
	html_begin(h, "dl", "class", "words");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		html_put(h, "dt", "%s", words[i].word);
		html_put(h, "dd", "%s", words[i].means);
	}
	html_end(h, "dl");
	pieces_say(h, "The intervals' methods stand under item 29 of CLAIM; what each figure is "
	              "exactly, in aml-score(1). The same files give the same page.");
	say_absent(h, v);
}
