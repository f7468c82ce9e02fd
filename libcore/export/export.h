#pragma once
/* What the exporters of models have in common. */
#include "base/err.h"
#include "nn/net.h"

/*
 * Batch norm divides by the root of variance + epsilon. -1 with E set if a moving variance has
 * no such root.
 */
int export_check(const struct net *net, const float *const w[NET_ARRAYS], struct err *e);

static const float EXPORT_EPSILON = 1e-3f;      /* Keras's; in float32, as it is added */
