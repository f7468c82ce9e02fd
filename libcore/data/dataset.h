#pragma once
/*
 * Dataset directories: images, labels, optional split and class list, as
 * aml-dataset(5) describes them. Reading maps the images and changes nothing.
 * dataset_writer.h makes one from images, subset.h from another dataset.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sha256.h"
#include "data/classes.h"
#include "data/pixels.h"

struct dataset {
	char *path;
	size_t count;                   /* images, in the byte order of their ids */
	char **ids;
	int *labels;                    /* class index of each */
	int height, width, channels;    /* of every image; 0 if there are none */
	bool bytes;                     /* '|u1' (value/255), otherwise '<f4' */
	bool packed;                    /* images.npy, ids.npy; no data_singlets/ */
	struct classes classes;
	bool has_split;                 /* trainids.npy and valids.npy were there */
	uint8_t *part;                  /* enum dataset_part of each image if has_split */
	char digest[SHA256_HEX];        /* over ids, labels, class codes; no pixels */
	struct packed_images *images;   /* how the packed form finds them, or NULL */
};

enum dataset_part { DATASET_NEITHER, DATASET_TRAIN, DATASET_VALID };

/*
 * Opens the dataset at PATH: reads labels, ids, split and classes, and the first image
 * for the sizes.
 * Returns 0, or -1 with E set (it names the file at fault).
 */
int dataset_open(struct dataset *d, const char *path, struct err *e);
void dataset_release(struct dataset *d);

/* Index of the image called ID, or -1. */
long dataset_find(const struct dataset *d, const char *id);

/*
 * Image I, mapped into V, which need not be zero and is released by pixels_unview. Thread-safe.
 * Returns 0, or -1 with E set: the file is missing, damaged, of another form, or a number in
 * it is NaN or infinite.
 */
int dataset_view(const struct dataset *d, size_t i, struct pixels_view *v, struct err *e);

/* Image I as floats in 0..1 into OUT (height x width x channels). */
int dataset_image(const struct dataset *d, size_t i, float *out, struct err *e);

/* Height x width x channels. */
size_t dataset_image_numbers(const struct dataset *d);
size_t dataset_image_bytes(const struct dataset *d);

/* File of image I in the singlets form, in new memory. */
char *dataset_image_path(const struct dataset *d, size_t i);
/* The same for a dataset in FOLDER that need not be there yet. */
char *dataset_singlet_path(const char *folder, const char *id);

/* Packed: are the rows of images.npy the images of D, all of them and in its order? */
bool dataset_rows_in_order(const struct dataset *d);

/* Packed: all rows, also those whose ids have no label. */
size_t dataset_rows(const struct dataset *d);

/* An id may hold anything but '/', must be UTF-8 and fit a file name. Returns 0, or -1
 * with E set. */
int dataset_check_id(const char *id, struct err *e);
