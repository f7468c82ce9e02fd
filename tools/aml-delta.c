/* aml-delta: a model as its quantised difference from a parent, and back. */
#include <stdlib.h>

#include "base/confine_outputs.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "model/delta.h"
#include "model/model.h"
#include "model/model_writer.h"
#include "model/quant.h"

struct args {
	const char *parent, *in, *out;
	int bits;
	bool extract;
};

static struct args parse(int argc, char **argv)
{
	struct args a = { .bits = QUANT_MAX_BITS, .out = "-" };
	const struct opt opts[] = {
		OPT_REQUIRED(TEXT, 'p', "parent", &a.parent, "PARENT", "model on both sides"),
		OPT_INT('b', "bits", &a.bits, QUANT_MIN_BITS, QUANT_MAX_BITS, "N",
		        "bits for each difference"),
		OPT_FLAG('x', "extract", &a.extract, "restore a model from SMALL"), OPT_END
	};
	const struct opt_tool tool = {
		.operands = "MODEL [SMALL]",
		.other = "-x -p PARENT SMALL [MODEL]",
		.example = "aml-delta -p global.npz clinic0.npz small.npz",
		.summary = "store MODEL as its difference from PARENT, at a quarter of the size",
		.min = 1, .max = 2,
	};
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.in = rest[0];
	if (rest[1])
		a.out = rest[1];
	return a;
}

static int shrink(const struct args *a, const struct model *parent, struct err *e)
{
	struct model m;
	int result;

	if (model_load(&m, a->in, 0, e) < 0)
		return -1;
	if (net_equal(&m.net, &parent->net))
		result = delta_save(a->out, &m, parent, a->bits, e);
	else
		result = err_set(e, "%s: another network than %s", a->in, a->parent);
	model_release(&m);
	return result;
}

static int extract(const struct args *a, const struct model *parent, struct err *e)
{
	struct model m;
	char *facts;
	int result;

	if (delta_load(&m, a->in, parent, e) < 0)
		return -1;
	facts = m.facts ? json_line(m.facts) : NULL;      /* as they were */
	result = model_save(a->out, &m.net, m.w, facts, e);
	free(facts);
	model_release(&m);
	return result;
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_INPUT, "PARENT", a->parent);
	distinct_add(&d, DISTINCT_INPUT, a->extract ? "SMALL" : "MODEL", a->in);
	distinct_add(&d, DISTINCT_OUTPUT, a->extract ? "MODEL" : "SMALL", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct model parent;
	struct err e;
	int result;

	if (check_names(&a, &e) < 0 || outfile_probe_binary(a.out, "a file", &e) < 0 ||
	    model_load(&parent, a.parent, 0, &e) < 0)
		return tool_end(tool_fail(&e));
	result = a.extract ? extract(&a, &parent, &e) : shrink(&a, &parent, &e);
	model_release(&parent);
	return tool_end(result < 0 ? tool_fail(&e) : 0);
}
