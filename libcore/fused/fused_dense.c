/* dense1 of the fused engine: its blocked weights, and its sums over chunks of rows. */
#include "fused/fused_dense.h"

#include <stdlib.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"

enum {
	BLOCK = PANEL_ROWS * PANEL_WIDTH,
	/*
	 * images up to which weights are used where they lie; at 16 a copy in blocks is
	 * as fast
	 */
	FEW = 12,
	WATCHED_ROWS = 64,              /* 128 KB of the tutorial's network */
};

size_t fused_dense_blocked(const struct plan *p)
{
	return (size_t)p->flat * (size_t)p->net.dense;
}

/* Floats from a row of blocks to the next. */
static size_t block_row(const struct plan *p)
{
	return (size_t)PANEL_ROWS * (size_t)p->net.dense;
}

void fused_dense_block(float *blocks, const float *w, const struct plan *p)
{
	size_t D = (size_t)p->net.dense;

	/* rows that round up to a block stay zero */
	memset(blocks, 0, fused_dense_blocked(p) * sizeof *blocks);
	for (size_t r = 0; r < (size_t)p->net.flat; r++)
		for (size_t c = 0; c < D / PANEL_WIDTH; c++)
			memcpy(blocks + r / PANEL_ROWS * block_row(p) + c * BLOCK +
			       r % PANEL_ROWS * PANEL_WIDTH,
			       w + r * D + c * PANEL_WIDTH, PANEL_WIDTH * sizeof *w);
}

void fused_dense_unblock(float *w, const float *blocks, const struct plan *p)
{
	size_t D = (size_t)p->net.dense;

	for (size_t r = 0; r < (size_t)p->net.flat; r++)
		for (size_t c = 0; c < D / PANEL_WIDTH; c++)
			memcpy(w + r * D + c * PANEL_WIDTH,
			       blocks + r / PANEL_ROWS * block_row(p) + c * BLOCK +
			       r % PANEL_ROWS * PANEL_WIDTH,
			       PANEL_WIDTH * sizeof *w);
}

/* Row blocks FIRST .. LAST - 1 belong to chunk CHUNK. */
static void chunk_blocks(const struct plan *p, size_t chunk, size_t *first, size_t *last)
{
	size_t blocks = (size_t)p->flat / PANEL_ROWS;

	*first = chunk * blocks / FUSED_DENSE_CHUNKS;
	*last = (chunk + 1) * blocks / FUSED_DENSE_CHUNKS;
}

void fused_dense_sums_init(struct dense_sums *s, const struct plan *p, int max_batch,
                           int workers, bool rows)
{
	*s = (struct dense_sums){ .workers = workers };
	s->partial = xaligned((size_t)FUSED_DENSE_CHUNKS * (size_t)max_batch *
	                      (size_t)p->net.dense,
	                      sizeof(float));
	s->panel = xcalloc((size_t)workers, sizeof *s->panel);
	s->blocks = xcalloc((size_t)workers, sizeof *s->blocks);
	for (int i = 0; i < workers; i++) {
		s->panel[i] = xaligned((size_t)max_batch * PANEL_ROWS, sizeof(float));
		if (rows)
			s->blocks[i] = xaligned(block_row(p), sizeof(float));
	}
}

void fused_dense_sums_release(struct dense_sums *s)
{
	for (int i = 0; i < s->workers; i++) {
		free(s->panel[i]);
		free(s->blocks[i]);
	}
	free(s->panel);
	free(s->blocks);
	free(s->partial);
	*s = (struct dense_sums){0};
}

/* Rows of the flat layer that a block of weights meets, image after image. */
static void dense_gather(float *panel, const struct maps *m, int count, size_t block)
{
	for (int n = 0; n < count; n++)
		memcpy(panel + (size_t)n * PANEL_ROWS, m[n].flat + block * PANEL_ROWS,
		       PANEL_ROWS * sizeof *panel);
}

struct forward_job {
	const struct plan *p;
	struct dense_sums *s;
	const struct maps *m;
	int count;
	const float *blocks;            /* blocked weights, or NULL: ROWS [flat][dense] */
	const float *rows;
	const float *bias;
	float *y;
	atomic_bool *odd;               /* or NULL */
};

static float *partial(const struct forward_job *f, size_t chunk)
{
	return f->s->partial + chunk * (size_t)f->count * (size_t)f->p->net.dense;
}

