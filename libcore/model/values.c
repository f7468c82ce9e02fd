/* Checks of a model's numbers; see values.h. */
#include "model/values.h"

#include <math.h>

#include "base/finite.h"
#include "nn/norm.h"
#include "model/model_file.h"

int values_check_array(const struct net *net, int k, const float *w, struct err *e)
{
	size_t count = net_count(net, (enum net_array)k), at = 0;

	if (finite_all(w, count))
		return 0;
	while (isfinite(w[at]))
		at++;
	err_set(e, "entry %zu is %g", at, w[at]);
	return model_file_in_array(e, k);
}

int values_check(const struct net *net, const float *const w[NET_ARRAYS], struct err *e)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (values_check_array(net, k, w[k], e) < 0)
			return -1;
	return 0;
}

int values_check_variance(int k, const float_any *x, size_t at, size_t count, struct err *e)
{
	for (size_t i = 0; i < count && k == BN_VAR; i++)
		if (x[i] <= -NORM_EPSILON)
			return err_set(e, "entry %zu, a variance, is %g", at + i, x[i]);
	return 0;
}
