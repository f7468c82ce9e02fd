#pragma once
/*
 * The pickles that numpy makes of labels and ids: dicts of str or bytes and integers, also
 * OrderedDict and defaultdict, and lists of str or bytes, wrapped in an object array. Python's
 * types and numpy's are alike. Anything else is an error that names it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/* Entries in the order of insertion. Keys are UTF-8, without NUL. */
struct pickle_dict {
	char **keys;
	int64_t *values;
	size_t count;
};

/* The dict in SIZE bytes of pickle, bare or as the only element of a 0-d object array. 0 or -1. */
int pickle_read_dict(struct pickle_dict *d, const uint8_t *bytes, size_t size, struct err *e);
void pickle_dict_release(struct pickle_dict *d);

/* A list of str or bytes, bare or as a 1-d object array; freed with pickle_free_list. */
int pickle_read_list(char ***items, size_t *n, const uint8_t *bytes, size_t size, struct err *e);
void pickle_free_list(char **items, size_t n);

/* The dict as np.save(f, dict) would have it, protocol 3, without the .npy header. */
void pickle_write_dict(FILE *f, const struct pickle_dict *d);

/* labels.npy, header and pickle, both ways. */
int pickle_load_labels(struct pickle_dict *d, const char *path, struct err *e);
int pickle_save_labels(const struct pickle_dict *d, const char *path, struct err *e);
