/* The fused engines: one struct engine for each table of kernels. */
#include "fused/fused.h"

#include "fused/fused_infer.h"
#include "fused/fused_train.h"

bool fused_fits(const struct net *net)
{
	for (int i = 0; i < 4; i++)
		if (net->filters[i] % PANEL)
			return false;
	return net->dense % PANEL == 0;
}

#define FUSED_ENGINE(isa)                                                                \
	static void *trainer_new_##isa(const struct net *net, int max_batch,             \
	                               struct threads *pool)                                \
	{                                                                                \
		return fused_trainer_new(&kernels_##isa, net, max_batch, pool);          \
	}                                                                                \
	static void *predictor_new_##isa(const struct net *net,                          \
	                                 const float *const w[NET_ARRAYS],               \
	                                 int max_batch, struct threads *pool)               \
	{                                                                                \
		return fused_predictor_new(&kernels_##isa, net, w, max_batch, pool);     \
	}                                                                                \
	static const struct engine engine_##isa = {                                      \
		.name = #isa,                                                            \
		.trainer_new = trainer_new_##isa,                                        \
		.trainer_free = fused_trainer_free,                                      \
		.trainer_set = fused_trainer_set,                                        \
		.trainer_anchor = fused_trainer_anchor,                                  \
		.trainer_get = fused_trainer_get,                                        \
		.trainer_end = fused_trainer_end,                                        \
		.trainer_predictor = fused_trainer_predictor,                            \
		.trainer_step = fused_trainer_step,                                      \
		.trainer_gradients = fused_trainer_gradients,                            \
		.predictor_new = predictor_new_##isa,                                    \
		.predictor_free = fused_predictor_free,                                  \
		.predictor_run = fused_predictor_run,                                    \
	};

FUSED_ENGINE(ref)
#ifdef HAVE_sse2
FUSED_ENGINE(sse2)
#endif
#ifdef HAVE_avx2
FUSED_ENGINE(avx2)
#endif
#ifdef HAVE_avx512
FUSED_ENGINE(avx512)
#endif
#ifdef HAVE_neon
FUSED_ENGINE(neon)
#endif

static const struct {
	const struct kernels *k;
	const struct engine *engine;
} engines[] = {
	{ &kernels_ref, &engine_ref },
#ifdef HAVE_sse2
	{ &kernels_sse2, &engine_sse2 },
#endif
#ifdef HAVE_avx2
	{ &kernels_avx2, &engine_avx2 },
#endif
#ifdef HAVE_avx512
	{ &kernels_avx512, &engine_avx512 },
#endif
#ifdef HAVE_neon
	{ &kernels_neon, &engine_neon },
#endif
};

const struct engine *fused_engine(const struct kernels *k)
{
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
		if (engines[i].k == k)
			return engines[i].engine;
	return NULL;
}
