#pragma once
/* Ids of images as numpy saves a list of str: a .npy file of text, or of pickled objects. */
#include <stddef.h>

#include "base/err.h"

/* '<U' of the longest; '<f8' of shape (0,) if there are none, as np.array(list) gives. UTF-8. */
int npy_ids_save(const char *path, char *const *ids, size_t n, struct err *e);

/*
 * '<U', '|S', '<f8' (0,) or an object array of str or bytes, as UTF-8. The array and each id are
 * freed by npy_ids_free.
 */
int npy_ids_load(const char *path, char ***ids, size_t *n, struct err *e);
void npy_ids_free(char **ids, size_t n);