static void blocked_chunk(void *arg, size_t chunk, int worker)
{
	const struct forward_job *f = arg;
	size_t D = (size_t)f->p->net.dense, first, last;
	float *sum = partial(f, chunk), *panel = f->s->panel[worker];

	chunk_blocks(f->p, chunk, &first, &last);
	memset(sum, 0, (size_t)f->count * D * sizeof *sum);
	for (size_t b = first; b < last; b++) {
		dense_gather(panel, f->m, f->count, b);
		for (size_t c = 0; c < D / PANEL_WIDTH; c++)
			f->p->k->dense(sum + c * PANEL_WIDTH, D, panel, f->count,
			               f->blocks + b * block_row(f->p) + c * BLOCK,
			               PANEL_WIDTH);
	}
}

/* Adds the chunks' sums of one image to the bias, in order. */
static void join_image(void *arg, size_t n, int worker)
{
	const struct forward_job *f = arg;
	size_t D = (size_t)f->p->net.dense;
	float *y = f->y + n * D;

	(void)worker;
	memcpy(y, f->bias, D * sizeof *y);
	for (size_t chunk = 0; chunk < FUSED_DENSE_CHUNKS; chunk++) {
		const float *sum = partial(f, chunk) + n * D;

		for (size_t i = 0; i < D; i++)
			y[i] += sum[i];
	}
}

void fused_dense_forward(const struct plan *p, struct dense_sums *s, struct threads *pool,
                         float *y, const struct maps *m, int count, const float *blocks,
                         const float *bias)
{
	struct forward_job f = { .p = p,
		                 .s = s,
		                 .m = m,
		                 .count = count,
		                 .blocks = blocks,
		                 .bias = bias,
		                 .y = y };

	threads_run(pool, FUSED_DENSE_CHUNKS, blocked_chunk, &f);
	threads_run(pool, (size_t)count, join_image, &f);
}

/*
 * Rows of weights as they lie in a file, from block row B on, to blocks; rows past the
 * last are zero.
 */
static void block_rows(float *blocks, const struct forward_job *f, size_t b)
{
	size_t D = (size_t)f->p->net.dense, from = b * PANEL_ROWS;

	for (size_t r = 0; r < PANEL_ROWS; r++) {
		const float *row = f->rows + (from + r) * D;

		for (size_t c = 0; c < D / PANEL_WIDTH; c++) {
			float *to = blocks + c * BLOCK + r * PANEL_WIDTH;

			if (from + r < (size_t)f->p->net.flat)
				memcpy(to, row + c * PANEL_WIDTH, PANEL_WIDTH * sizeof *to);
			else
				memset(to, 0, PANEL_WIDTH * sizeof *to);
		}
	}
}

/* Rows FROM to TO - 1, which come through the caches now. */
static void watch(const struct forward_job *f, size_t from, size_t to)
{
	size_t D = (size_t)f->p->net.dense, flat = (size_t)f->p->net.flat;

	to = to < flat ? to : flat;
	if (f->odd && from < to && !finite_all(f->rows + from * D, (to - from) * D))
		atomic_store(f->odd, true);
}

/* Asks for part C of D / PANEL_WIDTH of the block row after B: memory works during the sums. */
static void fetch_rows(const struct forward_job *f, size_t b, size_t c)
{
	size_t from = (b + 1) * block_row(f->p) + c * BLOCK,
	       end = (size_t)f->p->net.flat * (size_t)f->p->net.dense;

	for (size_t i = from; i < from + BLOCK && i < end; i += MEM_ALIGN / sizeof(float))
		__builtin_prefetch(f->rows + i, 0, 2);
}

static void rows_chunk(void *arg, size_t chunk, int worker)
{
	const struct forward_job *f = arg;
	size_t D = (size_t)f->p->net.dense, first, last;
	float *sum = partial(f, chunk), *panel = f->s->panel[worker],
	      *blocks = f->s->blocks[worker];

	chunk_blocks(f->p, chunk, &first, &last);
	memset(sum, 0, (size_t)f->count * D * sizeof *sum);
	for (size_t b = first; b < last; b++) {
		dense_gather(panel, f->m, f->count, b);
		watch(f, b * PANEL_ROWS, (b + 1) * PANEL_ROWS);
		block_rows(blocks, f, b);
		for (size_t c = 0; c < D / PANEL_WIDTH; c++) {
			if (b + 1 < last)
				fetch_rows(f, b, c);
			f->p->k->dense(sum + c * PANEL_WIDTH, D, panel, f->count,
			               blocks + c * BLOCK, PANEL_WIDTH);
		}
	}
}

