#pragma once
/*
 * A model in memory: 16 weight arrays, the sizes that follow from their shapes, and facts
 * (where it came from), as aml-weights(5) describes the file.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "format/npz.h"
#include "data/dataset.h"
#include "nn/net.h"

struct model {
	struct net net;
	const float *w[NET_ARRAYS];     /* in net_shape shapes; 4-byte aligned; never changed */
	struct json *facts;             /* the archive comment; NULL: none */
	struct npz *archive;            /* what w is borrowed from; or NULL */
	float *owned[NET_ARRAYS];       /* arrays that had to be converted or inflated; or NULL */
	/* MODEL_LOW: what rounding took off a '<f8' array; otherwise NULL */
	float *low[NET_ARRAYS];
};

enum {
	/* do not read the whole file for its checksums: prediction from a mapped file */
	MODEL_UNCHECKED = 1,
	/* keep what float32 cannot hold of '<f8' arrays, for server optimisers */
	MODEL_LOW = 2,
};

/*
 * Loads PATH ("-": stdin). Checks that the arrays are "0".."15", that their shapes fit
 * one network, and (unless MODEL_UNCHECKED) checksums and that all numbers are finite; that
 * the moving variance is above -0.001.
 * '<f8' and Fortran order are converted. Returns 0, or -1 with E set, PATH and array
 * named.
 */
int model_load(struct model *m, const char *path, int flags, struct err *e);
void model_release(struct model *m);

/*
 * The checksums that MODEL_UNCHECKED left out of M, read from PATH. Returns 0, or -1 with E set,
 * PATH and array named.
 */
int model_check_sums(const struct model *m, const char *path, struct err *e);

/* Gives back the memory of weights that are in a file; read again, they come from there. */
void model_drop_pages(const struct model *m);

/* Writes PATH ("-": stdout) at once; model_writer.h, where numbers come bit by bit. */
int model_save(const char *path, const struct net *net, const float *const w[NET_ARRAYS],
               const char *facts, struct err *e);

/*
 * Is the image size of the model, read from PATH, a guess (net.h)? Then with a warning that says
 * so, for whoever has nothing that settles it.
 */
bool model_size_guessed(const struct model *m, const char *path, struct err *warning);

/*
 * -1 with E set unless the classes C, those of WHOSE, are those of the model M, read from PATH: its
 * list if its facts tell one, else their number.
 */
int model_check_classes(const struct model *m, const char *path, const struct classes *c,
                        const char *whose, struct err *e);

/*
 * -1 with E set unless the images of D fit the model M, read from PATH, and the class
 * lists agree as far as they are known. A guessed size becomes that of the images.
 */
int model_check_dataset(struct model *m, const char *path, const struct dataset *d, struct err *e);
