#pragma once
/*
 * The fused engines: the network over vector kernels, one engine for each table of
 * kernels. They fit networks whose channel counts are multiples of the kernels' panels,
 * as the tutorial's are; layers does the rest.
 */
#include <stdbool.h>

#include "kernels/kernels.h"
#include "nn/engine.h"

/* Whether the fused engines can run this network. */
bool fused_fits(const struct net *net);

/* The engine over table K, named after it. */
const struct engine *fused_engine(const struct kernels *k);
