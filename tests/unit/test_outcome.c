/* What a model is worth on a dataset: the sides of the split, counts and texts. */
#include "score/outcome.h"

#include <math.h>

#include "base/json.h"
#include "fused/engine_pick.h"
#include "model/weights.h"
#include "nn/init.h"
#include "scratch.h"
#include "tap.h"

enum { IMAGES = 30, SIDE = 20, CLASSES = 4, SEED = 7 };

static struct dataset d;
static struct net net;
static struct weights w;
static struct evaluation v;

static void set_up(void)
{
	struct err e;

	scratch_dataset(scratch_path("data"), IMAGES, SIDE, CLASSES, false, false);
	if (dataset_open(&d, scratch_path("data"), &e) < 0 ||
	    net_tutorial(&net, SIDE, CLASSES, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	weights_init(&w, &net);
	init_weights(&net, 1, w.a);
	v = (struct evaluation){ .engine = engine_pick(&net, &e), .net = &net,
		                 .w = weights_const(&w), .dataset = &d, .pool = threads_new(1) };
}

static void test_sides(void)
{
	struct outcome all, valid;
	struct err e;
	double loss = 0;

	outcome_init(&all, &v, SPLIT_ALL, SEED, true, &e);
	outcome_init(&valid, &v, SPLIT_VALID, SEED, true, &e);
	is_int((long long)all.count, IMAGES, "all images");
	is_int((long long)all.train.images, 27, "nine tenths of them are for training");
	is_int((long long)all.valid.images, 3, "one for validation");
	is_near((27 * all.train.loss + 3 * all.valid.loss) / IMAGES, all.all.loss, 1e-9,
	        "the losses of both sides make that of all");
	is_near((27 * all.train.accuracy + 3 * all.valid.accuracy) / IMAGES, all.all.accuracy, 1e-9,
	        "and the accuracies that of all");
	is_int((long long)valid.count, 3, "validation alone");
	is_near(valid.all.loss, all.valid.loss, 1e-6, "the same loss alone");
	ok(valid.train.images == 0 && isnan(valid.train.loss), "no image was for training");
	for (size_t i = 0; i < valid.count; i++)
		loss += valid.loss[i] / 3;
	is_near(loss, valid.all.loss, 1e-9, "the mean of each image's");
	is_int(confusion_total(&all.confusion), IMAGES, "each is counted");
	is_near((double)confusion_correct(&all.confusion) / IMAGES, all.all.accuracy, 1e-9,
	        "those on the diagonal are right");
	for (int c = 0; c < CLASSES; c++) {
		int64_t images = 0;

		for (size_t i = 0; i < valid.count; i++)
			images += d.labels[valid.index[i]] == c;
		is_int(confusion_row_sum(&valid.confusion, c), images, "in the row of its class");
	}
	outcome_release(&all);
	outcome_release(&valid);
	outcome_release(&valid);
}

static char *text_of(const struct outcome *o, void (*write)(const struct outcome *o, FILE *f))
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	write(o, f);
	fclose(f);
	return text;
}

static void test_texts(void)
{
	struct outcome o;
	struct err e = {0};
	struct json *json;
	char *text;

	outcome_init(&o, &v, SPLIT_VALID, SEED, true, &e);
	text = text_of(&o, outcome_json);
	json = json_parse(text, strlen(text), &e);
	ok(json && json_get(json, "images") && json_get(json, "images")->number == 3,
	   "JSON: images %s", e.text);
	ok(json && json_get(json, "training_loss")->type == JSON_NULL, "JSON: null for no image");
	ok(json && fabs(json_get(json, "test_loss")->number - o.valid.loss) < 1e-9,
	   "JSON: the loss of validation");
	is_text(json ? json_get(json, "classification_report")->text : NULL, o.report,
	        "JSON: the report");
	json_free(json);
	free(text);
	o.training = OUTCOME_TRAINED_SIDE;
	text = text_of(&o, outcome_print);
	ok(!strncmp(text, "validation      3 images  loss ", 31) && strstr(text, "\nall ") &&
	   !strstr(text, "\ntraining") && strstr(text, o.report), "table: no line without images");
	free(text);
	text = text_of(&o, outcome_predictions);
	ok(!strncmp(text, "id\ttrue\tpredicted\tC0\t", 21) && strstr(text, d.ids[o.index[2]]),
	   "predictions");
	free(text);
	outcome_release(&o);
}

/* What the facts FORMAT, with the dataset's digest in them, make of the table. */
static void recalls(struct outcome *o, const char *format, const char *want, bool sides)
{
	struct err e;
	char *facts = xasprintf(format, d.digest), *text;
	struct json *json = json_parse(facts, strlen(facts), &e);

	outcome_recall(o, json);
	text = text_of(o, outcome_print);
	ok(!strstr(text, "\ntraining ") == !sides && !strncmp(text, "validation ", 11) == sides &&
	           !strncmp(text, "all ", 4) == !sides,
	   "%s: %s", format, sides ? "a line for each side" : "no line for a side");
	ok(strstr(text, sides ? o->valid_report : o->report) != NULL, "the report of %s",
	   sides ? "what it was not trained with" : "all");
	ok(*want ? strstr(text, want) != NULL : !strstr(text, "trained with"), "%s",
	   *want ? want : "no word of the training");
	free(text);
	free(facts);
	json_free(json);
}

static void test_training(void)
{
	struct outcome o;
	struct err e;

	outcome_init(&o, &v, SPLIT_ALL, UINT64_MAX, true, &e);
	recalls(&o, "{}", "", false);
	recalls(&o, "{\"split\": \"all\", \"dataset\": \"0%s\"}", "", false);
	recalls(&o, "{\"split\": \"all\", \"dataset\": \"%s\"}",
	        "\nthe model was trained with all images of this dataset\n", false);
	recalls(&o, "{\"split\": \"train\", \"split_seed\": 18446744073709551615, "
	        "\"batch\": 8, \"num_examples\": 24, \"dataset\": \"%s\"}",
	        "\nthe model was trained with the training images of this dataset\n", true);
	recalls(&o, "{\"split\": \"train\", \"split_seed\": 18446744073709551614, "
	        "\"batch\": 28, \"num_examples\": 27, \"dataset\": \"%s\"}",
	        "those of --split-seed 18446744073709551614\n", false);
	recalls(&o, "{\"split\": \"train\", \"split_seed\": 18446744073709551615, "
	        "\"batch\": 8, \"num_examples\": 16, \"dataset\": \"%s\"}",
	        "\nthe model was trained with images of this dataset, by another split\n", false);
	recalls(&o, "{\"split\": \"train\", \"dataset\": \"%s\"}", "by another split\n", false);
	outcome_recall(&o, NULL);
	is_int(o.training, OUTCOME_UNTRAINED, "no facts");
	outcome_release(&o);
}

int main(void)
{
	scratch_begin();
	set_up();
	test_sides();
	test_texts();
	test_training();
	threads_free(v.pool);
	weights_release(&w);
	dataset_release(&d);
	return tap_end();
}
