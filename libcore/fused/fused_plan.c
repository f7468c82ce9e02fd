/* Geometry of the fused engine; see fused_plan.h. */
#include "fused/fused_plan.h"

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

static void layer_init(struct fused_layer *l, int C, int K, int used)
{
	l->C = C;
	l->K = K;
	l->used = used;
	l->tiles = ceil_div(used, STRIP_TILE);
	l->side = STRIP_TILE * l->tiles + 2;
	l->row = (size_t)l->side * (size_t)C;
}

void fused_plan_init(struct plan *p, const struct net *net, const struct kernels *k, bool whole)
{
	const int *f = net->filters;
	int last = whole ? net->conv4_size : 2 * net->pool2_size;

	*p = (struct plan){ .net = *net, .k = k, .whole = whole };
	/* A pool drops an odd last row and column; what only they depend on is never computed. */
	layer_init(&p->layer[0], f[0], f[1], 2 * net->pool1_size);
	layer_init(&p->layer[1], f[1], f[2], last + 2);
	layer_init(&p->layer[2], f[2], f[3], last);
	p->padded_side = net->size + 2;
	p->conv1_side = 2 * net->pool1_size + 2;
	p->flat = ceil_div(net->flat, PANEL_ROWS) * PANEL_ROWS;
	for (int i = 0; i < FUSED_PLAN_LAYERS; i++) {
		size_t floats = kernels_scratch(p->layer[i].tiles, p->layer[i].C, p->layer[i].K);

		if (floats > p->scratch)
			p->scratch = floats;
	}
}
