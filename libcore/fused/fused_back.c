/*
 * The convolutions backward, for the few images of one partial sum: layer by layer, and
 * PANEL_WIDTH input channels at a time, so that the layer's prepared weights and sums stay in
 * the cache.
 */
#include "fused/fused_back.h"

#include <string.h>

#include "nn/dropout.h"
#include "fused/fused_conv.h"

/* One image on its way back through one panel of one layer. */
struct way_back {
	const struct plan *p;
	const struct conv_weights *w;
	struct workspace *d;
	struct maps *m;
	int layer, panel;
	bool dropout;
	float *db;                      /* or NULL */
	const struct conv_gradients *g;
};

static void clear(float *x, size_t count)
{
	memset(x, 0, count * sizeof *x);
}

/* The gradient at a pooled layer's output: its rows start at FROM, PITCH floats apart. */
static struct strip_gradient pooled_gradient(const struct way_back *b, int half,
                                             int strip, const float *from, size_t pitch)
{
	int side = half ? b->p->net.pool2_size : b->p->net.pool1_size;
	size_t count = (size_t)side * (size_t)b->p->net.filters[2 * half + 1];
	float scale = b->dropout ? 1.0f / (1 - dropout_rate[half]) : 1;
	struct strip_gradient g = { .scale = scale, .columns = side };

	for (int r = 0; r < STRIP_TILE / 2; r++) {
		int row = strip * STRIP_TILE / 2 + r;

		if (row >= side)
			break;
		g.pooled[r] = from + (size_t)row * pitch;
		g.at[r] = b->m->at[half] + (size_t)row * count;
	}
	if ((strip + 1) * STRIP_TILE / 2 < side) {
		g.prefetch = fused_conv_prefetch(g.pooled[1], pitch, STRIP_TILE / 2);
		g.at_prefetch = (struct prefetch){ g.at[1] + count, STRIP_TILE / 2 * count };
	}
	return g;
}

static struct strip_gradient output_gradient(const struct way_back *b, int strip)
{
	const struct plan *p = b->p;
	struct strip_gradient g = { .columns = p->layer[1].used };

	if (b->layer == 0)
		return pooled_gradient(b, 0, strip,
		                       b->m->pool1 + p->layer[1].row + p->layer[1].C,
		                       p->layer[1].row);
	if (b->layer == 2)
		return pooled_gradient(b, 1, strip, b->m->flat,
		                       (size_t)p->net.pool2_size * (size_t)p->layer[2].K);
	for (int r = 0; r < STRIP_TILE && STRIP_TILE * strip + r < p->layer[1].used; r++)
		g.row[r] = b->m->conv3 + (size_t)(STRIP_TILE * strip + r) * p->layer[2].row;
	if (g.row[STRIP_TILE - 1])
		g.prefetch = fused_conv_prefetch(g.row[STRIP_TILE - 1], p->layer[2].row,
		                                 STRIP_TILE);
	return g;
}

/*
 * Conv2's input is made again rather than kept: 1.3 MB an image, which would go to memory
 * and back.
 */
static struct strip input_rows(const struct way_back *b, int strip)
{
	const struct fused_layer *l = &b->p->layer[b->layer];
	struct strip s = { .tiles = l->tiles, .stride = l->C, .C = PANEL_WIDTH };

	if (b->layer == 0)
		fused_conv_ring_rows(&s, b->p, b->d, strip);
	else
		fused_conv_map_rows(&s, b->layer == 1 ? b->m->pool1 : b->m->conv3, l, strip);
	for (int r = 0; r < STRIP_REACH; r++)
		s.row[r] += b->panel * PANEL_WIDTH;
	return s;
}

/* Rows of the input map, from strip STRIP, whose gradient is wanted: in place of the map. */
static struct input_gradient map_gradient(const struct way_back *b, int strip)
{
	const struct fused_layer *l = &b->p->layer[b->layer];
	/* a rim on top and left; no relu: the pool's AT has seen to it */
	bool same = b->layer == 1;
	int side = same ? b->p->net.pool1_size : b->p->layer[1].used, rim = same;
	float *map = (same ? b->m->pool1 : b->m->conv3) + b->panel * PANEL_WIDTH;
	struct input_gradient g = { .stride = l->C, .first = rim, .columns = side };

	for (int r = 0; r < STRIP_TILE; r++) {
		int y = STRIP_TILE * strip + r;

		if (y < rim || y >= side + rim)
			continue;
		g.row[r] = map + (size_t)y * l->row;
		g.relu[r] = same ? NULL : g.row[r];
	}
	return g;
}

/* The gradient at conv1's output, from strip STRIP, goes to the workspace. */
static struct input_gradient conv1_gradient(const struct way_back *b, int strip,
                                            const struct strip *x)
{
	const struct plan *p = b->p;
	struct input_gradient g = { .stride = p->layer[0].C, .columns = p->conv1_side };

	for (int r = 0; r < STRIP_TILE && STRIP_TILE * strip + r < p->conv1_side; r++) {
		g.row[r] = b->d->conv1_grad + (size_t)r * p->layer[0].row;
		g.relu[r] = x->row[r];
	}
	return g;
}

