/*
 * poison: FACTOR PREVIOUS MODEL OUT writes PREVIOUS + FACTOR (MODEL - PREVIOUS), as a
 * malicious client might; without PREVIOUS it writes FACTOR MODEL.
 */
#include <stdlib.h>

#include "base/opt.h"
#include "base/tool.h"
#include "model/model.h"
#include "model/model_writer.h"
#include "model/weights.h"

/* The statistics stay as they are: a negative variance would be refused. */
static void exaggerate(struct weights *w, const struct model *previous, const struct model *model,
                       float factor)
{
	weights_init(w, &model->net);
	for (int k = 0; k < NET_ARRAYS; k++) {
		const float *from = previous->w[k], *to = model->w[k];
		size_t count = net_count(&model->net, (enum net_array)k);

		for (size_t i = 0; i < count; i++)
			w->a[k][i] = net_is_statistic(k) ? to[i]
			             : from ? from[i] + factor * (to[i] - from[i])
			                    : factor * to[i];
	}
}

int main(int argc, char **argv)
{
	const struct opt table[] = { OPT_END };
	const struct opt_tool tool = { "-- FACTOR [PREVIOUS] MODEL OUT",
		                       "exaggerate or reverse an update, or weights", 3, 4, NULL };
	char **rest = opt_parse(table, &tool, argc, argv);
	float factor = strtof(*rest++, NULL);
	struct model previous = {0}, model = {0};
	struct weights w = {0};
	struct err e;
	int status = 1;

	if (rest[2] && model_load(&previous, *rest++, 0, &e) < 0)
		goto out;
	if (model_load(&model, rest[0], 0, &e) < 0)
		goto out;
	if (previous.w[0] && !net_equal(&previous.net, &model.net)) {
		err_set(&e, "%s: another network than the previous model's", rest[0]);
		goto out;
	}
	exaggerate(&w, &previous, &model, factor);
	if (model_save(rest[1], &model.net, weights_const(&w), "{\"num_examples\": 100}", &e) == 0)
		status = 0;
out:
	if (status)
		tool_fail(&e);
	weights_release(&w);
	model_release(&model);
	model_release(&previous);
	return tool_end(status);
}
