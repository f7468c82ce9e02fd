/* A temperature in the last layer: what changes, what does not, and the facts. */
#include "must.h"
#include "scratch.h"
#include "tap.h"

#include <float.h>

#include "base/rng.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/temper.h"
#include "model/weights.h"

#define TEMPERATURE 1.75
enum { IMAGES = 40 };

static struct net net;
static struct weights weights;
static struct model model;
static struct classes classes;

static void make_model(void)
{
	static const int filters[] = { 3, 2, 3, 2 };
	static const char facts[] = "{\"tool\": \"aml-train\", \"num_examples\": 12, \"batch\": 4, "
	                            "\"loss\": 1.5, \"dataset\": \"d\"}";
	struct rng r;
	struct err e;

	must(net_init(&net, 16, 4, filters, 5, 3, &e), &e);
	must(classes_parse(&classes, "A,B,C", &e), &e);
	weights_init(&weights, &net);
	rng_init(&r, 3, RNG_INIT, 0);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++)
			weights.a[k][i] = (float)fabs(rng_normal(&r));
	model.net = net;
	memcpy(model.w, weights.a, sizeof model.w);
	model.facts = json_parse(facts, sizeof facts - 1, &e);
}

static void check_numbers(const struct model *got)
{
	size_t wrong = 0, changed = 0;

	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			float was = model.w[k][i], is = got->w[k][i];

			if (k == DENSE2_W || k == DENSE2_B)
				wrong += is != (float)((double)was / TEMPERATURE);
			else
				changed += is != was;
		}
	is_int((long long)wrong, 0, "the last layer is divided");
	is_int((long long)changed, 0, "and nothing else");
}

static void check_facts(const struct model *got)
{
	char digest[SHA256_HEX];
	struct classes told = {0};

	is_text(facts_text(got->facts, "tool"), "aml-calibrate", "the facts tell the tool");
	is_near(json_get(got->facts, "temperature")->number, TEMPERATURE, 0, "the temperature");
	is_int(facts_int(got->facts, "temperature_images"), IMAGES, "the images");
	is_int(facts_int(got->facts, "size"), 16, "the size");
	ok(facts_class_list(got->facts, 3, &told) && classes_equal(&told, &classes), "the classes");
	classes_release(&told);
	digest_numbers(&net, model.w, digest);
	is_text(json_get(got->facts, "parents")->items[0].text, digest, "the parent");
	digest_numbers(&net, got->w, digest);
	is_text(facts_text(got->facts, "weights"), digest, "the digest");
	is_text(facts_text(got->facts, "dataset"), "d", "what it was trained on");
	is_int(facts_int(got->facts, "num_examples"), 12, "and how much");
	is_int(facts_int(got->facts, "batch"), 4, "in which batches");
	ok(!json_get(got->facts, "loss"), "and not the loss, which is another now");
}

static void test_saved(void)
{
	const char *path = scratch_path("out.npz");
	struct model got;
	struct err e = {0};

	must(temper_save(path, &model, TEMPERATURE, IMAGES, &classes, &e), &e);
	must(model_load(&got, path, 0, &e), &e);
	check_numbers(&got);
	check_facts(&got);
	model_release(&got);
}

static void test_overflow(void)
{
	const char *path = scratch_path("large.npz");
	float was = weights.a[DENSE2_B][2];
	struct err e = {0};

	weights.a[DENSE2_B][2] = FLT_MAX / 2;
	is_int(temper_save(path, &model, .25, IMAGES, &classes, &e), -1, "a weight overflows");
	ok(strstr(e.text, "large.npz: array 15: entry 2 is inf") != NULL, "says so: %s", e.text);
	weights.a[DENSE2_B][2] = was;
}

int main(void)
{
	scratch_begin();
	make_model();
	test_saved();
	test_overflow();
	json_free(model.facts);
	weights_release(&weights);
	classes_release(&classes);
	return tap_end();
}
