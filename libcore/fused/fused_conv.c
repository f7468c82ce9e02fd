/* The convolutions of an image, forward: strip by strip, each from its input map to the next. */
#include "fused/fused_conv.h"

#include <string.h>

#include "base/rng.h"
#include "nn/dropout.h"
#include "nn/pool.h"

enum { BLOCK = 16 };                    /* bytes of mask from one block of random numbers */

struct prefetch fused_conv_prefetch(const float *last_row, size_t pitch, int rows)
{
	return (struct prefetch){ last_row + pitch, (size_t)rows * pitch * sizeof(float) };
}

void fused_conv_pad(struct workspace *d, const struct plan *p, const float *image)
{
	size_t row = (size_t)p->net.size * (size_t)p->net.channels;
	size_t pitch = (size_t)p->padded_side * (size_t)p->net.channels;

	for (int y = 0; y < p->net.size; y++)
		memcpy(d->image + (size_t)(y + 1) * pitch + p->net.channels,
		       image + (size_t)y * row, row * sizeof *image);
}

void fused_conv_fill_ring(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                          int from, int to)
{
	size_t pitch = (size_t)p->padded_side * (size_t)p->net.channels;

	for (int y = from; y < to && y < p->conv1_side; y++) {
		const float *at = d->image + (size_t)y * pitch;
		const float *const row[3] = { at, at + pitch, at + 2 * pitch };

		p->k->conv1(d->ring + (size_t)(y % STRIP_REACH) * p->layer[0].row, row,
		            w->conv1_w, w->conv1_b, p->conv1_side, p->net.channels,
		            p->layer[0].C);
	}
}

void fused_conv_ring_rows(struct strip *s, const struct plan *p, const struct workspace *d,
                          int strip)
{
	for (int r = 0; r < STRIP_REACH; r++) {
		int y = STRIP_TILE * strip + r;

		s->row[r] = y < p->conv1_side
		                    ? d->ring + (size_t)(y % STRIP_REACH) * p->layer[0].row
		                    : d->zero_row;
	}
}

void fused_conv_map_rows(struct strip *s, const float *map, const struct fused_layer *l, int strip)
{
	for (int r = 0; r < STRIP_REACH; r++)
		s->row[r] = map + (size_t)(STRIP_TILE * strip + r) * l->row;
	s->prefetch = fused_conv_prefetch(s->row[STRIP_REACH - 1], l->row,
	                                  strip + 1 < l->tiles ? STRIP_TILE : 0);
}

static const uint8_t *drop_row(const struct plan *p, uint8_t *keep,
                               const struct dropout *drop, int layer, int row,
                               size_t count)
{
	uint32_t counter[4] = { (uint32_t)((size_t)row * count / BLOCK), drop->image, drop->step,
	                        RNG_DROPOUT + (uint32_t)layer };

	p->k->keep(keep, drop->seed, counter, (int)(count / BLOCK),
	           (unsigned)(256 * dropout_rate[layer]));
	return keep;
}

/* Where strip STRIP of a pooled layer puts its rows: map TO with PITCH floats a row. */
static struct pooled_rows pooled(const struct plan *p, struct workspace *d,
                                 const struct maps *m, int half, int strip, float *to,
                                 size_t pitch, const struct dropout *drop)
{
	int side = half ? p->net.pool2_size : p->net.pool1_size;
	size_t count = (size_t)side * (size_t)p->net.filters[2 * half + 1];
	struct pooled_rows y = { .columns = side,
		                 .scale = drop->on ? 1.0f / (1 - dropout_rate[half])
		                                   : 1 };

	for (int r = 0; r < STRIP_TILE / 2; r++) {
		int row = strip * STRIP_TILE / 2 + r;

		if (row >= side)
			break;
		y.row[r] = to + (size_t)row * pitch;
		if (m->at[half])
			y.at[r] = m->at[half] + (size_t)row * count;
		if (drop->on)
			y.keep[r] = drop_row(p, d->keep + (size_t)r * count, drop, half,
			                     row, count);
	}
	return y;
}

