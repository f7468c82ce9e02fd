/*
 * poison: FACTOR PREVIOUS MODEL OUT writes PREVIOUS + FACTOR (MODEL - PREVIOUS), as an
 * evil client might.
 */
#include <stdlib.h>

#include "base/opt.h"
#include "nn/model.h"
#include "nn/weights.h"

int main(int argc, char **argv)
{
	const struct opt table[] = { OPT_END };
	const struct opt_tool tool = { "-- FACTOR PREVIOUS MODEL OUT",
		                       "exaggerate or reverse an update", 4, 4, NULL };
	char **rest = opt_parse(table, &tool, argc, argv);
	float factor = strtof(rest[0], NULL);
	struct model previous = {0}, model = {0};
	struct weights w = {0};
	struct err e;
	int status = 1;

	if (model_load(&previous, rest[1], 0, &e) < 0 || model_load(&model, rest[2], 0, &e) < 0)
		goto out;
	weights_init(&w, &model.net);
	weights_copy(&w, &model.net, model.w);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0;
		     !net_is_statistic(k) && i < net_count(&model.net, (enum net_array)k);
		     i++)
			w.a[k][i] = previous.w[k][i] + factor * (model.w[k][i] - previous.w[k][i]);
	if (model_save(rest[3], &model.net, weights_const(&w), "{\"num_examples\": 100}", &e) == 0)
		status = 0;
out:
	if (status)
		tool_fail(&e);
	weights_release(&w);
	model_release(&model);
	model_release(&previous);
	return tool_end(status);
}
