#pragma once
/*
 * Predicts the classes of image files with a model that is loaded once. It prints
 * nothing; each answer goes to a function of the caller's.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/threads.h"
#include "data/classes.h"
#include "data/picture.h"
#include "model/model.h"

enum { PREDICT_MAX = 32 };              /* pictures at a time; more gain nothing */

struct predict;

/* What the model says of a picture, until the function that is called with it returns. */
struct predict_answer {
	const char *name;               /* as it was given */
	const float *probability;       /* [classes], by index */
	const int *order;               /* [classes]: the likeliest first, of equals the lowest */
	const char *note;               /* what is to be known of the picture (image.h), or NULL */
	bool failed;                    /* there are no probabilities; */
	struct err error;               /* why */
};

/* ANSWER: of the next N pictures, in their order. */
typedef void predict_take(void *arg, const struct predict_answer *answer, int n);

/*
 * Loads the model at PATH ("-": stdin), FLAGS as model_load. MAX, to PREDICT_MAX: pictures at a
 * time. THREADS 0: all processors; with 1 it starts none. NULL with E set, PATH named.
 */
struct predict *predict_new(const char *path, int max, int threads, int flags, struct err *e);
/*
 * The same with the model M, read from PATH, which becomes its own unless it fails, and with POOL,
 * which is borrowed.
 */
struct predict *predict_with(struct model *m, const char *path, int max, struct threads *pool,
                             struct err *e);
void predict_free(struct predict *p);           /* NULL is allowed */

const struct classes *predict_classes(const struct predict *p);
const struct model *predict_model(const struct predict *p);

/* model_check_sums. Beside it, another thread may predict. */
int predict_check_sums(const struct predict *p, struct err *e);

/* As model_size_guessed. */
bool predict_size_guessed(const struct predict *p, struct err *warning);

/*
 * Predicts the files NAME[0..n-1], each what picture_input takes; "-" is a file of that
 * name. Calls TAKE with the answers, up to MAX at a time, in order; that of a file that
 * cannot be read says so. Returns 0, or -1 with E set before any answer: a weight is NaN or
 * infinite.
 */
int predict_files(struct predict *p, char *const *name, size_t n, predict_take *take, void *arg,
                  struct err *e);

/*
 * The same for one picture in memory, called NAME: its SIZE bytes at BYTES are what picture_read
 * takes.
 */
int predict_memory(struct predict *p, const char *name, const uint8_t *bytes, size_t size,
                   predict_take *take, void *arg, struct err *e);

/*
 * The same for N images of floats, S x S x C each, one after the other: those that are no pixels
 * (pixels_check) fail. Their names are "image 0" and so on.
 */
int predict_floats(struct predict *p, const float *pixels, size_t n, predict_take *take, void *arg,
                   struct err *e);

/* The last picture of predict_memory, and the floats that the network got of it. */
struct picture *predict_picture(struct predict *p);
const float *predict_input(const struct predict *p);
