#pragma once
/*
 * dense1 of the fused engine. Training keeps its weights in blocks, [flat /
 * PANEL_ROWS][dense / PANEL_WIDTH][PANEL_ROWS][PANEL_WIDTH], so that a job streams through memory
 * once; inference takes them row by row, as they lie in a mapped file.
 */
#include <stdatomic.h>

#include <stdbool.h>

#include "base/threads.h"
#include "fused/fused_memory.h"
#include "fused/fused_plan.h"

/* chunks of rows, whose sums are joined in order: jobs of the forward pass */
enum { FUSED_DENSE_CHUNKS = 32 };

size_t fused_dense_blocked(const struct plan *p);                                     /* floats */
/* from [flat][dense] */
void fused_dense_block(float *blocks, const float *w, const struct plan *p);
void fused_dense_unblock(float *w, const float *blocks, const struct plan *p);        /* and back */

/* Memory of the sums, and of a worker's panel of activations. */
struct dense_sums {
	int workers;
	float *partial;                 /* [FUSED_DENSE_CHUNKS][count][dense] */
	float **panel;                  /* [workers] [max_batch][PANEL_ROWS] */
	float **blocks;                 /* [workers] a row of blocks, for forward_rows */
};

void fused_dense_sums_init(struct dense_sums *s, const struct plan *p, int max_batch,
                           int workers, bool rows);
void fused_dense_sums_release(struct dense_sums *s);

/*
 * Y [count][dense] = BIAS + flat W, of the images whose maps are M; from blocks, or from
 * rows [flat][dense].
 */
void fused_dense_forward(const struct plan *p, struct dense_sums *s, struct threads *pool,
                         float *y, const struct maps *m, int count, const float *blocks,
                         const float *bias);
/* ODD: set if a weight is NaN or infinite, for which each is looked at; NULL: they are not. */
void fused_dense_forward_rows(const struct plan *p, struct dense_sums *s, struct threads *pool,
                              float *y, const struct maps *m, int count, const float *rows,
                              const float *bias, atomic_bool *odd);

/*
 * The way back: gradient of the flat layer into the maps, and a step of Adam on the
 * weights (or DW: their gradient).
 */
struct dense_back {
	const struct plan *p;
	struct dense_sums *s;
	int count;
	const float *dy;                /* [count][dense] */
	float *dyt;                     /* room for [dense][count rounded up to PANEL_WIDTH] */
	float **dxt;                    /* [workers] room for [PANEL_ROWS][count rounded up] */
	float *w, *m, *v;               /* blocked */
	const float *anchor;            /* blocked, or NULL */
	struct adam_step adam;
	float *dw;                      /* NULL: update */
	int padded;                     /* filled in */
};

void fused_dense_backward(struct dense_back *b, struct threads *pool, const struct maps *m);
