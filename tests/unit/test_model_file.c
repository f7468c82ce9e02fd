/* Weights files before their numbers are read: names, facts, shapes against a network. */
#include "model/model_file.h"

#include "tap.h"

static const char *const STORED = "tests/data/forms/stored.npz";
static const char *const DELTA = "tests/fuzz/corpus/delta/good-stored";

static struct err e;

static void names(void)
{
	static const char *const want[] = { "15", "15.q", "15.scale" };
	char name[MODEL_FILE_NAME];

	for (int part = MODEL_FILE_NUMBERS; part <= MODEL_FILE_SCALE; part++) {
		model_file_name(name, 15, (enum model_file_part)part);
		is_text(name, want[part], "a member");
	}
}

static void weights(void)
{
	struct model_file f;

	if (!ok(model_file_open(&f, STORED, NULL, &e) == 0, "weights %s", e.text))
		return;
	ok(!f.delta && !f.facts && f.net.size == 16 && f.net.dense == 5, "their network");
	is_int(model_file_part(&f, DENSE1_W), MODEL_FILE_NUMBERS, "numbers");
	model_file_close(&f);
	model_file_close(&f);
}

static void differences(void)
{
	struct model_file f;

	if (!ok(model_file_open(&f, DELTA, NULL, &e) == 0, "differences %s", e.text))
		return;
	ok(f.delta && f.net.size == 16 && f.net.dense == 5, "their network");
	is_int(model_file_part(&f, DENSE1_W), MODEL_FILE_STEPS, "steps");
	is_int(model_file_part(&f, BN_VAR), MODEL_FILE_NUMBERS, "of statistics the numbers");
	ok(f.facts && json_get(f.facts, "delta"), "their facts");
	model_file_close(&f);
}

static void wrong(void)
{
	static const int filters[] = { 3, 2, 3, 2 };
	struct model_file f;
	struct net other;

	net_init(&other, 16, 4, filters, 6, 3, &e);
	is_int(model_file_open(&f, STORED, &other, &e), -1, "weights of another network");
	is_text(e.text, "tests/data/forms/stored.npz: array 8 is 8 x 5 of <f4, expected "
	        "8 x 6 of <f4", "is told");
	is_int(model_file_open(&f, DELTA, &other, &e), -1, "differences of another network");
	ok(strstr(e.text, "array 8 is 8 x 5 of |i1, expected 8 x 6 of |i1") != NULL, "%s", e.text);
	is_int(model_file_open(&f, "missing.npz", NULL, &e), -1, "no file");
	is_text(e.text, "missing.npz: No such file or directory", "is told");
}

/* Sizes 14 to 17 have the same shapes. */
static void sizes(void)
{
	struct json *facts = json_parse("{\"size\": 17}", 12, &e);
	struct model_file f = { .facts = facts, .net.size = 16 };

	is_int(model_file_check_size(&f, &e), -1, "facts of another size");
	is_text(e.text, "made for images of size 17, expected 16", "are told");
	f.net.size = 17;
	is_int(model_file_check_size(&f, &e), 0, "facts of this size");
	f.facts = NULL;
	is_int(model_file_check_size(&f, &e), 0, "no facts");
	json_free(facts);
}

int main(void)
{
	names();
	weights();
	differences();
	wrong();
	sizes();
	return tap_end();
}
