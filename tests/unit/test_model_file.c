/* Weights files before their numbers are read: names, facts, shapes against a network. */
#include "model/model_file.h"

#include "model/model.h"
#include "scratch.h"
#include "tap.h"

static const char *const STORED = "tests/data/forms/stored.npz";
static const char *const DELTA = "tests/fuzz/corpus/delta/good-stored";

static struct err e;

static void names(void)
{
	static const char *const want[] = { "15", "15.q", "15.scale", "arr_15" };
	char name[MODEL_FILE_NAME];

	for (int part = MODEL_FILE_NUMBERS; part <= MODEL_FILE_LISTED; part++) {
		model_file_name(name, 15, (enum model_file_part)part);
		is_text(name, want[part], "a member");
	}
	ok(model_file_index("15") == 15 && model_file_index("arr_7") == 7,
	   "weights by their names");
	ok(model_file_index("16") == -1 && model_file_index("15.q") == -1 &&
	           model_file_index("arr_07") == -1,
	   "what is none");
}

/* The arrays of STORED under other names, with other facts. */
static const char *changed(const char *format, const char *facts)
{
	const char *path = scratch_path("renamed.npz");
	FILE *f = fopen(path, "wb");
	struct npz_writer *w = npz_writer_new(f, false);
	struct npz *z = npz_open(STORED, &e);

	for (int k = 0; k < NET_ARRAYS; k++) {
		char from[MODEL_FILE_NAME], to[MODEL_FILE_NAME];
		struct npy a = {0};

		model_file_name(from, k, MODEL_FILE_NUMBERS);
		snprintf(to, sizeof to, format, k);
		npz_read(z, from, &a, SIZE_MAX, 0, &e);
		npz_writer_add(w, to, "<f4", a.dims, a.shape, a.data, a.size_bytes, &e);
		npy_release(&a);
	}
	npz_writer_end(w, facts, &e);
	npz_close(z);
	fclose(f);
	return path;
}

/* As numpy.savez(path, *arrays) names them. */
static void listed(void)
{
	struct model want, got;
	struct model_file f;

	if (!ok(model_load(&want, STORED, 0, &e) == 0, "weights %s", e.text) ||
	    !ok(model_load(&got, changed("arr_%d", ""), 0, &e) == 0, "named arr_0 to arr_15 %s",
	        e.text))
		return;
	ok(net_equal(&want.net, &got.net) &&
	           !memcmp(want.w[DENSE1_W], got.w[DENSE1_W],
	                   net_count(&want.net, DENSE1_W) * sizeof(float)),
	   "are the same");
	model_release(&want);
	model_release(&got);
	is_int(model_file_open(&f, changed("layer_%d", ""), NULL, &e), -1, "other names");
	ok(strstr(e.text, "holds arrays named \"layer_0\", \"layer_1\", ..., expected \"0\" to "
	                  "\"15\"") != NULL,
	   "are told: %s", e.text);
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
	static const int filters[] = { 3, 2, 3, 2 };
	const char *path = changed("%d", "{\"size\": 17}");
	struct model_file f;
	struct net net;

	net_init(&net, 16, 4, filters, 5, 3, &e);
	is_int(model_file_open(&f, path, &net, &e), -1, "facts of another size");
	ok(strstr(e.text, "made for images of size 17, expected 16") != NULL, "%s", e.text);
	net.size_guessed = true;
	is_int(model_file_open(&f, path, &net, &e), 0, "where it is open");
	ok(f.net.size == 17 && !f.net.size_guessed, "the facts tell the size");
	model_file_close(&f);
	net_set_size(&net, 17);
	is_int(model_file_open(&f, path, &net, &e), 0, "facts of this size");
	model_file_close(&f);
	is_int(model_file_open(&f, changed("%d", ""), &net, &e), 0, "no facts");
	model_file_close(&f);
}

int main(void)
{
	scratch_begin();
	names();
	listed();
	weights();
	differences();
	wrong();
	sizes();
	return tap_end();
}
