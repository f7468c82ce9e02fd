/* Checkpoints of a fixed run of the smallest network; make_state_corpus.py knows the same. */
#include <stdint.h>

#include "memfile.h"
#include "fuzz/mutate_zip.h"
#include "train/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct checkpoint *make_checkpoint(void)
{
	static const int filters[] = { 1, 1, 1, 1 };
	static struct net net;
	static struct checkpoint c = {
		.net = &net, .run = "{\"seed\": 4, \"rate\": 0.001}", .engine = "blas",
	};
	struct err e;

	if (c.w.a[0])
		return &c;
	if (net_init(&net, 10, 1, filters, 1, 2, &e) < 0)
		abort();
	weights_init(&c.w, &net);
	weights_init(&c.m, &net);
	weights_init(&c.v, &net);
	weights_init(&c.best, &net);
	return &c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct checkpoint *c = make_checkpoint();
	bool other_engine;
	struct err e;

	checkpoint_load(c, memfile(data, size), &other_engine, &e);
	return 0;
}
