/* Inference by the engine that made the predictor; see predictor.h. */
#include "nn/predictor.h"

struct predictor *predictor_new(const struct engine *engine, const struct net *net,
                                const float *const w[NET_ARRAYS], int max_batch,
                                struct threads *pool)
{
	struct predictor *p = engine->predictor_new(engine, net, w, max_batch, pool);

	p->engine = engine;
	return p;
}

struct predictor *predictor_new_mapped(const struct engine *engine, const struct net *net,
                                       const float *const w[NET_ARRAYS], struct threads *pool)
{
	struct predictor *p = engine->predictor_new_mapped(engine, net, w, pool);

	p->engine = engine;
	return p;
}

const float *predictor_map(const struct predictor *p)
{
	return p->engine->predictor_map(p);
}

void predictor_free(struct predictor *p)
{
	if (p)
		p->engine->predictor_free(p);
}

void predictor_run(struct predictor *p, const float *const *image, int n, float *logits,
                   float *features)
{
	p->engine->predictor_run(p, image, n, logits, features);
}

bool predictor_run_watching(struct predictor *p, const float *const *image, int n, float *logits,
                            float *features)
{
	p->watch = true;
	atomic_store(&p->odd, false);
	predictor_run(p, image, n, logits, features);
	p->watch = false;
	return !atomic_load(&p->odd);
}
