/* The cells that a report is about; see section.h. */
#include <inttypes.h>

#include "page/pieces.h"
#include "page/section.h"

/* Images of class K of the whole dataset (-1: of all), by use if it has a split. */
static void split_cells(struct html *h, const struct evidence *v, int k)
{
	if (!v->files->dataset)
		return;
	if (v->dataset.has_split) {
		pieces_count(h, (int64_t)evidence_images(v, k, DATASET_TRAIN));
		pieces_count(h, (int64_t)evidence_images(v, k, DATASET_VALID));
	}
	pieces_count(h, (int64_t)evidence_images(v, k, DATASET_NEITHER));
}

static void class_row(struct html *h, const struct evidence *v, int k)
{
	const struct class_entry *entry = &v->classes.entry[k];

	pieces_row(h, entry->code, entry->name);
	pieces_count(h, v->card.rows[k].n);
	split_cells(h, v, k);
	pieces_row_end(h);
}

static void sum_row(struct html *h, const struct evidence *v)
{
	pieces_row(h, "all", NULL);
	pieces_count(h, v->card.images);
	split_cells(h, v, -1);
	pieces_row_end(h);
}

static void class_table(struct html *h, const struct evidence *v)
{
	static const char *const split[] = {
		"class", "cells scored", "for training", "for validation", "neither"
	};
	static const char *const whole[] = { "class", "cells scored", "in the dataset" };

	if (v->dataset.has_split)
		pieces_table(h, "Cells of each class", split, 5, 1);
	else
		pieces_table(h, "Cells of each class", whole, v->files->dataset ? 3 : 2, 1);
	for (int k = 0; k < v->classes.count; k++)
		class_row(h, v, k);
	sum_row(h, v);
	pieces_table_end(h);
}

static void say_dataset(struct html *h, const struct evidence *v)
{
	const struct dataset *d = &v->dataset;

	pieces_say(h, "The dataset has %zu images of %d × %d pixels in %d channels, of which "
	              "%" PRId64 " were scored. The columns to the right count the whole "
	              "dataset%s.",
	           d->count, d->width, d->height, d->channels, v->card.images,
	           d->has_split ? ", by the use that its own split names"
	                        : "; it has no split of its own");
	html_begin(h, "p");
	html_text(h, "Digest of the dataset, over ids, labels and class codes: ");
	html_put(h, "code", "%s", d->digest);
	html_end(h, "p");
}

/* ---- what is missing ---- */

/* Lists the codes of classes without a cell, if there are any. */
static void list_absent(struct html *h, const struct evidence *v)
{
	int absent = 0;

	for (int k = 0; k < v->classes.count; k++)
		absent += v->card.rows[k].n == 0;
	if (absent == 0)
		return;
	html_begin(h, "li");
	html_text(h, "No cell of %d of %d classes:", absent, v->classes.count);
	for (int k = 0; k < v->classes.count; k++)
		if (v->card.rows[k].n == 0)
			html_text(h, " %s", v->classes.entry[k].code);
	html_end(h, "li");
}

static void list_missing(struct html *h, const struct evidence *v)
{
	html_put(h, "h3", "What is missing");
	html_begin(h, "ul");
	list_absent(h, v);
	if (v->files->dataset && (int64_t)v->dataset.count > v->card.images)
		html_put(h, "li", "%" PRId64 " images of the dataset were not scored.",
		         (int64_t)v->dataset.count - v->card.images);
	if (!v->card.patients)
		html_put(h, "li", "Which cells are of one patient is not known here.");
	html_put(h, "li", "Age, sex, disease, treatment, stain, scanner: no file that this page "
	                  "is made from tells them.");
	html_end(h, "ul");
}

void section_data(struct html *h, const struct evidence *v)
{
	pieces_say(h, "%" PRId64 " cells were scored, of %d classes that occur in truth or "
	                         "answer%s.",
	           v->card.images, v->card.occurring,
	           v->cases ? "" : "; they come from shared counts, without single cells");
	if (v->card.patients)
		pieces_say(h, "They are of %zu patients; all intervals are over patients.",
		           v->card.patients);
	if (v->files->dataset)
		say_dataset(h, v);
	class_table(h, v);
	list_missing(h, v);
}
