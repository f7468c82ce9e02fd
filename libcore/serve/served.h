#pragma once
/* The models of the service: loaded, named, ready to answer. */
#include <stdbool.h>

#include "base/sha256.h"
#include "nn/gradcam.h"
#include "train/predict.h"

/* The one version of a model that there is at a time; the digest tells which. */
#define SERVED_VERSION "1"

struct served {
	char *name, *path;
	char digest[SHA256_HEX];        /* of its numbers, model/digest.h */
	struct predict *predict;
	struct gradcam *gradcam;        /* made by the first who asks; NULL before */
};

struct served_list {
	struct served *each;            /* COUNT of them, at least one */
	int count;
	struct threads *pool;           /* of all of them */
};

enum served_checks {
	/* for one request: all processors, a picture at a time; the digest is what facts tell */
	SERVED_QUICK,
	/* for many: no thread before threads_start, so that it may be forked; checksums, all
	 * numbers, the digest */
	SERVED_WHOLE,
};

/*
 * Loads OPERAND[0..count-1], "[NAME=]MODEL" each; a model without a name has its file's, without
 * ".npz". THREADS as threads_new. Returns 0, or -1 with E set, and L is zero: a model that cannot
 * be read, a name twice or one that does not fit a URL.
 */
int served_load(struct served_list *l, const char *const *operand, int count,
                enum served_checks checks, int threads, struct err *e);
void served_release(struct served_list *l);

/* The model called NAME, of LENGTH bytes; NULL: there is none. */
struct served *served_find(const struct served_list *l, const char *name, size_t length);

/* Grad-CAM over S; the first call takes a pass over its weights. */
struct gradcam *served_gradcam(struct served *s, struct err *e);
