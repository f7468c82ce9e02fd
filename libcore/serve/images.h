#pragma once
/* The floats of the images that a request brings, whatever form they came in. */
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "serve/served.h"

struct images {
	struct served *served;
	size_t numbers;                 /* of one image: S x S x C */
	const float *pixels;            /* [count][numbers] */
	size_t count;
	float *owned;                   /* PIXELS, or NULL where they are borrowed */
};

void images_init(struct images *im, struct served *s);
void images_release(struct images *im);

/*
 * Takes V, which must outlive IM: a tensor [N,S,S,C]; {"b64": "..."} of a picture, or a list of
 * those. Returns 0, or -1 with E set.
 */
int images_take(struct images *im, const struct json *v, struct err *e);

/* Takes one image more: a tensor [S,S,C] or {"b64": "..."}. */
int images_add(struct images *im, const struct json *v, struct err *e);
