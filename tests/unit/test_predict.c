/* Predictions of files against the engine itself: the order, files that cannot be read, ties. */
#include "train/predict.h"

#include <unistd.h>

#include "data/dataset.h"
#include "fused/engine_pick.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/weights.h"
#include "nn/init.h"
#include "nn/predictor.h"
#include "nn/softmax.h"
#include "must.h"
#include "scratch.h"
#include "tap.h"

enum { IMAGES = PREDICT_MAX + 6, SIDE = 20, CLASSES = 4 };

static struct net net;
static struct weights w;
static char *name[IMAGES];

/* What came, in the order in which it came. */
struct got {
	int count, calls, failed, most;
	char *name[IMAGES + 1];
	float probability[IMAGES + 1][CLASSES];
	int best[IMAGES + 1], last[IMAGES + 1];
	char error[256];
};

static void take(void *arg, const struct predict_answer *answer, int n)
{
	struct got *g = arg;

	g->calls++;
	g->most = n > g->most ? n : g->most;
	for (int i = 0; i < n && g->count <= IMAGES; i++, g->count++) {
		g->name[g->count] = (char *)answer[i].name;
		g->failed += answer[i].failed;
		if (answer[i].failed) {
			snprintf(g->error, sizeof g->error, "%.200s", answer[i].error.text);
			continue;
		}
		memcpy(g->probability[g->count], answer[i].probability, sizeof *g->probability);
		g->best[g->count] = answer[i].order[0];
		g->last[g->count] = answer[i].order[CLASSES - 1];
	}
}

static void save_model(const char *path)
{
	struct classes c;
	struct facts f;
	struct err e;
	char *text;

	classes_parse(&c, "LYT,BAS,MON,EOS", &e);
	facts_start(&f, "test");
	facts_classes(&f, &c);
	text = facts_end(&f);
	must(model_save(path, &net, weights_const(&w), text, &e), &e);
	free(text);
	classes_release(&c);
}

static void set_up(void)
{
	struct err e;

	scratch_dataset(scratch_path("data"), IMAGES, SIDE, CLASSES, false, false);
	for (int i = 0; i < IMAGES; i++)
		name[i] = xasprintf("%s/data_singlets/image_%05d.npy", scratch_path("data"), i);
	must(net_tutorial(&net, SIDE, CLASSES, &e), &e);
	weights_init(&w, &net);
	init_weights(&net, 1, w.a);
	save_model(scratch_path("model.npz"));
	weights_zero(&w, &net);
	for (size_t i = 0; i < net_count(&net, BN_VAR); i++)
		w.a[BN_VAR][i] = 1;
	save_model(scratch_path("zero.npz"));
	init_weights(&net, 1, w.a);
}

static struct predict *loaded(const char *model, int max)
{
	struct err e = {0};
	struct predict *p = predict_new(scratch_path(model), max, 2, MODEL_UNCHECKED, &e);

	if (!p)
		must(-1, &e);
	return p;
}

/* The engine over image I, alone. */
static void reference(float *probability, const struct dataset *d, size_t i)
{
	static _Alignas(64) float pixels[SIDE * SIDE * 4];
	const float *image = pixels;
	struct threads *pool = threads_new(1);
	struct err e;
	const struct engine *engine = engine_pick(&net, &e);
	struct predictor *run = predictor_new(engine, &net, weights_const(&w), 1, pool);

	must(dataset_image(d, i, pixels, &e), &e);
	predictor_run(run, &image, 1, probability, NULL);
	softmax(probability, probability, CLASSES);
	predictor_free(run);
	threads_free(pool);
}

static void test_all(void)
{
	struct predict *p = loaded("model.npz", PREDICT_MAX);
	float want[IMAGES][CLASSES];
	struct got g = {0};
	struct dataset d;
	struct err e;
	int in_order = 0, ranked = 0;

	must(dataset_open(&d, scratch_path("data"), &e), &e);
	predict_files(p, name, IMAGES, take, &g, &e);
	is_int(g.count, IMAGES, "an answer each");
	is_int(g.calls, 2, "in two parts");
	for (int i = 0; i < g.count; i++) {
		reference(want[i], &d, (size_t)i);
		in_order += g.name[i] == name[i];
		ranked += g.best[i] == softmax_argmax(want[i], CLASSES);
	}
	is_int(in_order, IMAGES, "in the order of the names");
	is_int(ranked, IMAGES, "the likeliest class first");
	are_near(g.probability[0], want[0], IMAGES * CLASSES, 1e-5, "the engine's probabilities");
	is_text(predict_classes(p)->entry[1].code, "BAS", "classes of the model's facts");
	dataset_release(&d);
	predict_free(p);
}

