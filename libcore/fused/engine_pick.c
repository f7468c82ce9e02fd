/* The one dispatch point between the ways to compute the network; see engine_pick.h. */
#include "fused/engine_pick.h"

#include <string.h>

#include "base/cpu.h"
#include "nn/gemm.h"
#include "fused/fused.h"

static const struct engine *layers(struct err *e)
{
	return gemm_load(e) < 0 ? NULL : &engine_layers;
}

const struct engine *engine_pick(const struct net *net, struct err *e)
{
	const char *isa = cpu_isa();
	const struct kernels *k;

	if (isa && !strcmp(isa, engine_layers.name))
		return layers(e);
	k = kernels_pick(isa, e);
	if (!k)
		return NULL;
	if (!fused_fits(net) || (!isa && k == &kernels_ref))    /* BLAS beats kernels in plain C */
		return layers(e);
	return fused_engine(k);
}

const char *engine_pick_name(struct err *e)
{
	const struct engine *engine;
	struct net net;

	if (net_tutorial(&net, 100, 15, e) < 0)
		return NULL;
	engine = engine_pick(&net, e);
	return engine ? engine->name : NULL;
}
