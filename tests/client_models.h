#pragma once
/* A global model, and files of models that clients might send back. */
#include <stdio.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/model_writer.h"
#include "model/weights.h"
#include "scratch.h"

/* Draws W [of P->net], the numbers of P; variances are around 1. */
static inline void draw_parent(struct model *p, struct weights *w, struct rng *r)
{
	weights_init(w, &p->net);
	for (int k = 0; k < NET_ARRAYS; k++) {
		for (size_t i = 0; i < net_count(&p->net, (enum net_array)k); i++)
			w->a[k][i] = .05f * (float)rng_normal(r) + (k == BN_VAR ? 1 : 0);
		p->w[k] = w->a[k];
	}
}

/* P, with the numbers W, of images of SIZE x SIZE and DENSE units; R begins with SEED. */
static inline void make_parent(struct model *p, struct weights *w, int size, int dense,
                               struct rng *r, uint64_t seed)
{
	static const int filters[] = { 4, 4, 4, 4 };
	struct err e;

	net_init(&p->net, size, 4, filters, dense, 3, &e);
	rng_init(r, seed, RNG_INIT, 0);
	draw_parent(p, w, r);
}

/* W becomes P and normal steps: STATISTIC of the batch norm's statistics, STEP of all others. */
static inline void draw_client(struct weights *w, const struct model *p, float step,
                               float statistic, struct rng *r)
{
	weights_init(w, &p->net);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&p->net, (enum net_array)k); i++)
			w->a[k][i] = p->w[k][i] + (net_is_statistic(k) ? statistic : step) *
			                                  (float)rng_normal(r);
}

/* The file of client C, in new memory. */
static inline char *save_client(const struct weights *w, const struct net *net, int c)
{
	char *path = xasprintf("%s.%d", scratch_path("client"), c);
	struct err e;

	if (model_save(path, net, weights_const(w), NULL, &e) < 0)
		printf("# %s\n", e.text);
	return path;
}