static void conv2_strip(const struct plan *p, const struct conv_weights *w,
                        struct workspace *d, struct maps *m, int strip,
                        const struct dropout *drop)
{
	const struct fused_layer *l = &p->layer[0], *next = &p->layer[1];
	struct strip x = { .tiles = l->tiles, .stride = l->C, .C = l->C };
	struct pooled_rows y = pooled(p, d, m, 0, strip, m->pool1 + next->row + next->C,
	                              next->row, drop);

	fused_conv_ring_rows(&x, p, d, strip);
	p->k->conv_pool(&y, &x, w->u[0], w->b[0], l->K, d->scratch);
}

static void conv3_strip(const struct plan *p, const struct conv_weights *w,
                        struct workspace *d, struct maps *m, int strip)
{
	const struct fused_layer *l = &p->layer[1], *next = &p->layer[2];
	struct strip x = { .tiles = l->tiles, .stride = l->C, .C = l->C };
	struct relu_rows y = { .columns = l->used };

	fused_conv_map_rows(&x, m->pool1, l, strip);
	for (int r = 0; r < STRIP_TILE && STRIP_TILE * strip + r < l->used; r++)
		y.row[r] = m->conv3 + (size_t)(STRIP_TILE * strip + r) * next->row;
	p->k->conv_relu(&y, &x, w->u[1], w->b[1], l->K, d->scratch);
}

/* The output itself, of which the pool is made then. */
static void conv4_strip_whole(const struct plan *p, const struct conv_weights *w,
                              struct workspace *d, struct maps *m, int strip,
                              const struct strip *x)
{
	const struct fused_layer *l = &p->layer[2];
	int first = STRIP_TILE * strip, side = p->net.conv4_size,
	    rows = side - first < STRIP_TILE ? side - first : STRIP_TILE;
	size_t row = (size_t)side * (size_t)l->K;
	size_t pooled_row = (size_t)p->net.pool2_size * (size_t)l->K;
	float *to = m->conv4 + (size_t)first * row;
	struct relu_rows y = { .columns = side };

	for (int r = 0; r < rows; r++)
		y.row[r] = to + (size_t)r * row;
	p->k->conv_relu(&y, x, w->u[2], w->b[2], l->K, d->scratch);
	pool_forward(m->flat + (size_t)(first / 2) * pooled_row, NULL, to, rows, side, l->K);
}

static void conv4_strip(const struct plan *p, const struct conv_weights *w,
                        struct workspace *d, struct maps *m, int strip,
                        const struct dropout *drop)
{
	const struct fused_layer *l = &p->layer[2];
	struct strip x = { .tiles = l->tiles, .stride = l->C, .C = l->C };
	struct pooled_rows y;

	fused_conv_map_rows(&x, m->conv3, l, strip);
	if (m->conv4) {
		conv4_strip_whole(p, w, d, m, strip, &x);
		return;
	}
	y = pooled(p, d, m, 1, strip, m->flat, (size_t)p->net.pool2_size * (size_t)l->K, drop);
	p->k->conv_pool(&y, &x, w->u[2], w->b[2], l->K, d->scratch);
}

void fused_conv_forward(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                        struct maps *m, int layer, int first, int last,
                        const struct dropout *drop)
{
	for (int strip = first; strip < last; strip++) {
		switch (layer) {
		case 0:
			fused_conv_fill_ring(p, w, d, STRIP_TILE * strip + (strip == first ? 0 : 2),
			                     STRIP_TILE * strip + STRIP_REACH);
			conv2_strip(p, w, d, m, strip, drop);
			break;
		case 1:
			conv3_strip(p, w, d, m, strip);
			break;
		default:
			conv4_strip(p, w, d, m, strip, drop);
		}
	}
}
