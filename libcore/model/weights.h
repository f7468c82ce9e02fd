#pragma once
/* The 16 arrays of a network in memory of our own. */
#include "nn/net.h"

struct weights {
	float *a[NET_ARRAYS];           /* aligned; all NULL: released */
};

void weights_init(struct weights *w, const struct net *net);    /* numbers are not set */
void weights_zero(struct weights *w, const struct net *net);
void weights_release(struct weights *w);

/* The arrays for reading. */
static inline const float *const *weights_const(const struct weights *w)
{
	return (const float *const *)w->a;
}
