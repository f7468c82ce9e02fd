#pragma once
/*
 * A dataset made of a tree of pictures, each decoded and resized. A run that was interrupted
 * resumes where it stopped (dataset_writer.h).
 */
#include <stdbool.h>

#include "base/err.h"
#include "image/resize.h"
#include "data/classes.h"
#include "data/tree.h"

struct downsample {
	const char *out;                /* path of the dataset */
	int size;                       /* pixels a side */
	enum resize_filter filter;
	bool bytes;                     /* store bytes; otherwise floats in 0..1 */
	bool packed;                    /* one file for all images */
	bool keep_going;                /* leave out pictures that are damaged */
	int threads;                    /* 0: all processors */
	bool quiet;
	/* called for each picture left out, in their order, when all others are made */
	void (*report)(const struct err *e);
	/* called for the first picture that came with a note (image.h), or NULL */
	void (*note)(const struct err *e);
};

/*
 * Makes the dataset of the pictures of TREE. Returns 0, 1 if pictures were left out, or -1
 * with E set: the first picture that cannot be read, with keep_going for other reasons than damage.
 */
int downsample(const struct downsample *d, const struct tree *tree,
               const struct classes *classes, struct err *e);
