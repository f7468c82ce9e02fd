#pragma once
/*
 * Which cells of many are worth a look: the errors that the model was surest of, the right answers
 * that it was least sure of, and a typical cell of each class.
 */
#include <stddef.h>

#include "score/cases.h"

/* No case. */
#define GALLERY_NONE ((size_t)-1)

struct gallery {
	size_t *errors, *hits;          /* indices of cases, the most telling first */
	size_t errors_count, hits_count;
	/*
	 * One a class, or GALLERY_NONE where no cell of it is recognised: of its hits in the order
	 * of their probability the middle one (of two the lower). As many are easier as are
	 * harder; the surest would show the class at its easiest, and flatter the model.
	 */
	size_t *typical;
};

/* At most MOST of each. Cases of equal probability come in the byte order of their ids. */
void gallery_init(struct gallery *g, const struct cases *c, size_t most);
void gallery_release(struct gallery *g);