/* One that cannot be read moves no other's answer. */
static void test_failed(void)
{
	struct predict *p = loaded("model.npz", 3);
	char *with_bad[] = { name[0], (char *)"missing.tiff", name[1], name[2] };
	struct got all = {0}, some = {0};
	struct err e;

	predict_files(p, name, 3, take, &all, &e);
	predict_files(p, with_bad, 4, take, &some, &e);
	is_int(some.most, 3, "no more at a time than asked for");
	is_int(some.failed, 1, "one failed");
	is_text(some.error, "missing.tiff: No such file or directory", "why");
	are_near(some.probability[0], all.probability[0], CLASSES, 1e-6, "the one before");
	are_near(some.probability[2], all.probability[1], 2 * CLASSES, 1e-6, "those behind");
	predict_free(p);
}

static void test_ties(void)
{
	struct predict *p = loaded("zero.npz", 1);
	struct got g = {0};
	struct err e;

	predict_files(p, name, 1, take, &g, &e);
	is_near(g.probability[0][2], 1. / CLASSES, 1e-6, "all classes are as likely");
	ok(g.best[0] == 0 && g.last[0] == CLASSES - 1, "the lowest index comes first");
	predict_free(p);
}

/* Standard input belongs to the caller. */
static void test_dash(void)
{
	struct predict *p = loaded("model.npz", 1);
	char *dash = (char *)"-";
	struct got g = {0};
	struct err e;

	if (chdir(scratch_path("data")) == 0)
		predict_files(p, &dash, 1, take, &g, &e);
	is_int(g.failed, 1, "'-' is the name of a file");
	is_text(g.error, "./-: No such file or directory", "which is not there");
	predict_free(p);
}

/* The bytes of a file are answered as the file is. */
static void test_memory(void)
{
	struct predict *p = loaded("model.npz", 1);
	struct got file = {0}, memory = {0};
	struct err e;
	size_t size = 0;
	char *bytes = scratch_read(name[1], &size);

	predict_files(p, &name[1], 1, take, &file, &e);
	predict_memory(p, "it", (const uint8_t *)bytes, size, take, &memory, &e);
	ok(!memcmp(memory.probability, file.probability, sizeof(float) * CLASSES),
	   "bytes of a file, its probabilities");
	predict_memory(p, "it", (const uint8_t *)bytes, size - 1, take, &memory, &e);
	is_int(memory.failed, 1, "a byte less fails");
	is_int(predict_picture(p)->width, SIDE, "its width");
	free(bytes);
	predict_free(p);
}

/* More images of floats than go at once; one of them holds what is no pixel. */
static void test_floats(void)
{
	enum { MOST = 2, NUMBERS = SIDE * SIDE * 4 };
	struct predict *p = loaded("model.npz", MOST);
	struct got file = {0}, memory = {0}, odd = {0};
	float *pixels = xaligned((size_t)IMAGES * NUMBERS, sizeof *pixels);
	struct dataset d;
	struct err e;

	must(dataset_open(&d, scratch_path("data"), &e), &e);
	for (int i = 0; i < IMAGES; i++)
		must(dataset_image(&d, (size_t)i, pixels + i * NUMBERS, &e), &e);
	predict_files(p, name, IMAGES, take, &file, &e);
	predict_floats(p, pixels, IMAGES, take, &memory, &e);
	is_int(memory.count, IMAGES, "an answer for each image of floats");
	are_near(memory.probability[0], file.probability[0], IMAGES * CLASSES, 1e-6,
	         "their files' probabilities");
	pixels[3 * NUMBERS + 5] = 2;
	predict_floats(p, pixels, IMAGES, take, &odd, &e);
	is_int(odd.failed, 1, "one that holds a 2 fails");
	is_text(odd.error, "image 3: number 5 is 2, pixels are floats from 0 to 1, or bytes",
	        "why");
	are_near(odd.probability[4], file.probability[4], CLASSES, 1e-6, "the one behind it");
	dataset_release(&d);
	free(pixels);
	predict_free(p);
}

static void test_no_model(void)
{
	struct err e = {0};

	ok(!predict_new(scratch_path("none.npz"), 1, 1, MODEL_UNCHECKED, &e) &&
	           strstr(e.text, "none.npz: "),
	   "no model: %s", e.text);
	predict_free(NULL);
}

int main(void)
{
	scratch_begin();
	set_up();
	test_all();
	test_failed();
	test_ties();
	test_memory();
	test_floats();
	test_no_model();
	test_dash();
	for (int i = 0; i < IMAGES; i++)
		free(name[i]);
	weights_release(&w);
	return tap_end();
}
