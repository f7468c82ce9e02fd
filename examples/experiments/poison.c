/*
 * poison: FACTOR PREVIOUS MODEL OUT writes PREVIOUS + FACTOR (MODEL - PREVIOUS), as a hostile
 * client might; without PREVIOUS it writes FACTOR MODEL. With "noise" for FACTOR it writes PREVIOUS
 * and noise.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/rng.h"
#include "base/tool.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/weights.h"

static const float NOISE = .05f;        /* standard deviation, as large as weights at the start */

/* The statistics stay as they are: a negative variance would be refused. */
static void exaggerate(struct weights *w, const struct model *previous, const struct model *model,
                       const char *factor)
{
	bool noise = !strcmp(factor, "noise");
	float times = strtof(factor, NULL);
	struct rng r;

	rng_init(&r, 1, RNG_INIT, 0);
	weights_init(w, &model->net);
	for (int k = 0; k < NET_ARRAYS; k++) {
		const float *from = previous->w[k], *to = model->w[k];
		size_t count = net_count(&model->net, (enum net_array)k);

		for (size_t i = 0; i < count; i++)
			w->a[k][i] = net_is_statistic(k) ? to[i]
			             : !from             ? times * to[i]
			             : noise ? from[i] + NOISE * (float)rng_normal(&r)
			                     : from[i] + times * (to[i] - from[i]);
	}
}

static char *facts_of(const struct model *model)
{
	struct facts f;

	facts_start(&f, "poison");
	json_int(&f.j, "num_examples", facts_int(model->facts, "num_examples"));
	json_int(&f.j, "size", model->net.size);
	return facts_end(&f);
}

int main(int argc, char **argv)
{
	const struct opt table[] = { OPT_END };
	const struct opt_tool tool = {
		.operands = "-- FACTOR|noise [PREVIOUS] MODEL OUT", .min = 3, .max = 4,
		.summary = "what a hostile client might send",
	};
	char **rest = opt_parse(table, &tool, argc, argv), *facts = NULL;
	const char *factor = *rest++;
	struct model previous = {0}, model = {0};
	struct weights w = {0};
	struct err e;
	int status = 1;

	if (!rest[2] && !strcmp(factor, "noise"))
		opt_wrong("noise is added to PREVIOUS, which is missing");
	if (rest[2] && model_load(&previous, *rest++, 0, &e) < 0)
		goto out;
	if (model_load(&model, rest[0], 0, &e) < 0)
		goto out;
	if (previous.w[0] && !net_equal(&previous.net, &model.net)) {
		err_set(&e, "%s: another network than the previous model's", rest[0]);
		goto out;
	}
	exaggerate(&w, &previous, &model, factor);
	facts = facts_of(&model);
	if (model_save(rest[1], &model.net, weights_const(&w), facts, &e) == 0)
		status = 0;
out:
	if (status)
		tool_fail(&e);
	free(facts);
	weights_release(&w);
	model_release(&model);
	model_release(&previous);
	return tool_end(status);
}
