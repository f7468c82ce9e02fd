#pragma once
/* The names that files of a dataset have, for who must not write over them. */
#include "base/distinct.h"

/*
 * Names the files that the dataset FOLDER has or may have as inputs that WHAT stands for; FOLDER
 * NULL: none.
 */
void dataset_names_add(struct distinct *d, const char *what, const char *folder);
