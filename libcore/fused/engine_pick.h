#pragma once
/* Which of the two ways to compute the network runs here: the one dispatch point. */
#include "base/err.h"
#include "nn/engine.h"
#include "nn/net.h"

/*
 * The fastest engine that this processor and network have. AML_ISA=blas forces layers;
 * avx512, avx2, sse2 (or neon) and ref force the fused kernels of that name, for the
 * networks that they fit. NULL with E set: a name that is unknown, or cannot run here, or
 * no BLAS library where layers need it.
 */
const struct engine *engine_pick(const struct net *net, struct err *e);

/*
 * Name for --version: what AML_ISA and the processor give for the tutorial's network.
 * NULL as engine_pick.
 */
const char *engine_pick_name(struct err *e);
