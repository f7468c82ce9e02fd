#pragma once
/* The numbers that a model may hold: finite, and variances of which norm.h can take the root. */
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "nn/net.h"

/* -1 with E set, array and entry named, unless all numbers are finite. */
int values_check(const struct net *net, const float *const w[NET_ARRAYS], struct err *e);

/* The same of W, array K. */
int values_check_array(const struct net *net, int k, const float *w, struct err *e);

/*
 * X: COUNT numbers of array K, from entry AT on. -1 with E set, the entry named, if one is a moving
 * variance of -0.001 or less.
 */
int values_check_variance(int k, const float_any *x, size_t at, size_t count, struct err *e);
