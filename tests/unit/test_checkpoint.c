/*
 * Checkpoints: all of it comes back, other runs and damaged files are refused, and a
 * reader of weights can look at them.
 */
#include "train/checkpoint.h"

#include <math.h>

#include "format/npz.h"
#include "nn/init.h"
#include "corpus.h"
#include "scratch.h"
#include "tap.h"

static struct err e;
static struct net net;

static const struct position somewhere = {
	.epoch = 3,
	.batch = 17,
	.steps = 5000000000,
	.loss = 1234.5678901234567,
	.correct = 123,
	.seen = 456,
	.best_loss = .1,
	.log_bytes = 789,
	.log_epoch = 3,
	.last_loss = 1. / 3,
	.last_accuracy = 2. / 3,
	.last_valid_loss = 5e-324,
	.last_valid_accuracy = 1,
};

static void fill(struct checkpoint *c, uint64_t seed, bool best)
{
	*c = (struct checkpoint){ .net = &net,
		                  .at = somewhere,
		                  .run = "{\"seed\": 4, \"rate\": 0.001}",
		                  .engine = "blas" };
	weights_init(&c->w, &net);
	weights_init(&c->m, &net);
	weights_init(&c->v, &net);
	init_weights(&net, seed, c->w.a);
	init_weights(&net, seed + 1, c->m.a);
	init_weights(&net, seed + 2, c->v.a);
	if (!best)
		return;
	weights_init(&c->best, &net);
	init_weights(&net, seed + 3, c->best.a);
}

static void release(struct checkpoint *c)
{
	weights_release(&c->w);
	weights_release(&c->m);
	weights_release(&c->v);
	weights_release(&c->best);
}

static bool same(const struct weights *a, const struct weights *b, bool statistics)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if ((statistics || !net_is_statistic(k)) &&
		    memcmp(a->a[k], b->a[k], net_count(&net, (enum net_array)k) * sizeof(float)))
			return false;
	return true;
}

static void comes_back(void)
{
	const char *path = scratch_path("whole");
	struct checkpoint a, b;
	bool other = true;

	fill(&a, 1, true);
	fill(&b, 100, true);
	b.at = (struct position){0};
	is_int(checkpoint_load(&b, path, &other, &e), 0, "no such file");
	if (symlink("loop.ckpt", scratch_path("loop.ckpt")) == 0)
		is_int(checkpoint_load(&b, scratch_path("loop.ckpt"), &other, &e), -1,
		       "one that cannot be looked at is not absent");
	is_int(checkpoint_save(&a, path, &e), 0, "saved");
	is_int(checkpoint_load(&b, path, &other, &e), 1, "loaded");
	ok(!memcmp(&a.at, &b.at, sizeof a.at), "the position comes back to the last bit");
	ok(same(&a.w, &b.w, true) && same(&a.m, &b.m, false) && same(&a.v, &b.v, false) &&
	           same(&a.best, &b.best, true),
	   "weights, moments and best weights come back");
	ok(!other, "the same kernels");
	b.engine = "avx2";
	is_int(checkpoint_load(&b, path, &other, &e), 1, "saved by other kernels");
	ok(other, "... which is told");
	release(&a);
	release(&b);
}

/* What is not a number, or not there, in a run that has only begun. */
static void at_the_start(void)
{
	const char *path = scratch_path("start");
	struct checkpoint a, b;
	bool other;

	fill(&a, 1, true);
	fill(&b, 100, true);
	a.at = (struct position){ .best_loss = INFINITY,
		                  .log_bytes = -1,
		                  .last_loss = NAN,
		                  .last_accuracy = NAN,
		                  .last_valid_loss = NAN,
		                  .last_valid_accuracy = NAN };
	is_int(checkpoint_save(&a, path, &e), 0, "saved at the start");
	is_int(checkpoint_load(&b, path, &other, &e), 1, "loaded");
	ok(isinf(b.at.best_loss) && b.at.log_bytes == -1 && isnan(b.at.last_loss) &&
	           isnan(b.at.last_valid_accuracy),
	   "no best loss, no log, no scores yet");
	release(&a);
	release(&b);
}

static void refused(struct checkpoint *c, const char *path, const char *why)
{
	bool other;

	is_int(checkpoint_load(c, path, &other, &e), -1, why);
	ok(strstr(e.text, path) && strstr(e.text, why),
	   "the message names file and reason: %s", e.text);
}

