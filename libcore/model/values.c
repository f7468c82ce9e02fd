/* Checks of a model's numbers; see values.h. */
#include "model/values.h"

#include <math.h>
#include <stdbool.h>

#include "nn/norm.h"
#include "model/model_file.h"

static int check_finite(const float *w, size_t count, struct err *e)
{
	enum { BLOCK = 4096 };

	/*
	 * x - x is 0 for finite x and NaN otherwise: sums vectorise where a test for each
	 * would not
	 */
	for (size_t at = 0; at < count; at += BLOCK) {
		size_t end = at + BLOCK < count ? at + BLOCK : count;
		bool bad = false;

		for (size_t i = at; i < end; i++)
			bad |= !(w[i] - w[i] == 0);
		if (!bad)
			continue;
		while (isfinite(w[at]))
			at++;
		return err_set(e, "entry %zu is %g", at, w[at]);
	}
	return 0;
}

int values_check(const struct net *net, const float *const w[NET_ARRAYS], struct err *e)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (check_finite(w[k], net_count(net, (enum net_array)k), e) < 0)
			return model_file_in_array(e, k);
	return 0;
}

int values_check_variance(int k, const float_any *x, size_t at, size_t count, struct err *e)
{
	for (size_t i = 0; i < count && k == BN_VAR; i++)
		if (x[i] <= -NORM_EPSILON)
			return err_set(e, "entry %zu, a variance, is %g", at + i, x[i]);
	return 0;
}
