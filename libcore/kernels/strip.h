#pragma once
/*
 * What the convolution kernels read and write: strips of maps, a row of tiles each, and their
 * gradients. A tile is STRIP_TILE x STRIP_TILE outputs and the STRIP_REACH x STRIP_REACH inputs
 * that they depend on.
 */
#include <stddef.h>
#include <stdint.h>

enum {
	STRIP_TILE = 4,         /* output rows of a strip, and output columns of a tile */
	STRIP_REACH = STRIP_TILE + 2,   /* input rows of a strip, and input columns of a tile */
	STRIP_POINTS = STRIP_REACH * STRIP_REACH,       /* planes of prepared weights */
	STRIP_DEAD = 4,         /* see struct pooled_rows */
};

/*
 * Memory that the next call will read: a kernel asks for it while it computes. Only a
 * hint; may be empty.
 */
struct prefetch {
	const void *at;
	size_t bytes;
};

/*
 * What a strip of a 3x3 convolution reads. Pixel x, channel c of row r is row[r][x *
 * stride + c].
 */
struct strip {
	const float *row[STRIP_REACH];
	int tiles;              /* reads 4 tiles + 2 pixels of each row, yields 4 tiles columns */
	int stride;             /* floats from one pixel to the next: at least C */
	int C;
	struct prefetch prefetch;
};

/* Rows of a convolution's output after bias and relu; a missing row is NULL. */
struct relu_rows {
	float *row[STRIP_TILE]; /* [columns][K] */
	int columns;            /* at most 4 tiles */
};

/*
 * Rows of a convolution's output after bias, relu, 2x2 max-pool and dropout; a missing
 * row is NULL. AT says where each value came from: 2u + v is row u, column v of its block
 * (on ties the first), STRIP_DEAD is nowhere: no value above 0, or dropped. Inference has
 * no AT and no KEEP.
 */
struct pooled_rows {
	float *row[STRIP_TILE / 2];             /* [columns][K] */
	uint8_t *at[STRIP_TILE / 2];            /* as row, or NULL */
	const uint8_t *keep[STRIP_TILE / 2];    /* as row: 1 kept, 0 dropped; or NULL: all kept */
	float scale;                            /* of the kept values */
	int columns;                            /* at most 2 tiles */
};

/*
 * The gradient at a convolution's output (before relu): either ROW, or POOLED with AT,
 * whose value times SCALE is the gradient at the place that AT names. A missing row is
 * NULL and counts as zeros; so does what lies beyond COLUMNS (of ROW, or of POOLED).
 */
struct strip_gradient {
	const float *row[STRIP_TILE];   /* [columns][K] */
	const float *pooled[STRIP_TILE / 2];    /* [columns][K] */
	const uint8_t *at[STRIP_TILE / 2];      /* as pooled */
	float scale;
	int columns;
	struct prefetch prefetch, at_prefetch;
};

/* Where the gradient at a strip's input goes. */
struct input_gradient {
	float *row[STRIP_TILE];         /* NULL: not wanted */
	/* where this is not above 0 the gradient is 0; may be ROW itself. NULL: no relu */
	const float *relu[STRIP_TILE];
	int stride;                     /* floats from one pixel to the next, of ROW and RELU */
	/* which columns are stored: ROW and RELU point at column 0 */
	int first, columns;
};
