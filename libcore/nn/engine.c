/* The one dispatch point between the ways to compute the network; see engine.h. */
#include "nn/engine.h"

#include <stdlib.h>
#include <string.h>

const struct engine *engine_pick(const struct net *net, struct err *e)
{
	const char *isa = getenv("AML_ISA");

	(void)net;
	if (isa && *isa && strcmp(isa, engine_layers.name)) {
		err_set(e, "AML_ISA=%s: unknown kernels", isa);
		return NULL;
	}
	return &engine_layers;
}

const char *engine_default_name(void)
{
	return engine_layers.name;
}
