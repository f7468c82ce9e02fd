#pragma once
/*
 * What reporting guidelines ask of a study, in our own short words, and what the files at hand
 * answer. CLAIM: A. S. Tejani et al., Checklist for Artificial Intelligence in Medical Imaging
 * (CLAIM): 2024 update, Radiology: Artificial Intelligence 6 (2024). TRIPOD+AI: G. S. Collins et
 * al., TRIPOD+AI statement, BMJ 385 (2024).
 */
#include <stdbool.h>
#include <stddef.h>

#include "page/evidence.h"

struct checklist_item {
	const char *number, *asks;
	/* In new memory, or NULL: the files do not tell. NULL: none ever can. */
	char *(*answer)(const struct evidence *v);
	bool whole;                     /* the answer is all that is asked for */
};

struct checklist {
	const char *name, *source;
	const struct checklist_item *items;
	size_t count;
};

const struct checklist *checklist_claim(void);
const struct checklist *checklist_tripod(void);

/* What V answers to item I, in new memory; NULL: nothing. */
char *checklist_answer(const struct checklist_item *i, const struct evidence *v);
