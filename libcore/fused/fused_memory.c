/* Memory of the fused engine; see fused_memory.h. */
#include "fused/fused_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

static float *zeros(size_t count)
{
	float *x = xaligned(count, sizeof *x);

	memset(x, 0, count * sizeof *x);
	return x;
}

static size_t map_count(const struct fused_layer *l)
{
	return (size_t)l->side * l->row;
}

void fused_memory_maps_init(struct maps *m, const struct plan *p, bool training)
{
	size_t side1 = (size_t)p->net.pool1_size, side2 = (size_t)p->net.pool2_size,
	       side4 = (size_t)p->net.conv4_size;

	*m = (struct maps){
		.pool1 = zeros(map_count(&p->layer[1])),
		.conv3 = zeros(map_count(&p->layer[2])),
	};
	if (p->whole)
		m->conv4 = zeros(side4 * side4 * (size_t)p->layer[2].K);
	if (!training)
		return;
	m->flat = zeros((size_t)p->flat);
	m->at[0] = xaligned(side1 * side1 * (size_t)p->layer[0].K, 1);
	m->at[1] = xaligned(side2 * side2 * (size_t)p->layer[2].K, 1);
}

void fused_memory_flat_init(struct maps *m, const struct plan *p)
{
	*m = (struct maps){ .flat = zeros((size_t)p->flat) };
}

void fused_memory_maps_release(struct maps *m)
{
	free(m->pool1);
	free(m->conv3);
	free(m->conv4);
	free(m->flat);
	free(m->at[0]);
	free(m->at[1]);
	*m = (struct maps){0};
}

void fused_memory_workspace_init(struct workspace *d, const struct plan *p, bool training)
{
	const struct fused_layer *l = p->layer;
	int side = 0, K = 0, keep = max_int(p->net.pool1_size * l[0].K, p->net.pool2_size * l[2].K);

	for (int i = 0; i < FUSED_PLAN_LAYERS; i++) {
		side = max_int(side, l[i].side);
		K = max_int(K, l[i].K);
	}
	*d = (struct workspace){
		.image = zeros((size_t)p->padded_side * (size_t)p->padded_side *
		               (size_t)p->net.channels),
		.ring = zeros(STRIP_REACH * l[0].row),
		.zero_row = zeros(l[0].row),
		.scratch = xaligned(p->scratch, sizeof(float)),
		.keep = xaligned(2 * (size_t)keep, 1),
	};
	if (!training)
		return;
	d->du = zeros((size_t)STRIP_POINTS * PANEL_WIDTH * (size_t)K);
	d->carry = zeros((size_t)2 * PANEL_WIDTH * (size_t)side);
	d->conv1_grad = zeros(STRIP_TILE * l[0].row);
}

void fused_memory_workspace_release(struct workspace *d)
{
	free(d->image);
	free(d->ring);
	free(d->zero_row);
	free(d->scratch);
	free(d->keep);
	free(d->du);
	free(d->carry);
	free(d->conv1_grad);
	*d = (struct workspace){0};
}
