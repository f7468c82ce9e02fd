/* Quantised differences: what comes back, its bound and its facts; wrong parents. */
#include "model/delta.h"

#include <dirent.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model_stream.h"
#include "model/weights.h"
#include "same_block.h"
#include "tap.h"

static struct net net;
static struct weights parent_w, model_w;
static struct model parent, model;
static char *path;

static void make_models(void)
{
	static const int filters[] = { 3, 2, 3, 2 };
	static const char facts[] =
		"{\"tool\": \"aml-train\", \"num_examples\": 12, \"parents\": [\"x\"]}";
	struct rng r;
	struct err e;

	net_init(&net, 16, 4, filters, 5, 3, &e);
	weights_init(&parent_w, &net);
	weights_init(&model_w, &net);
	rng_init(&r, 3, RNG_INIT, 0);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			parent_w.a[k][i] = (float)fabs(rng_normal(&r));
			model_w.a[k][i] = parent_w.a[k][i] + 1e-3f * (float)rng_normal(&r);
		}
	parent.net = model.net = net;
	memcpy(parent.w, parent_w.a, sizeof parent.w);
	memcpy(model.w, model_w.a, sizeof model.w);
	model.facts = json_parse(facts, sizeof facts - 1, &e);
}

/* Half the scale of number I's row of array K, computed from the models, and half a last place. */
static double bound(int k, size_t i, int limit)
{
	size_t shape[4], width = shape[net_shape(&net, (enum net_array)k, shape) - 1];
	double most = 0;

	for (size_t j = i / width * width; j < i / width * width + width; j++)
		most = fmax(most, fabs((double)model.w[k][j] - parent.w[k][j]));
	return most / limit / 2 * (1 + 1e-6) + 0x1p-24 * fabs(model.w[k][i]);
}

static void test_back(int bits)
{
	struct model back;
	struct err e = {0};
	char digest[SHA256_HEX], of[SHA256_HEX];
	int wrong = 0;

	if (!ok(delta_save(path, &model, &parent, bits, &e) == 0 &&
	        delta_load(&back, path, &parent, &e) == 0, "%d bits, there and back", bits)) {
		printf("# %s\n", e.text);
		return;
	}
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			double error = fabs((double)back.w[k][i] - model.w[k][i]);
			double most = net_is_statistic(k) ? 0 : bound(k, i, (1 << (bits - 1)) - 1);

			wrong += !(error <= most);
		}
	is_int(wrong, 0, "within half a scale of each row, the statistics exact");
	digest_numbers(&net, back.w, digest);
	is_text(facts_text(back.facts, "weights"), digest, "the facts tell its digest");
	digest_numbers(&net, model.w, of);
	is_text(facts_text(json_get(back.facts, "delta"), "of"), of, "and of what went in");
	is_int(facts_int(back.facts, "num_examples"), 12, "and what the model told");
	is_text(json_get(back.facts, "parents")->items[0].text, "x", "and its parents");
	is_text(facts_text(back.facts, "tool"), "aml-delta", "and the tool");
	model_release(&back);
}

static bool blocks_agree(struct model_stream *s, const struct model *whole, struct err *e)
{
	enum { BLOCK = 3 };                     /* no multiple of a row */

	for (int k = 0; k < NET_ARRAYS; k++)
		if (model_stream_each(s, k, BLOCK, same_block, (void *)whole->w[k], e) < 0)
			return false;
	return true;
}

static void test_blocks(void)
{
	struct model whole;
	struct model_stream s;
	struct err e = {0};
	char from[SHA256_HEX];

	digest_numbers(&net, parent.w, from);
	if (!ok(delta_save(path, &model, &parent, 8, &e) == 0 &&
	        delta_load(&whole, path, &parent, &e) == 0 &&
	        model_stream_open(&s, path, &net, &parent, from, &e) == 0, "opened in blocks"))
		return;
	ok(s.file.delta && blocks_agree(&s, &whole, &e), "the same numbers");
	is_text(s.digest, facts_text(whole.facts, "weights"), "the digest of the facts");
	model_stream_close(&s);
	model_release(&whole);
}

static void test_parents(void)
{
	struct model back;
	struct err e = {0};

	delta_save(path, &model, &parent, 8, &e);
	ok(delta_load(&back, path, NULL, &e) < 0, "no parent given");
	ok(strstr(e.text, "differences from a parent, which is not given") != NULL, "%s", e.text);
	ok(delta_load(&back, path, &model, &e) < 0, "another parent given");
	ok(strstr(e.text, "holds differences from the parent") != NULL, "%s", e.text);
	ok(model_load(&back, path, 0, &e) < 0, "it is no weights file");
	ok(strstr(e.text, "holds differences from a parent, expected weights") != NULL, "%s",
	   e.text);
	ok(delta_load(&back, "tests/data/forms/f8.npz", &parent, &e) == 0, "weights");
	ok(!back.facts && back.net.dense == 5, "are taken as they are");
	model_release(&back);
	ok(delta_load(&back, "tests/data/forms/f8.npz", NULL, &e) == 0, "and without");
	model_release(&back);
}

/* A model without facts, of which the parent becomes the parent. */
static void test_plain(void)
{
	struct json *facts = model.facts;
	struct model back;
	struct err e = {0};
	char from[SHA256_HEX];

	model.facts = NULL;
	digest_numbers(&net, parent.w, from);
	ok(delta_save(path, &model, &parent, 4, &e) == 0 &&
	   delta_load(&back, path, &parent, &e) == 0, "a model without facts");
	is_text(json_get(back.facts, "parents")->items[0].text, from, "descends from the parent");
	model_release(&back);
	model.facts = facts;
}

/* The parent of the fuzzing corpus: number i of an array is (i mod 7) / 8. */
static void make_corpus_parent(struct weights *w, struct model *p)
{
	weights_init(w, &net);
	p->net = net;
	for (int k = 0; k < NET_ARRAYS; k++) {
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++)
			w->a[k][i] = (float)(i % 7) / 8;
		p->w[k] = w->a[k];
	}
}

/*
 * Files made by Python from the description alone: what is good is accepted, what is bad
 * refused.
 */
static void test_corpus(void)
{
	static const char folder[] = "tests/fuzz/corpus/delta";
	struct weights w;
	struct model p = {0};
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	make_corpus_parent(&w, &p);
	while (dir && (entry = readdir(dir))) {
		bool bad = !strncmp(entry->d_name, "bad", 3);
		struct model back;
		struct err e = {0};
		char name[512];
		int result;

		if (entry->d_name[0] == '.' || !strncmp(entry->d_name, "found", 5))
			continue;
		snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
		result = delta_load(&back, name, &p, &e);
		ok(result == (bad ? -1 : 0), "%s %s", entry->d_name, e.text);
		if (result == 0 && !bad && !strncmp(entry->d_name, "good", 4))
			is_near(back.w[8][4], .5 + 2 * .25, 0, "parent and two steps");
		if (result == 0)
			model_release(&back);
	}
	ok(dir != NULL, "the corpus is there");
	closedir(dir);
	weights_release(&w);
}

int main(void)
{
	path = xasprintf("/tmp/aml-test-delta.%ld", (long)getpid());
	make_models();
	for (int bits = 2; bits <= 8; bits += 3)
		test_back(bits);
	test_blocks();
	test_parents();
	test_plain();
	test_corpus();
	unlink(path);
	free(path);
	json_free(model.facts);
	weights_release(&parent_w);
	weights_release(&model_w);
	return tap_end();
}
