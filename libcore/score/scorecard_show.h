#pragma once
/* A scorecard as JSON, as tab-separated text and for the eye. Errors stay in the stream. */
#include <stdio.h>

#include "score/abstention.h"
#include "score/scorecard.h"
#include "score/tolerant.h"

/* What is shown; TOLERANT and ABSTENTION may be NULL. */
struct scorecard_view {
	const struct scorecard *card;
	const struct tolerant *tolerant;
	const struct abstention *abstention;
};

/* One object, aml-score(1). */
void scorecard_json(const struct scorecard_view *v, FILE *f);

/* A row a figure: its name, value, low, high; headed by what MultiQC wants to know of a table. */
void scorecard_tsv(const struct scorecard_view *v, FILE *f);

void scorecard_print(const struct scorecard_view *v, FILE *f);
