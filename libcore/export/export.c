/* What the exporters of models have in common; see export.h. */
#include "export/export.h"

int export_check(const struct net *net, const float *const w[NET_ARRAYS], struct err *e)
{
	for (int d = 0; d < net->dense; d++)
		if (!(w[BN_VAR][d] + EXPORT_EPSILON > 0))
			return err_set(e, "array %d: entry %d, a variance, is %g and has no root",
			               BN_VAR, d, w[BN_VAR][d]);
	return 0;
}
