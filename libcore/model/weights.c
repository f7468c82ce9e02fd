/* Weight arrays in memory; see weights.h. */
#include "model/weights.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void weights_init(struct weights *w, const struct net *net)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		w->a[k] = xaligned(net_count(net, (enum net_array)k), sizeof(float));
}

void weights_zero(struct weights *w, const struct net *net)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		memset(w->a[k], 0, net_count(net, (enum net_array)k) * sizeof(float));
}

void weights_release(struct weights *w)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		free(w->a[k]);
	*w = (struct weights){0};
}
