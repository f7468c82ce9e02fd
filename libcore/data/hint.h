#pragma once
/*
 * What a file or a folder is that is not what was wanted, and the next step: a tree of images in
 * place of a dataset, a Keras file in place of weights. For messages alone: nothing is read that a
 * result depends on, and what cannot be looked at gets no hint.
 */
#include "base/err.h"

enum hint_wanted {
	HINT_DATASET, HINT_TREE, HINT_WEIGHTS, HINT_IMAGE,
	HINT_PREDICTIONS,               /* or another table of aml-score and aml-confmat */
	HINT_LOG,
	HINT_ANYTHING                   /* aml-info's */
};

/*
 * E says that PATH ("-": no hint, its bytes are gone) cannot be used as what is WANTED. Where PATH
 * can be seen to be something else, puts behind it "; it is ..." and what to do. Not where the
 * machine failed. Always returns -1.
 */
int hint_add(struct err *e, const char *path, enum hint_wanted wanted);
