#pragma once
/* The memory of the fused engine: of an image between its layers, and of a worker. */
#include <stdbool.h>
#include <stdint.h>

#include "fused/fused_plan.h"

/* What the forward pass leaves of an image. Rims are zero. */
struct maps {
	/* input map of conv3; after its backward pass: the gradient */
	float *pool1;
	float *conv3;                   /* input map of conv4; likewise */
	float *flat;                    /* [plan.flat]; likewise */
	float *conv4;                   /* [conv4_size][conv4_size][K] if plan.whole; or NULL */
	uint8_t *at[2];                 /* [pool side][pool side][K] of each pool; or NULL */
};

/* For inference only pool1, conv3 and conv4. */
void fused_memory_maps_init(struct maps *m, const struct plan *p, bool training);
void fused_memory_flat_init(struct maps *m, const struct plan *p);      /* flat alone */
void fused_memory_maps_release(struct maps *m);

/* The memory of a worker. */
struct workspace {
	float *image;                   /* [padded_side][padded_side][channels] */
	/* STRIP_REACH rows of conv2's input: row r in slot r % STRIP_REACH */
	float *ring;
	float *zero_row;
	float *scratch;                 /* plan.scratch */
	uint8_t *keep;                  /* two rows of either pool */
	/*
	 * backward only; du: the largest layer's
	 * [STRIP_POINTS][K / PANEL_WIDTH][PANEL_WIDTH][PANEL_WIDTH]
	 */
	float *du;
	float *carry;                   /* as conv_back has it, of the largest layer */
	float *conv1_grad;              /* STRIP_TILE rows of the gradient at conv2's input */
};

void fused_memory_workspace_init(struct workspace *d, const struct plan *p, bool training);
void fused_memory_workspace_release(struct workspace *d);
