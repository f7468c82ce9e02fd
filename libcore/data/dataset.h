#pragma once
/*
 * Dataset directories: images, labels, optional split and class list, as
 * aml-dataset(5) describes them. Reading maps the images and changes nothing;
 * writing puts labels.npy last, so that an unfinished dataset is known by its absence.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sha256.h"
#include "data/classes.h"

struct dataset {
	char *path;
	size_t count;                   /* images; in the order of their ids (byte order), whatever the files' order */
	char **ids;
	int *labels;                    /* class index of each */
	int height, width, channels;    /* of every image */
	bool bytes;                     /* images are '|u1' (value/255), otherwise '<f4' */
	bool packed;                    /* images.npy and ids.npy instead of data_singlets/ */
	struct classes classes;
	bool has_split;                 /* trainids.npy and valids.npy were there */
	uint8_t *part;                  /* has_split: enum dataset_part of each image */
	char digest[SHA256_HEX];        /* over ids, labels and class codes, in order; not over pixels */
	struct packed_images *images;   /* how the packed form finds them; NULL otherwise */
};

enum dataset_part { DATASET_NEITHER, DATASET_TRAIN, DATASET_VALID };

/*
 * Opens the dataset at PATH: reads labels, ids, split and classes, and the first image for the sizes.
 * Returns 0, or -1 with E set (it names the file at fault).
 */
int dataset_open(struct dataset *d, const char *path, struct err *e);
void dataset_release(struct dataset *d);

/* One image, mapped. PIXELS: height x width x channels, float or uint8_t as DATASET.bytes says, aligned to 4 bytes. */
struct dataset_view {
	const void *pixels;
	void *map;                      /* what dataset_unview unmaps; NULL for the packed form */
	size_t map_bytes;
};
int dataset_view(const struct dataset *d, size_t i, struct dataset_view *v, struct err *e);     /* thread-safe */
void dataset_unview(struct dataset_view *v);

/* Image I as floats in 0..1 into OUT (height x width x channels). */
int dataset_image(const struct dataset *d, size_t i, float *out, struct err *e);

/* ---- writing ---- */
struct dataset_writer;
struct dataset_form {
	int height, width, channels;
	bool bytes, packed;
	const char *facts;              /* one line that says how the images were made (size, filter, type) */
};

/*
 * Begins, or goes on with, a dataset at PATH, made if missing. A finished image of an earlier run with the same FORM
 * (its facts are kept in PATH/.aml-downsample until the end) counts as done; leftovers of another form, or a folder
 * that holds anything else, are an error.
 */
struct dataset_writer *dataset_writer_open(const char *path, const struct dataset_form *form,
                                           const struct classes *classes, struct err *e);
bool dataset_writer_has(struct dataset_writer *w, const char *id);      /* thread-safe */

/* Adds one image; PIXELS as FORM says. Thread-safe; ids must be distinct and free of '/'. */
int dataset_writer_add(struct dataset_writer *w, const char *id, const void *pixels, struct err *e);

/*
 * Ends: ids, classes.tsv (unless they are the 15 default classes), the split if TRAIN is not NULL, labels.npy last.
 * IDS and LABELS are the COUNT images of the dataset. Frees W.
 */
int dataset_writer_end(struct dataset_writer *w, char *const *ids, const int *labels, size_t count,
                       struct err *e);
void dataset_writer_free(struct dataset_writer *w);     /* leaves what is finished for the next run */