/* Few images: time goes into reading the weights, so they are not copied on the way. */
static void few_chunk(void *arg, size_t chunk, int worker)
{
	const struct forward_job *f = arg;
	size_t D = (size_t)f->p->net.dense, first, last, flat = (size_t)f->p->net.flat;
	float *sum = partial(f, chunk), *panel = f->s->panel[worker];

	chunk_blocks(f->p, chunk, &first, &last);
	memset(sum, 0, (size_t)f->count * D * sizeof *sum);
	for (size_t b = first; b < last; b++) {
		size_t from = b * PANEL_ROWS,
		       rows = flat - from < PANEL_ROWS ? flat - from : PANEL_ROWS;

		dense_gather(panel, f->m, f->count, b);
		watch(f, from, from + rows);
		f->p->k->dense_few(sum, panel, PANEL_ROWS, f->count, f->rows + from * D,
		                   (int)rows, (int)D);
	}
}

/*
 * One image: whole chunks, where rows that its zeros make needless are known further ahead; while
 * they are watched, parts that stay in the second cache between the two.
 */
static void one_chunk(void *arg, size_t chunk, int worker)
{
	const struct forward_job *f = arg;
	size_t D = (size_t)f->p->net.dense, first, last, flat = (size_t)f->p->net.flat;
	float *sum = partial(f, chunk);

	(void)worker;
	chunk_blocks(f->p, chunk, &first, &last);
	first *= PANEL_ROWS;
	last = last * PANEL_ROWS < flat ? last * PANEL_ROWS : flat;
	memset(sum, 0, D * sizeof *sum);
	for (size_t end; first < last; first = end) {
		end = f->odd && last - first > WATCHED_ROWS ? first + WATCHED_ROWS : last;
		watch(f, first, end);
		f->p->k->dense_few(sum, f->m->flat + first, flat, 1, f->rows + first * D,
		                   (int)(end - first), (int)D);
	}
}

void fused_dense_forward_rows(const struct plan *p, struct dense_sums *s, struct threads *pool,
                              float *y, const struct maps *m, int count, const float *rows,
                              const float *bias, atomic_bool *odd)
{
	struct forward_job f = { .p = p,
		                 .s = s,
		                 .m = m,
		                 .count = count,
		                 .rows = rows,
		                 .bias = bias,
		                 .y = y,
		                 .odd = odd };

	threads_run(pool, FUSED_DENSE_CHUNKS,
	            count == 1     ? one_chunk
	            : count <= FEW ? few_chunk
	            : rows_chunk,
	            &f);
	threads_run(pool, (size_t)count, join_image, &f);
}

/* ---- backward ---- */

struct backward_job {
	const struct dense_back *b;
	const struct maps *m;
};

static void spread_gradient(const struct dense_back *b, const struct maps *m,
                            const float *dxt, size_t block)
{
	for (int n = 0; n < b->count; n++) {
		float *to = m[n].flat + block * PANEL_ROWS;

		for (int r = 0; r < PANEL_ROWS; r++)
			to[r] = dxt[r * b->padded + n];
	}
}

static void backward_block(void *arg, size_t row, int worker)
{
	const struct backward_job *j = arg;
	const struct dense_back *b = j->b;
	const struct plan *p = b->p;
	size_t D = (size_t)p->net.dense;
	float *panel = b->s->panel[worker], *dxt = b->dxt[worker];

	dense_gather(panel, j->m, b->count, row);
	memset(dxt, 0, (size_t)PANEL_ROWS * (size_t)b->padded * sizeof *dxt);
	for (size_t c = 0; c < D / PANEL_WIDTH; c++) {
		size_t at = row * block_row(p) + c * BLOCK;

		p->k->dense_dx(dxt, b->w + at, b->dyt + c * PANEL_WIDTH * (size_t)b->padded,
		               b->padded);
		if (b->dw)
			p->k->dense_dw(b->dw + at, panel, b->dy + c * PANEL_WIDTH, D, b->count);
		else
			p->k->dense_adam(b->w + at, b->m + at, b->v + at,
			                 b->anchor ? b->anchor + at : NULL, panel,
			                 b->dy + c * PANEL_WIDTH, D, b->count, &b->adam);
	}
	spread_gradient(b, j->m, dxt, row);
}

/* dy [count][dense] to [dense][padded]: panels of features, the images beyond COUNT zero. */
static void transpose(float *dyt, const float *dy, int count, int padded, size_t D)
{
	for (size_t i = 0; i < D; i++)
		for (int n = 0; n < padded; n++)
			dyt[i * (size_t)padded + (size_t)n] = n < count ? dy[(size_t)n * D + i] : 0;
}

void fused_dense_backward(struct dense_back *b, struct threads *pool, const struct maps *m)
{
	struct backward_job j = { b, m };

	b->padded = (b->count + PANEL_WIDTH - 1) / PANEL_WIDTH * PANEL_WIDTH;
	transpose(b->dyt, b->dy, b->count, b->padded, (size_t)b->p->net.dense);
	threads_run(pool, (size_t)b->p->flat / PANEL_ROWS, backward_block, &j);
}
