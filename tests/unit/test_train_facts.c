/* What a run says of itself: what tells runs apart, and what the result is known by. */
#include "train/train_facts.h"

#include <math.h>

#include "base/json.h"
#include "base/mem.h"
#include "model/facts.h"
#include "model/weights.h"
#include "tap.h"

enum { SIDE = 20, CLASSES = 2 };

static struct train_options options = { .epochs = 3, .batch = 8, .rate = .5, .seed = 7,
	                                .shuffle = true, .augment = AUGMENT_ROTATE };
static struct dataset d = { .digest = "d1" };
static struct train_facts facts = { &options, false, 11, &d, "p1" };

static void test_run(void)
{
	char *text = train_facts_run(&facts), *other;

	is_text(text, "{\"tool\": \"aml-train\", \"version\": \"" AML_VERSION "\", \"seed\": 7, "
	        "\"batch\": 8, \"rate\": 0.5, \"split\": \"train\", \"split_seed\": 11, "
	        "\"dropout\": \"off\", \"shuffle\": \"on\", \"augment\": \"rotate\", "
	        "\"class_weight\": \"none\", \"proximal\": 0, \"bn\": \"running\", "
	        "\"keep\": \"last\", \"dataset\": \"d1\", \"parent\": \"p1\"}", "a run");
	options.epochs = 4;
	other = train_facts_run(&facts);
	is_text(other, text, "the number of epochs tells no runs apart");
	free(other);
	facts.all = options.dropout = options.balanced = options.bn_exact = options.keep_best = true;
	options.shuffle = false;
	other = train_facts_run(&facts);
	ok(strstr(other, "\"split\": \"all\"") && strstr(other, "\"dropout\": \"on\"") &&
	   strstr(other, "\"shuffle\": \"off\"") && strstr(other, "\"class_weight\": \"balanced\"") &&
	   strstr(other, "\"bn\": \"exact\"") && strstr(other, "\"keep\": \"best\""), "the other choices");
	free(other);
	free(text);
}

static void test_result(void)
{
	static const struct engine engine = { .name = "some" };
	struct train_result r = { .train = { 16, .25, .75 }, .valid = { 0, NAN, NAN },
		                  .num_examples = 16 };
	struct json *got;
	struct net net;
	struct err e = {0};
	char *text;

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
	is_text(json_get(got, "classes") ? json_get(got, "classes")->items[1].text : NULL, "B", "classes");
	ok(facts_text(got, "weights") && strlen(facts_text(got, "weights")) == SHA256_HEX - 1, "digest");
	is_text(json_get(got, "parents") ? json_get(got, "parents")->items[0].text : NULL, "p1", "parent");
	json_free(got);
	free(text);
	weights_release(&r.w);
	classes_release(&d.classes);
}

int main(void)
{
	test_run();
	test_result();
	return tap_end();
}
