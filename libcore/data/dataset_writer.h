#pragma once
/*
 * Makes a dataset directory from images that come in any order and from any thread.
 * Resumes a run that was interrupted; labels.npy is written last and marks the dataset as
 * complete.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/dataset.h"

struct dataset_writer;

struct dataset_form {
	int height, width, channels;
	bool bytes, packed;             /* as in struct dataset */
	const char *facts;              /* one line: how the images were made */
};

/*
 * Begins or resumes a dataset at PATH, which is made if missing. IDS: the COUNT images that
 * may be added, distinct, in byte order, each as dataset_check_id wants it; they and
 * CLASSES must outlive W. Images that an earlier run with the same form, facts and
 * classes finished (packed: also the same ids) are kept. A folder with anything else in
 * it is an error; so is one that another process fills.
 */
struct dataset_writer *dataset_writer_open(const char *path,
                                           const struct dataset_form *form,
                                           const struct classes *classes,
                                           char *const *ids, size_t count, struct err *e);

/*
 * Had an earlier run finished a dataset of this form and these classes? Then nothing is written:
 * dataset_writer_add and dataset_writer_end compare, and fail where it is another one.
 */
bool dataset_writer_is_finished(const struct dataset_writer *w);

/*
 * Is image I there already, from this run or an earlier one, and was FILE, which it is made of,
 * last changed before the first of them began? Thread-safe.
 */
bool dataset_writer_has(const struct dataset_writer *w, size_t i, const char *file);

/* Adds image I; PIXELS as the form says. Thread-safe for distinct images. */
int dataset_writer_add(struct dataset_writer *w, size_t i, const void *pixels,
                       struct err *e);

/*
 * Ends: classes.tsv (unless they are the 15 default classes), the packed form's ids,
 * labels.npy last; all synced to disk. LABELS: class index of each image; negative: left
 * out, because it could not be made.
 * Returns 0, or -1 with E set. W is freed either way.
 */
int dataset_writer_end(struct dataset_writer *w, const int *labels, struct err *e);

/* Instead of dataset_writer_end: keeps finished images for the next run. NULL is
 * allowed. */
void dataset_writer_free(struct dataset_writer *w);
