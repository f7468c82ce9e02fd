/* aml-init: random initial weights. */
#include <stdlib.h>

#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "data/classes.h"
#include "nn/init.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/model_writer.h"
#include "model/weights.h"

struct args {
	uint64_t seed;
	int size;
	struct classes classes;
	const char *out;
};

/*
 * Codes, or a count: of 15 the classes of AML-Cytomorphology; of another count they stay
 * unnamed, and the first dataset says what they are.
 */
static void read_classes(struct classes *c, const char *text)
{
	struct err e;
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || end == text) {
		if (classes_parse(c, text, &e) < 0)
			opt_wrong("--classes: %s", e.text);
		return;
	}
	if (n < 1 || n > CLASSES_MAX)
		opt_wrong("--classes takes 1 to %d classes, or their codes; got %s", CLASSES_MAX,
		          text);
	classes_default(c);
	if (n == c->count)
		return;
	free(c->entry);
	*c = (struct classes){ .count = (int)n };
}

static struct args parse(int argc, char **argv)
{
	struct args a = { .size = 100, .out = "-" };
	const char *classes = "15";
	const struct opt opts[] = {
		OPT_SEED('s', "seed", &a.seed, "random seed"),
		OPT_INT(0, "size", &a.size, 10, 4096, "PIXELS", "width and height of the images"),
		OPT_TEXT(0, "classes", &classes, "N|CODE,...",
		         "number of classes, or their codes in order"),
		OPT_END
	};
	const struct opt_tool tool = { "[OUT]",
		                       "write random initial weights to OUT (-)", 0, 1,
		                       NULL, NULL, "aml-init -s 1 seed.npz" };
	char **rest = opt_parse(opts, &tool, argc, argv);

	if (rest[0])
		a.out = rest[0];
	read_classes(&a.classes, classes);
	return a;
}

static char *facts(const struct args *a, const struct net *net, const struct weights *w)
{
	char digest[SHA256_HEX];
	struct facts f;

	digest_numbers(net, weights_const(w), digest);
	facts_start(&f, "aml-init");
	json_seed(&f.j, "seed", a->seed);
	json_int(&f.j, "size", a->size);
	if (a->classes.entry)
		facts_classes(&f, &a->classes);
	json_text(&f.j, "weights", digest);
	facts_parents(&f, NULL, 0);
	return facts_end(&f);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct weights w = {0};
	struct net net;
	struct err e;
	char *text = NULL;
	int status = 1;

	if (outfile_probe_binary(a.out, "a file as OUT", &e) < 0 ||
	    net_tutorial(&net, a.size, a.classes.count, &e) < 0)
		goto out;
	weights_init(&w, &net);
	init_weights(&net, a.seed, w.a);
	text = facts(&a, &net, &w);
	if (model_save(a.out, &net, weights_const(&w), text, &e) == 0)
		status = 0;
out:
	if (status)
		tool_fail(&e);
	free(text);
	weights_release(&w);
	classes_release(&a.classes);
	return tool_end(status);
}
