#pragma once
/*
 * What the parts of the fused engine share: the geometry of a network, the memory of a
 * worker and of an image, and the parts' calls. Only fused_*.c include it.
 *
 * Feature maps are [row][column][channel]. Maps that a Winograd convolution reads have a
 * rim of zeros, so that strips need no edges: on top and left where the convolution is
 * 'same', right and below as far as the last tile reaches.
 */
#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "nn/engine.h"

enum { WINOGRAD_LAYERS = 3 };           /* conv2, conv3, conv4: [0..2] in the arrays below */

/* One Winograd layer. */
struct fused_layer {
	int C, K;
	int tiles;                      /* in each direction */
	/* rows and columns of its output (before pooling) that anything depends on */
	int used;
	int side;                       /* of its input map: 4 tiles + 2 */
	size_t row;                     /* floats of one row of the input map */
};

struct plan {
	struct net net;
	const struct kernels *k;
	struct fused_layer layer[WINOGRAD_LAYERS];
	int padded_side;                /* of an image with its rim, size + 2 */
	int conv1_side;                 /* rows and columns of conv1's output that conv2 reads */
	int flat;                       /* rows of dense1, rounded up to whole blocks */
	size_t scratch;                 /* floats, for the largest strip */
};

void plan_init(struct plan *p, const struct net *net, const struct kernels *k);

/* Which elements of an image the dropout of this step drops. */
struct dropout {
	bool on;
	uint64_t seed;
	uint32_t step, image;
};

/* What the forward pass leaves of an image. Rims are zero. */
struct maps {
	/* input map of conv3; after its backward pass: the gradient */
	float *pool1;
	float *conv3;                   /* input map of conv4; likewise */
	float *flat;                    /* [plan.flat]; likewise */
	uint8_t *at[2];                 /* [pool side][pool side][K] of each pool; or NULL */
};

/* For inference only pool1 and conv3. */
void maps_new(struct maps *m, const struct plan *p, bool training);
void flat_new(struct maps *m, const struct plan *p);            /* flat alone */
void maps_free(struct maps *m);

/* The memory of a worker. */
struct workspace {
	float *image;                   /* [padded_side][padded_side][channels] */
	/* STRIP_REACH rows of conv2's input: row r in slot r % STRIP_REACH */
	float *ring;
	float *zero_row;
	float *scratch;                 /* plan.scratch */
	uint8_t *keep;                  /* two rows of either pool */
	/* backward only: */
	/* the largest layer's [STRIP_POINTS][K / PANEL_WIDTH][PANEL_WIDTH][PANEL_WIDTH] */
	float *du;
	float *carry;                   /* as conv_back has it, of the largest layer */
	float *conv1_grad;              /* STRIP_TILE rows of the gradient at conv2's input */
};

void workspace_new(struct workspace *d, const struct plan *p, bool training);
void workspace_free(struct workspace *d);

/* The convolutions' weights as the kernels want them. */
struct conv_weights {
	const float *conv1_w, *conv1_b; /* borrowed, like the next two */
	const float *w[WINOGRAD_LAYERS], *b[WINOGRAD_LAYERS];
	float *u[WINOGRAD_LAYERS];      /* [STRIP_POINTS][K / PANEL_WIDTH][C][PANEL_WIDTH] */
	/* training: [C / PANEL_WIDTH][STRIP_POINTS][K][PANEL_WIDTH] */
	float *ut[WINOGRAD_LAYERS];
	/* training: scratch for a layer's [9][K][C], all layers one after the other */
	float *flipped;
};

void conv_weights_new(struct conv_weights *w, const struct plan *p, bool training);
void conv_weights_free(struct conv_weights *w);

/*
 * Arrays CONV1_W .. CONV4_B of W are what the jobs 0 .. conv_weights_jobs() - 1 together
 * prepare.
 */
void conv_weights_bind(struct conv_weights *c, const float *const w[NET_ARRAYS]);
size_t conv_weights_jobs(const struct plan *p);
void conv_weights_job(const struct conv_weights *c, const struct plan *p, size_t job);

/* Copies an image into its rim. */
void fused_pad_image(struct workspace *d, const struct plan *p, const float *image);
/* Conv1: rows FROM .. TO - 1 of its output, of the padded image, into the ring. */
void fused_fill_ring(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                     int from, int to);
/* The ROWS rows after one, PITCH floats apart. */
struct prefetch fused_prefetch(const float *last_row, size_t pitch, int rows);
/* The input rows of a strip of conv2, in the ring, or of a later layer, in its input map. */
void fused_ring_rows(struct strip *s, const struct plan *p, const struct workspace *d, int strip);
void fused_map_rows(struct strip *s, const float *map, const struct fused_layer *l, int strip);

/*
 * Forward, strips FIRST .. LAST - 1 of a layer; each strip makes rows of the next map.
 * Layer 0 includes conv1 and reads the padded image of the workspace.
 */
void fused_forward(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                   struct maps *m, int layer, int first, int last,
                   const struct dropout *drop);

/* Gradients of the convolutions' weights: CONV1_W .. CONV4_B. */
struct conv_gradients {
	float *g[CONV4_B + 1];
};

/*
 * Backward for COUNT images, whose maps hold the gradient at the flat layer in flat; sums
 * over the images go to G. Overwrites the maps.
 */
void fused_backward(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                    struct maps *m, const float *const *image, int count, bool dropout,
                    const struct conv_gradients *g);
