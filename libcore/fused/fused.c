/* The fused engines: one struct engine for each table of kernels. */
#include "fused/fused.h"

#include "fused/fused_infer.h"
#include "fused/fused_train.h"

bool fused_fits(const struct net *net)
{
	for (int i = 0; i < 4; i++)
		if (net->filters[i] % PANEL_WIDTH)
			return false;
	return net->dense % PANEL_WIDTH == 0;
}

#define ENGINE(isa)                                                                      \
	{                                                                                \
		.name = #isa,                                                            \
		.kernels = &kernels_##isa,                                               \
		.trainer_new = fused_train_new,                                          \
		.trainer_free = fused_train_free,                                        \
		.trainer_set = fused_train_set,                                          \
		.trainer_anchor = fused_train_anchor,                                    \
		.trainer_get = fused_train_get,                                          \
		.trainer_is_finite = fused_train_is_finite,                              \
		.trainer_end = fused_train_end,                                          \
		.trainer_predictor = fused_train_predictor,                              \
		.trainer_step = fused_train_step,                                        \
		.trainer_gradients = fused_train_gradients,                              \
		.predictor_new = fused_infer_new,                                        \
		.predictor_new_mapped = fused_infer_new_mapped,                          \
		.predictor_map = fused_infer_map,                                        \
		.predictor_free = fused_infer_free,                                      \
		.predictor_run = fused_infer_run,                                        \
	}

static const struct engine engines[] = {
	ENGINE(ref),
#ifdef HAVE_sse2
	ENGINE(sse2),
#endif
#ifdef HAVE_avx2
	ENGINE(avx2),
#endif
#ifdef HAVE_avx512
	ENGINE(avx512),
#endif
#ifdef HAVE_neon
	ENGINE(neon),
#endif
};

const struct engine *fused_engine(const struct kernels *k)
{
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
		if (engines[i].kernels == k)
			return &engines[i];
	return NULL;
}
