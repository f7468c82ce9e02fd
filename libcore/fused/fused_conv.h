#pragma once
/* The convolutions of an image, forward; what their backward pass (fused_back.h) needs of it. */
#include "fused/fused_memory.h"
#include "fused/fused_plan.h"
#include "fused/fused_weights.h"

/* Which elements of an image the dropout of this step drops. */
struct dropout {
	bool on;
	uint64_t seed;
	uint32_t step, image;
};

/* Copies an image into its rim. */
void fused_conv_pad(struct workspace *d, const struct plan *p, const float *image);
/* Conv1: rows FROM .. TO - 1 of its output, of the padded image, into the ring. */
void fused_conv_fill_ring(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                          int from, int to);
/* The ROWS rows after one, PITCH floats apart. */
struct prefetch fused_conv_prefetch(const float *last_row, size_t pitch, int rows);
/* The input rows of a strip of conv2, in the ring, or of a later layer, in its input map. */
void fused_conv_ring_rows(struct strip *s, const struct plan *p, const struct workspace *d,
                          int strip);
void fused_conv_map_rows(struct strip *s, const float *map, const struct fused_layer *l, int strip);

/*
 * Forward, strips FIRST .. LAST - 1 of a layer; each strip makes rows of the next map.
 * Layer 0 includes conv1 and reads the padded image of the workspace.
 */
void fused_conv_forward(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                        struct maps *m, int layer, int first, int last,
                        const struct dropout *drop);
