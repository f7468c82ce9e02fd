#pragma once
/*
 * The sections of a report, in the order of the page, below the headings that report.c gives them;
 * those that need what may not be there are asked only where it is.
 */
#include "base/err.h"
#include "page/evidence.h"
#include "page/html.h"

/* Below the title: the model's worth in a few figures, and what to beware of. */
void section_glance(struct html *h, const struct evidence *v);

/* The cells that were scored, by class, and by split if there is a dataset; what is missing. */
void section_data(struct html *h, const struct evidence *v);

/* All figures of aml-score: over all cells, by group, by class. */
void section_scores(struct html *h, const struct evidence *v);

/* The confusion matrix, the commonest errors, the counts as a table. */
void section_confusion(struct html *h, const struct evidence *v);

/* ROC curves of the groups; needs groups. */
void section_roc(struct html *h, const struct evidence *v);

/* Are the probabilities to be believed? */
void section_calibration(struct html *h, const struct evidence *v);

/* Differentials by patient; needs files->patients. */
void section_differential(struct html *h, const struct evidence *v);

/*
 * Pictures of cells; needs files->dataset. With files->model also where the network looked.
 * Returns 0, or -1 with E set: an image cannot be read, the predictions are not the model's.
 */
int section_gallery(struct html *h, const struct evidence *v, struct err *e);

/* Learning curves; needs logs. */
void section_learning(struct html *h, const struct evidence *v);

/* Network, facts, trail; needs files->model. */
void section_model(struct html *h, const struct evidence *v);

/* CLAIM and TRIPOD+AI. */
void section_checklists(struct html *h, const struct evidence *v);

/* What the words and intervals mean, and what the page was made with. */
void section_notes(struct html *h, const struct evidence *v);
