#pragma once
/*
 * All that a report speaks of: predictions and their figures, and whatever else was given to
 * explain them, checked against each other.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/dataset.h"
#include "data/id_groups.h"
#include "model/model.h"
#include "score/scorecard.h"
#include "score/tables.h"
#include "score/tolerant.h"
#include "figure/curve.h"
#include "info/trail.h"
#include "page/differential.h"

/* What the user gave; NULL and 0: nothing. Borrowed. */
struct evidence_files {
	const char *title;
	char *const *tables;            /* ended by NULL */
	struct tables_groups groups;
	const char *dataset, *model, *patients, *tolerant;
	const char *const *logs;        /* LOGS of "[LABEL=]FILE" */
	const char *const *trail;       /* TRAILS files or folders of earlier models */
	int logs_count, trail_count;
	int resamples, threads;         /* of the bootstrap */
	uint64_t seed;
};

struct evidence {
	const struct evidence_files *files;
	struct tables tables;
	const struct cases *cases;      /* NULL: shared tables, which hold no single cells */
	struct classes classes;         /* with the fullest names that are known */
	struct scorecard card;
	struct dataset dataset;         /* if files->dataset */
	size_t *place;                  /* of each case: its image in DATASET */
	struct model model;             /* if files->model */
	char digest[SHA256_HEX];        /* of its numbers */
	struct trail trail;
	bool *ancestors;                /* of the trail's: MODEL and what it came from */
	bool whole_trail;               /* they are all at hand, back to random weights */
	bool own_data;                  /* one of them names DATASET as its training data */
	size_t trained;                 /* cases that one of them was trained on, if OWN_DATA */
	struct id_groups patients;      /* if files->patients */
	struct differential differential;
	struct tolerant tolerant;       /* if files->tolerant */
	struct curve *curves;
	char **labels;                  /* own the names of CURVES */
	size_t curves_count;
};

/*
 * Fills V, which evidence_release empties; FILES must outlive it. Returns 0, or -1 with E set:
 * DATASET lacks an image of the predictions or has it in another class, MODEL has other classes,
 * a single patient, what the readers find.
 */
int evidence_gather(struct evidence *v, const struct evidence_files *files, struct err *e);
void evidence_release(struct evidence *v);

/* Images of class I (-1: all) in PART of the dataset; without a split all are in none. */
size_t evidence_images(const struct evidence *v, int i, enum dataset_part part);
