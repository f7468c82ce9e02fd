/* What a run says of itself: what tells runs apart, and what the result is known by. */
#include "train/train_facts.h"

#include <math.h>

#include "base/json.h"
#include "base/mem.h"
#include "model/facts.h"
#include "model/weights.h"
#include "tap.h"
#include "model/digest.h"

enum { SIDE = 20, CLASSES = 2 };

static struct train_options options = { .epochs = 3, .batch = 8, .rate = .5, .seed = 7,
	                                .shuffle = true, .augment = AUGMENT_ROTATE };
static struct dataset d = { .digest = "d1", .height = SIDE };
static struct train_facts facts = { &options, false, 11, &d, "p1" };

/* The split of the dataset itself, of three images. */
static char *run_of_split(uint8_t a, uint8_t b, uint8_t c)
{
	uint8_t part[] = { a, b, c };
	char *text;

	d.has_split = true;
	d.part = part;
	d.count = 3;
	text = train_facts_run(&facts);
	d.has_split = false;
	d.part = NULL;
	d.count = 0;
	return text;
}

static void test_splits(void)
{
	char *none = train_facts_run(&facts);
	char *one = run_of_split(DATASET_TRAIN, DATASET_TRAIN, DATASET_VALID);
	char *same = run_of_split(DATASET_TRAIN, DATASET_TRAIN, DATASET_VALID);
	char *other = run_of_split(DATASET_TRAIN, DATASET_VALID, DATASET_TRAIN);

	is_text(same, one, "equal splits");
	ok(strcmp(one, other) != 0 && strcmp(one, none) != 0,
	   "another one, and none, are told apart");
	free(none);
	free(one);
	free(same);
	free(other);
}

static void test_run(void)
{
	char *text = train_facts_run(&facts), *other;

	is_text(text, "{\"tool\": \"aml-train\", \"version\": \"" AML_VERSION "\", \"seed\": 7, "
	        "\"batch\": 8, \"rate\": 0.5, \"split\": \"train\", \"split_seed\": 11, "
	        "\"dropout\": \"off\", \"shuffle\": \"on\", \"augment\": \"rotate\", "
	        "\"class_weight\": \"none\", \"proximal\": 0, \"bn\": \"running\", "
	        "\"keep\": \"last\", \"size\": 20, \"dataset\": \"d1\", "
	        "\"split_ids\": \"none\", \"parent\": \"p1\"}", "a run");
	options.epochs = 4;
	other = train_facts_run(&facts);
	is_text(other, text, "the number of epochs tells no runs apart");
	free(other);
	facts.all = options.dropout = options.balanced = true;
	options.bn_exact = options.keep_best = true;
	options.shuffle = false;
	other = train_facts_run(&facts);
	ok(strstr(other, "\"split\": \"all\"") && strstr(other, "\"dropout\": \"on\"") &&
	   strstr(other, "\"shuffle\": \"off\"") && strstr(other, "\"keep\": \"best\"") &&
	   strstr(other, "\"class_weight\": \"balanced\"") && strstr(other, "\"bn\": \"exact\""),
	   "the other choices");
	free(other);
	free(text);
}

static void has_item(const struct json *facts_made, const char *key, size_t i, const char *want)
{
	const struct json *list = json_get(facts_made, key);

	is_text(list && i < list->count ? list->items[i].text : NULL, want, key);
}

static void test_result(void)
{
	static const struct engine engine = { .name = "some" };
	struct train_result r = { .train = { 16, .25, .75 }, .valid = { 0, NAN, NAN },
		                  .num_examples = 16 };
	struct json *got;
	struct net net;
	struct err e = {0};
	char *text, digest[SHA256_HEX];

	net_tutorial(&net, SIDE, CLASSES, &e);
	weights_init(&r.w, &net);
	weights_zero(&r.w, &net);
	classes_parse(&d.classes, "A,B", &e);
	text = train_facts_result(&facts, &net, &engine, &r);
	got = json_parse(text, strlen(text), &e);
	is_text(facts_text(got, "kernels"), "some", "the engine");
	is_int(facts_int(got, "num_examples"), 16, "images of an epoch");
	ok(json_get(got, "loss") && json_get(got, "loss")->number == .25, "the loss of training");
	ok(got && !json_get(got, "valid_loss"), "no validation, no number of it");
	has_item(got, "classes", 1, "B");
	has_item(got, "parents", 0, "p1");
	digest_numbers(&net, weights_const(&r.w), digest);
	is_text(facts_text(got, "weights"), digest, "the digest of the weights");
	json_free(got);
	free(text);
	weights_release(&r.w);
	classes_release(&d.classes);
}

int main(void)
{
	test_run();
	test_splits();
	test_result();
	return tap_end();
}
