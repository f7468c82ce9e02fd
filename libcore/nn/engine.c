/* The one dispatch point between the ways to compute the network; see engine.h. */
#include "nn/engine.h"

#include <stdlib.h>
#include <string.h>

#include "nn/fused.h"

/* AML_ISA, or NULL where the choice is ours. */
static const char *forced(void)
{
	const char *isa = getenv("AML_ISA");

	return isa && *isa ? isa : NULL;
}

const struct engine *engine_pick(const struct net *net, struct err *e)
{
	const char *isa = forced();
	const struct kernels *k;

	if (isa && !strcmp(isa, engine_layers.name))
		return &engine_layers;
	k = kernels_pick(isa, e);
	if (!k)
		return NULL;
	if (!fused_fits(net) || (!isa && k == &kernels_ref))    /* BLAS beats kernels in plain C */
		return &engine_layers;
	return fused_engine(k);
}

const char *engine_default_name(struct err *e)
{
	const struct engine *engine;
	struct net net;

	if (net_tutorial(&net, 100, 15, e) < 0)
		return NULL;
	engine = engine_pick(&net, e);
	return engine ? engine->name : NULL;
}
