/* Training steps by the engine that made the trainer; see trainer.h. */
#include "nn/trainer.h"

struct trainer *trainer_new(const struct engine *engine, const struct net *net, int max_batch,
                            struct threads *pool)
{
	struct trainer *t = engine->trainer_new(engine, net, max_batch, pool);

	t->engine = engine;
	return t;
}

void trainer_free(struct trainer *t)
{
	if (t)
		t->engine->trainer_free(t);
}

void trainer_set(struct trainer *t, const float *const w[NET_ARRAYS],
                 const float *const m[NET_ARRAYS], const float *const v[NET_ARRAYS],
                 uint64_t steps)
{
	t->engine->trainer_set(t, w, m, v, steps);
}

void trainer_anchor(struct trainer *t, const float *const w[NET_ARRAYS])
{
	t->engine->trainer_anchor(t, w);
}

void trainer_step(struct trainer *t, const struct batch *b, const struct adam *a,
                  struct batch_result *r)
{
	t->engine->trainer_step(t, b, a, r);
}

void trainer_gradients(struct trainer *t, const struct batch *b, float *dw[NET_ARRAYS],
                       struct batch_result *r)
{
	t->engine->trainer_gradients(t, b, dw, r);
}

void trainer_get(struct trainer *t, float *w[NET_ARRAYS], float *m[NET_ARRAYS],
                 float *v[NET_ARRAYS])
{
	t->engine->trainer_get(t, w, m, v);
}

bool trainer_is_finite(const struct trainer *t, bool whole)
{
	return t->engine->trainer_is_finite(t, whole);
}

void trainer_end(struct trainer *t)
{
	t->engine->trainer_end(t);
}

struct predictor *trainer_predictor(const struct trainer *t, const float *mean, const float *var,
                                    int max_batch)
{
	struct predictor *p = t->engine->trainer_predictor(t, mean, var, max_batch);

	p->engine = t->engine;
	return p;
}