static void other_runs(void)
{
	const char *path = scratch_path("run");
	struct checkpoint c;

	fill(&c, 1, false);
	checkpoint_save(&c, path, &e);
	c.run = "{\"seed\": 5, \"rate\": 0.001}";
	refused(&c, path, "seed was 4, is now 5");
	c.run = "{\"seed\": 4, \"rate\": 0.0010000001}";
	refused(&c, path, "rate was 0.001, is now 0.0010000001");
	c.run = "{\"seed\": 4, \"rate\": 0.001, \"keep\": \"best\"}";
	refused(&c, path, "keep was absent, is now \"best\"");
	release(&c);
}

/* Saved for another network, for another purpose, or not at all. */
static void damaged(void)
{
	static const int filters[4] = { 2, 2, 2, 2 };
	const char *path = scratch_path("damaged");
	struct checkpoint c;
	struct net small = net;
	size_t size = 0;
	char *bytes;

	fill(&c, 1, false);
	checkpoint_save(&c, path, &e);
	weights_init(&c.best, &net);
	refused(&c, path, "array best0: ");
	weights_release(&c.best);
	if (net_init(&small, 10, 3, filters, 3, 3, &e) == 0) {
		c.net = &small;
		refused(&c, path, "array 2: has 54 numbers, expected 36");
		c.net = &net;
	}
	bytes = scratch_read(path, &size);
	scratch_write(path, bytes, size / 2);
	refused(&c, path, "");
	bytes[size / 2] ^= 1;
	scratch_write(path, bytes, size);
	refused(&c, path, "");
	scratch_write(path, "", 0);
	refused(&c, path, "");
	refused(&c, scratch_folder, "");
	free(bytes);
	release(&c);
}

/* One array, and COMMENT. */
static void write_comment(const char *path, const char *comment)
{
	static const size_t shape = 1;
	static const float zero;
	FILE *f = fopen(path, "wb");
	struct npz_writer *z = npz_writer_new(f, false);

	npz_writer_add(z, "0", "<f4", 1, &shape, &zero, sizeof zero, &e);
	npz_writer_end(z, comment, &e);
	fclose(f);
}

static void positions(void)
{
	static const char *const bad[] = {
		"{\"run\": {}}",
		"{\"run\": {}, \"epoch\": -1, \"batch\": 0, \"steps\": 0, \"correct\": "
		"0, \"seen\": 0, \"loss_sum\": 0}",
		"{\"run\": {}, \"epoch\": 4294967296, \"batch\": 0, \"steps\": 0, "
		"\"correct\": 0, \"seen\": 0, \"loss_sum\": 0}",
		"{\"run\": {}, \"epoch\": 1.5, \"batch\": 0, \"steps\": 0, \"correct\": "
		"0, \"seen\": 0, \"loss_sum\": 0}",
		"{\"run\": {}, \"epoch\": 1, \"batch\": 0, \"steps\": 0, \"correct\": 0, "
		"\"seen\": 0, \"loss_sum\": null}",
	};
	const char *path = scratch_path("position");
	struct checkpoint c;

	fill(&c, 1, false);
	c.run = "{}";
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		write_comment(path, bad[i]);
		refused(&c, path, "the position is missing or damaged");
	}
	write_comment(path, NULL);
	refused(&c, path, "not a checkpoint of aml-train");
	write_comment(path, "{\"tool\": \"aml-train\"}");
	refused(&c, path, "not a checkpoint of aml-train");
	write_comment(path, "{\"run\": ");
	refused(&c, path, "not a checkpoint of aml-train");
	release(&c);
}

/* The run of tests/fuzz/fuzz_checkpoint.c. */
static int read_file(const char *path, struct err *why)
{
	static struct checkpoint c;
	bool other;

	if (!c.w.a[0])
		fill(&c, 1, true);
	return checkpoint_load(&c, path, &other, why);
}

int main(void)
{
	static const int filters[4] = { 2, 3, 4, 5 }, ones[4] = { 1, 1, 1, 1 };

	scratch_begin();
	if (net_init(&net, 12, 3, filters, 6, 3, &e) < 0)
		return 1;
	comes_back();
	at_the_start();
	other_runs();
	damaged();
	positions();
	if (net_init(&net, 10, 1, ones, 1, 2, &e) == 0)
		corpus_check("checkpoint", read_file);
	return tap_end();
}