/* And from there into the gradient of conv1's weights. */
static void conv1_rows(const struct way_back *b, int strip, const struct input_gradient *g)
{
	const struct plan *p = b->p;
	size_t pitch = (size_t)p->padded_side * (size_t)p->net.channels,
	       panel = (size_t)b->panel * PANEL_WIDTH;

	for (int r = 0; r < STRIP_TILE && g->row[r]; r++) {
		const float *at = b->d->image + (size_t)(STRIP_TILE * strip + r) * pitch;
		const float *const image[3] = { at, at + pitch, at + 2 * pitch };

		p->k->conv1_back(b->g->g[CONV1_W] + panel, b->g->g[CONV1_B] + panel,
		                 image, g->row[r], p->conv1_side, p->net.channels,
		                 p->layer[0].C);
	}
}

static void back_strip(const struct way_back *b, int strip)
{
	const struct plan *p = b->p;
	const struct fused_layer *l = &p->layer[b->layer];
	const float *ut = b->w->ut[b->layer] +
	                  (size_t)b->panel * STRIP_POINTS * PANEL_WIDTH * (size_t)l->K;
	struct strip_gradient dy = output_gradient(b, strip);
	struct input_gradient dx;
	struct strip x;

	if (b->layer == 0)
		fused_conv_fill_ring(p, b->w, b->d, STRIP_TILE * strip + (strip ? 2 : 0),
		                     STRIP_TILE * strip + STRIP_REACH);
	x = input_rows(b, strip);
	dx = b->layer == 0 ? conv1_gradient(b, strip, &x) : map_gradient(b, strip);
	p->k->conv_back(&dx, b->d->carry, b->d->du, b->db, &x, &dy, ut, l->K, b->d->scratch);
	if (b->layer == 0)
		conv1_rows(b, strip, &dx);
}

/* The last strip reaches two rows further than those that it stores. */
static void back_end(const struct way_back *b)
{
	int tiles = b->p->layer[b->layer].tiles;
	struct input_gradient dx;

	if (b->layer == 0) {
		struct strip x = input_rows(b, tiles);

		dx = conv1_gradient(b, tiles, &x);
	} else {
		dx = map_gradient(b, tiles);
	}
	dx.row[2] = dx.row[3] = NULL;
	b->p->k->conv_back_end(&dx, b->d->carry, tiles);
	if (b->layer == 0)
		conv1_rows(b, tiles, &dx);
}

static void back_image(const struct way_back *b)
{
	const struct fused_layer *l = &b->p->layer[b->layer];

	clear(b->d->carry, 2 * PANEL_WIDTH * (size_t)l->side);
	for (int strip = 0; strip < l->tiles; strip++)
		back_strip(b, strip);
	back_end(b);
}

/* The weights' gradient from the sums of one panel of input channels. */
static void store_gradient(const struct way_back *b)
{
	const struct fused_layer *l = &b->p->layer[b->layer];
	size_t C = (size_t)l->C, K = (size_t)l->K;
	float *dw = b->g->g[CONV2_W + 2 * b->layer] + (size_t)b->panel * PANEL_WIDTH * K;

	for (size_t k = 0; k < K / PANEL_WIDTH; k++)
		b->p->k->gradient(dw + k * PANEL_WIDTH, C * K, K,
		                  b->d->du + k * PANEL_WIDTH * PANEL_WIDTH, K * PANEL_WIDTH,
		                  PANEL_WIDTH);
}

static void back_panel(struct way_back *b, struct maps *m, const float *const *image, int count)
{
	const struct fused_layer *l = &b->p->layer[b->layer];

	clear(b->d->du, (size_t)STRIP_POINTS * PANEL_WIDTH * (size_t)l->K);
	for (int n = 0; n < count; n++) {
		b->m = &m[n];
		if (b->layer == 0)
			fused_conv_pad(b->d, b->p, image[n]);
		back_image(b);
	}
	store_gradient(b);
}

void fused_back(const struct plan *p, const struct conv_weights *w, struct workspace *d,
                struct maps *m, const float *const *image, int count, bool dropout,
                const struct conv_gradients *g)
{
	struct way_back b = { .p = p, .w = w, .d = d, .dropout = dropout, .g = g };

	clear(g->g[CONV1_W], net_count(&p->net, CONV1_W));
	clear(g->g[CONV1_B], net_count(&p->net, CONV1_B));
	for (b.layer = FUSED_PLAN_LAYERS - 1; b.layer >= 0; b.layer--) {
		b.db = g->g[CONV2_B + 2 * b.layer];
		clear(b.db, (size_t)p->layer[b.layer].K);
		for (b.panel = 0; b.panel < p->layer[b.layer].C / PANEL_WIDTH; b.panel++) {
			back_panel(&b, m, image, count);
			/* the same for every panel: summed with the first */
			b.db = NULL;
		}
	}
}
